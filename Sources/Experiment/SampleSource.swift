package import Load
package import Measurements
package import Workload

/// Where samples come from while they are made: an experiment in this process, or one in a
/// worker process. Whoever shows, stores or judges a run drives it through this, from one thread.
///
/// It is started once, asked for samples at every tick, told to stop, and asked for its news until
/// it has an outcome. Nothing here waits for the other side, but `start`.
package protocol SampleSource: AnyObject {
    var plan: Plan { get }
    /// "127.0.0.1:41231": where the embedded server listens; nil without one.
    var serverAddress: String? { get }
    /// The same for TLS.
    var secureServerAddress: String? { get }
    /// Whom the clients ask: the server, or the plan's target.
    var targetAddress: String? { get }

    /// Requests per second asked for, all clients together; nil with a closed load.
    var rate: Double? { get }
    var connections: Int { get }
    var streams: Int { get }
    /// Bytes of answers whose targets name a size, in parts of what the plan wants.
    var bodyScale: Double { get }
    var isLoadPaused: Bool { get }
    /// Of the server's new connections; nil without a server of ours.
    var writePolicy: WritePolicy? { get }
    /// Of the clients' new connections; nil without clients.
    var cacheScope: CacheScope? { get }

    /// All requests that were asked for have ended, or nobody can connect any more.
    var isLoadDone: Bool { get }
    /// How it ended, all threads or the process gone; nil before. The last news may still be to be taken.
    var outcome: Outcome? { get }
    /// What kept a loop from running; empty when all ran.
    var failures: [String] { get }
    /// Why clients could not connect, the last time; nil when all could.
    var connectFailure: String? { get }
    /// Become readable when there is news, or the load is done: for `poll`.
    var descriptors: [Int32] { get }

    /// Starts everything: time 0.
    func start() throws(ExperimentError)
    /// Asks for a reading. It is among the news at once, or as soon as it has come.
    func askForSample()
    /// What has come since the last time, oldest first.
    func takeNews() -> [News]
    /// A line of our own among the events: what the user did.
    func note(_ level: Event.Level, source: String, _ text: String)

    /// Requests per second of all clients together, from now on. Only with an open load.
    func setRate(_ new: Double)
    /// Clients of all loops together, from now on; at least one a loop.
    func setConnections(_ new: Int)
    /// Most streams of each client, from now on.
    func setStreams(_ new: Int)
    /// Answers so many times as large as the plan wants, where the targets name a size (`SizedTarget`).
    func setBodyScale(_ new: Double)
    /// Stops asking, or goes on; connections stay.
    func setLoadPaused(_ paused: Bool)

    /// A client that asks for large answers and reads them at a trickle, for so long, beside the load.
    func startSlowReader(seconds: Double)

    /// Samples tell more of this connection of the server from now on, and of no other.
    ///
    /// - Parameters:
    ///   - loop: which of the server's loops it is on; nil: look at none.
    ///   - id: its number there.
    func inspect(loop: Int?, id: UInt64)
    /// Who owns the answers of the server's connections that are accepted from now on.
    ///
    /// - Returns: false where there is no server, or where that may take this process down.
    func setWritePolicy(_ new: WritePolicy) -> Bool
    /// Who owns the caches of the clients' connections that are made from now on.
    ///
    /// - Returns: false where there are no clients, or where that may take this process down.
    func setCacheScope(_ new: CacheScope) -> Bool
    /// Each client leaves its connection for another, once what it has in flight is answered: what is
    /// for new connections is then for all.
    func renewConnections()
    /// The server closes one of its connections under its requests, named as for `inspect`.
    func closeConnection(loop: Int, id: UInt64)

    /// Of a run in phases: the one of now, or the last one; nil without.
    var phase: Phase? { get }
    /// The phase of now is over: time for a sample, which is its last.
    var isPhaseOver: Bool { get }
    /// All phases have been gone through.
    var hasEndedPhases: Bool { get }
    /// Until a phase ends or a planned event is due; nil: nothing of that is to come, or not ours to see to.
    var nanosecondsToMoment: UInt64? { get }
    /// Does what the plan wants to happen by now. A worker process does so by itself.
    func performDueEvents()

    /// Reads once more, stops the clients, then drains the server. What is not over in time is
    /// dropped. More than once is as once.
    func beginStop(withinSeconds seconds: Double)
}

/// What a source has to tell.
package enum News: Sendable {
    case sample(Sample)
    case event(Event)
    /// The load was stopped at the sample before: those that follow belong to the end.
    case loadEnded
}
