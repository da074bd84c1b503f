package import Load

/// The run, as the header describes it. The program fills it in and may change it at any time.
package struct RunDescription: Equatable, Sendable {
    /// Where the run stands, as the header says it.
    package enum State: String, Sendable {
        case starting = "START", running = "RUN", draining = "DRAIN", ended = "END"
        /// Its process died, or was killed.
        case dead = "DEAD"
    }

    package var state = State.starting
    /// Why the run has failed so far, in words; nil: it goes well.
    package var failure: String?
    /// Why the measurement is not valid any more, in words; nil: it is.
    package var invalidity: String?
    /// Of the scenario; nil: it has none, or there is none.
    package var name: String?
    /// "127.0.0.1:8443"
    package var address: String
    /// "h2c", "h1", "h2"
    package var protocolName: String
    /// The load now.
    package var load: LoadState
    /// "closed", "open 2000/s", "steady: open 2000/s"
    package var loadText: String
    /// The targets of the clients of a live run.
    package var targets: [String] = []
    /// What the requests ask for, and their shares: "/bytes/1KiB 60 %, /delay/0.05 40 %"; nil where all are alike.
    package var asked: String?
    /// How keys change the load; nil where they cannot, as in a replay.
    package var control: LoadControl?
    /// Time between two samples; nil where it cannot be chosen, as in a replay.
    package var intervalMilliseconds: Int?
    /// A recording of the run is shown, perhaps while it is written.
    package var isReplay = false
    /// Whether a server publishes samples, and whether there are clients.
    package var hasServer: Bool
    package var hasClients: Bool
    /// The server is not ours: its figures are those of a probe, or of the kernel.
    package var isWatched = false
    /// Why there are no arenas where there is no server of ours. The screen says it once.
    package var serverNote = "not visible from outside: start it with highwater watch"
    /// Why client panels are empty where there are no clients of ours.
    package var clientNote = "no clients in this run"

    package init(address: String, protocolName: String, load: LoadState, loadText: String, hasServer: Bool, hasClients: Bool) {
        self.address = address
        self.protocolName = protocolName
        self.load = load
        self.loadText = loadText
        self.hasServer = hasServer
        self.hasClients = hasClients
    }

    /// There are connections to list.
    var hasTable: Bool { hasServer || hasClients }

    /// The connections that the table has.
    var listed: ListedConnections { isWatched ? .watched : hasServer ? .server : .clients }

    /// Keys can change the run now.
    var takesChanges: Bool { control != nil && state == .running }

    /// The part of the load that + and - change; nil where they change nothing.
    var quantity: LoadQuantity? { hasClients && load.phaseIndex == nil ? control?.quantity : nil }

    /// The sizes of the answers that the targets name now: "1KiB", "1KiB to 128KiB"; nil where they name none.
    var bodies: String? {
        let sizes = targets.compactMap { SizedTarget($0)?.scaled(by: load.bodyScale) }
        guard let least = sizes.min(by: { $0.byteCount < $1.byteCount }), let most = sizes.max(by: { $0.byteCount < $1.byteCount })
        else { return nil }
        return least.byteCount == most.byteCount ? least.sizeText : "\(least.sizeText) to \(most.sizeText)"
    }
}
