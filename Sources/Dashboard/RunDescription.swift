/// What is being run, in the words the header uses. The program fills it in and may change it at any time.
package struct RunDescription: Equatable, Sendable {
    /// Where the run stands, as the header says it.
    package enum State: String, Sendable {
        case starting = "START", running = "RUN", draining = "DRAIN", ended = "END"
        /// Its process is gone, and not as it was meant to.
        case dead = "DEAD"
    }

    package var state = State.starting
    /// "127.0.0.1:8443"
    package var address: String
    /// "h2c", "h1", "h2"
    package var protocolName: String
    package var connections: Int
    package var streams: Int
    /// "closed", "open 2000/s"
    package var load: String
    /// How large the answers are that the targets name: "1KiB", "1KiB to 128KiB"; nil where they name none.
    package var bodies: String?
    /// What more and less load change; nil where nobody can.
    package var knob: LoadKnob?
    /// Of new connections: who owns the server's bytes, and the clients' caches. nil where there is no choice.
    package var writePolicy: String?
    package var cacheScope: String?
    /// The load was paused by a key.
    package var isLoadPaused = false
    /// Time between two samples; nil where nobody chooses it.
    package var intervalMilliseconds: Int?
    /// Whether a server publishes samples, and whether there are clients.
    package var hasServer: Bool
    package var hasClients: Bool
    /// Why server panels are empty where there is no server of ours.
    package var serverNote = "this server does not publish"
    /// Why client panels are empty where there are no clients of ours.
    package var clientNote = "no clients in this run"

    package init(
        address: String, protocolName: String, connections: Int, streams: Int, load: String, hasServer: Bool,
        hasClients: Bool
    ) {
        self.address = address
        self.protocolName = protocolName
        self.connections = connections
        self.streams = streams
        self.load = load
        self.hasServer = hasServer
        self.hasClients = hasClients
    }
}
