internal import Measurements

extension LoadState {
    /// Requests per second that may be asked for; more than any machine has sent.
    private static let rateLimit = 1e8

    /// The state once a change has been made.
    ///
    /// The only place that knows what becomes of a change: the dashboard asks here whether a key can do
    /// anything, the experiment does what comes out, and the parent of a worker process expects it.
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
            new.connections = max(wanted, clientLoops)
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
