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
    /// Event loops of the clients, which each keep one client at least; 0 without clients.
    package let clientLoops: Int
    /// The process that runs this may be lost: choices that may end it are taken.
    package let allowsUnsafe: Bool

    package init(
        rate: Double? = nil, connections: Int = 0, streams: Int = 0, writePolicy: WritePolicy? = nil, cacheScope: CacheScope? = nil,
        phaseIndex: Int? = nil, clientLoops: Int = 0, allowsUnsafe: Bool = false
    ) {
        self.rate = rate
        self.connections = connections
        self.streams = streams
        self.writePolicy = writePolicy
        self.cacheScope = cacheScope
        self.phaseIndex = phaseIndex
        self.clientLoops = clientLoops
        self.allowsUnsafe = allowsUnsafe
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
