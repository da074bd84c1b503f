package import Measurements

/// The load that a run is under now: the plan's, and all that keys, phases and planned events have changed of it.
///
/// `SampleSource.load` is the one place to read it, wherever the run is: an experiment keeps it up to
/// date, and a worker process publishes its own as a line of JSON.
package struct LoadState: Codable, Sendable, Equatable {
    /// Requests per second asked for, all clients together; nil with a closed load.
    package internal(set) var rate: Double?
    /// Clients of all loops together.
    package internal(set) var connections: Int
    /// Most streams of each client.
    package internal(set) var streams: Int
    /// Size of the answers whose targets name a size: 1 is as the plan wants them.
    package internal(set) var bodyScale = 1.0
    /// The clients have been told to stop asking.
    package internal(set) var isHeld = false
    /// Of the server's new connections; nil without a server of ours.
    package internal(set) var writePolicy: WritePolicy?
    /// Of the clients' new connections; nil without clients.
    package internal(set) var cacheScope: CacheScope?
    /// The phase of now in the plan's list, or the last one once all are over; nil in a run without phases.
    package var phaseIndex: Int?
    /// All phases have been gone through. False in a run without phases.
    package var hasEndedPhases = false
    /// Nothing more will be asked: all requests have ended, no client can connect any more, or all phases are over.
    package var isDone = false
    /// Event loops of the clients, which each keep one client at least for each origin; 0 without clients.
    package let clientLoops: Int
    /// Servers that the clients' requests go to.
    package let clientOrigins: Int
    /// The process that runs this may be lost: choices that may end it are taken.
    package let allowsUnsafe: Bool

    package init(
        rate: Double? = nil, connections: Int = 0, streams: Int = 0, writePolicy: WritePolicy? = nil, cacheScope: CacheScope? = nil,
        phaseIndex: Int? = nil, clientLoops: Int = 0, clientOrigins: Int = 1, allowsUnsafe: Bool = false
    ) {
        self.rate = rate
        self.connections = connections
        self.streams = streams
        self.writePolicy = writePolicy
        self.cacheScope = cacheScope
        self.phaseIndex = phaseIndex
        self.clientLoops = clientLoops
        self.clientOrigins = clientOrigins
        self.allowsUnsafe = allowsUnsafe
    }
}

extension LoadState {
    /// Requests per second that may be asked for; more than any machine has sent.
    private static let rateLimit = 1e8

    /// The state once a change has been made.
    ///
    /// The only place with these rules: the dashboard asks here whether a key can do anything, the
    /// experiment makes the result true, and the parent of a worker process expects it.
    ///
    /// - Throws: why this run refuses the change.
    package func applying(_ change: RunChange) throws(ChangeRefusal) -> LoadState {
        var new = self
        switch change {
        case .rate(let wanted):
            guard rate != nil else { throw .closedLoad }
            guard phaseIndex == nil else { throw .phases }
            new.rate = wanted.isFinite ? min(max(wanted, 0), LoadState.rateLimit) : 0
        case .connections(let wanted):
            guard clientLoops > 0 else { throw .noClients }
            new.connections = max(wanted, clientLoops * clientOrigins)
        case .streams(let wanted):
            guard clientLoops > 0 else { throw .noClients }
            new.streams = max(wanted, 1)
        case .bodyScale(let wanted):
            guard clientLoops > 0 else { throw .noClients }
            if wanted.isFinite, wanted > 0 { new.bodyScale = wanted }
        case .writePolicy(let wanted):
            guard writePolicy != nil else { throw .noServer }
            guard allowsUnsafe || !wanted.isUnsafe else { throw .unsafe(wanted.rawValue) }
            new.writePolicy = wanted
        case .cacheScope(let wanted):
            guard cacheScope != nil else { throw .noClients }
            guard allowsUnsafe || !wanted.isUnsafe else { throw .unsafe(wanted.rawValue) }
            new.cacheScope = wanted
        case .hold(let wanted):
            guard clientLoops > 0 else { throw .noClients }
            guard phaseIndex == nil else { throw .phases }
            new.isHeld = wanted
        case .reconnectAll, .dropConnections:
            guard clientLoops > 0 else { throw .noClients }
        case .drainServer, .closeConnection, .inspect:
            guard writePolicy != nil else { throw .noServer }
        case .slowReader: break
        }
        return new
    }
}

/// Why a run refuses a change.
package enum ChangeRefusal: Error, Equatable, CustomStringConvertible {
    /// There are no clients of ours.
    case noClients
    /// There is no server of ours.
    case noServer
    /// The load has no rate to change.
    case closedLoad
    /// The plan's phases set it.
    case phases
    /// The choice may end the process that runs it, and this process is not there to be lost.
    case unsafe(String)

    package var description: String {
        switch self {
        case .noClients: "there are no clients of ours"
        case .noServer: "there is no server of ours"
        case .closedLoad: "a closed load has no rate: --rate gives it one"
        case .phases: "the phases set the load"
        case .unsafe(let choice): "\(choice) may end the process: --isolate runs it in one of its own"
        }
    }
}

extension LoadState {
    /// `closed`, `open 2000/s`, `steady: open 2000/s`: for people.
    ///
    /// - Parameter phases: of the plan.
    package func text(_ phases: [Phase]) -> String {
        if let phaseIndex, phases.indices.contains(phaseIndex) { return "\(phases[phaseIndex].name): \(phases[phaseIndex].loadText)" }
        guard let rate else { return "closed" }
        return "open \(rate == rate.rounded() ? Figure.fixed(rate, decimals: 0) : Figure.threeDigits(rate))/s"
    }
}
