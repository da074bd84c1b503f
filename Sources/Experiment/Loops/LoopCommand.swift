internal import Load

/// A command to the thread of an event loop.
enum LoopCommand: Sendable {
    /// Publish a reading. Asked at this time of the monotonic clock.
    case sample(askedNanoseconds: UInt64)
    /// This loop's share of a change.
    case change(RunChange)
    /// End. Asked at this time: requests that an open load had to send by then are still sent.
    case stop(askedNanoseconds: UInt64, withinNanoseconds: UInt64)
}

extension RunChange {
    /// The part of the change that one of the loops of a side has to make.
    func share(loop: Int, of loops: Int) -> RunChange {
        switch self {
        case .rate(let rate): .rate(rate / Double(loops))
        case .connections(let count): .connections(Experiment.share(of: count, loop: loop, of: loops))
        case .dropConnections(let count): .dropConnections(Experiment.share(of: count, loop: loop, of: loops))
        case .streams, .bodyScale, .writePolicy, .cacheScope, .reconnectAll, .hold, .slowReader, .closeConnection, .drainServer, .inspect: self
        }
    }
}
