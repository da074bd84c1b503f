internal import Client
internal import Load
internal import Loop
internal import Measurements
internal import Workload

/// The clients beside the load that ask for large answers and read them at a trickle. They are in none
/// of the load's numbers, and have threads of their own.
struct SlowReaders {
    /// A few clients on one thread, which came and go together.
    private struct Group {
        let worker: LoopWorker<ClientSample>
        /// When they leave; nil: at the end of the run.
        let endNanoseconds: UInt64?
        /// The reading published last.
        var last = ClientSample()
        /// They have been told to leave.
        var isLeaving = false
        /// Their end has been noticed.
        var isGone = false
    }

    /// In the order in which they were asked for; those that have gone stay.
    private var groups: [Group] = []
    /// Is woken when the thread of a group ends.
    let threadEnd = PollWaker()

    /// Groups at once, each with a thread: a few show all there is to see.
    static let limit = 16
    /// The longest time that one stays, seconds.
    static let longestSeconds = 86_400.0

    /// Answers that a slow reader asks for: far more than the buffers of a socket hold.
    private static let targets = ["/bytes/4MiB"]
    private static let targetByteCount = 4 << 20
    /// Longer than any run: an answer may take minutes.
    private static let patienceNanoseconds: UInt64 = 366 * 86_400 * 1_000_000_000
    /// Of the requests of slow readers, which no other client comes to: below this there are enough for years.
    private static let firstNumber: UInt64 = 1 << 40

    /// Whether another group can join.
    var hasRoom: Bool { groups.count { !$0.isGone } < SlowReaders.limit }

    /// The configuration of clients of this plan that read slowly.
    ///
    /// - Parameters:
    ///   - origin: whose answers they read.
    ///   - share: of the process.
    ///   - nanoseconds: how long the load lasts: in half of it they are through with what they have asked first, so that
    ///     its end is judged too. nil: that is not known.
    ///   - asksOwnTargets: they ask for what the load asks for, since the server has no /bytes.
    static func configuration(
        _ origin: OriginSetup, share: RunShare, count: Int, withinNanoseconds nanoseconds: UInt64? = nil, asksOwnTargets: Bool = false
    ) -> ClientConfiguration {
        var origin = origin
        origin.part = .whole
        if !asksOwnTargets { origin.clients.kinds = targets.map { RequestKind($0) } }
        var configuration = ClientConfiguration(origin, caches: .client, share: share)
        configuration.renewal = .never
        configuration.connections = count
        configuration.streams = ClientOptions.slowReaderStreams
        configuration.requests = nil
        configuration.rate = nil
        // How large a stranger's answers are is not known: they are read as slowly as can be.
        configuration.manners = asksOwnTargets
            ? .slowReader : .slowReader(of: ClientOptions.slowReaderStreams * targetByteCount, withinNanoseconds: nanoseconds.map { $0 / 2 })
        configuration.options.requestTimeout = .nanoseconds(Int64(patienceNanoseconds))
        return configuration
    }

    /// A group joins.
    ///
    /// - Parameters:
    ///   - configuration: made by `configuration`.
    ///   - seconds: how long they stay; nil: until the end of the run.
    mutating func join(_ configuration: ClientConfiguration, seconds: Double?) throws(LoopError) {
        var configuration = configuration
        configuration.firstNumber = SlowReaders.firstNumber + UInt64(groups.count) << 32
        let settings = configuration
        let worker = try LoopWorker<ClientSample>(name: "slow-\(groups.count)", end: threadEnd) { onEnd in
            // When none of them can connect, the load's clients say why.
            try OriginLoads(loop: EventLoop(), [settings], onDone: {}, onEnd: onEnd)
        }
        groups.append(Group(worker: worker, endNanoseconds: seconds.map { EventLoop.monotonicNanoseconds() + UInt64($0 * 1e9) }))
    }

    /// When the next group leaves; nil: none does before the end of the run.
    var nextNanoseconds: UInt64? { groups.lazy.filter { !$0.isLeaving }.compactMap(\.endNanoseconds).min() }

    /// Tells those to leave whose time is over.
    mutating func leaveIfDue(atNanoseconds now: UInt64) { leave { $0.endNanoseconds.map { $0 <= now } ?? false } }

    /// Tells all of them to leave.
    mutating func leave() { leave { _ in true } }

    /// Closes their connections; answers under way are not waited for.
    private mutating func leave(_ isDue: (Group) -> Bool) {
        for index in groups.indices where !groups[index].isLeaving && isDue(groups[index]) {
            groups[index].isLeaving = true
            groups[index].worker.post(.stop(askedNanoseconds: EventLoop.monotonicNanoseconds(), withinNanoseconds: 0))
        }
    }

    /// Asks for readings, which are there at the next tick at the latest.
    func sample(askedNanoseconds: UInt64) {
        for group in groups { group.worker.post(.sample(askedNanoseconds: askedNanoseconds)) }
    }

    /// Notices those that have gone since the last time.
    ///
    /// - Returns: how many of them went because their time was over.
    mutating func noticeGone() -> Int {
        var count = 0
        for index in groups.indices where !groups[index].isGone && groups[index].worker.hasEnded {
            groups[index].isGone = true
            if groups[index].endNanoseconds != nil { count += 1 }
        }
        return count
    }

    /// Adds their counts so far, and the findings of their body checks, to the clients' sample.
    mutating func add(to sample: inout ClientSample) {
        for index in groups.indices {
            if let new = groups[index].worker.takeReading() {
                groups[index].last = new
                sample.bodyViolations += new.bodyViolations
            }
            let last = groups[index].last
            sample.slowReaders.open += last.connectionCounts.open
            sample.slowReaders.answeredRequests += last.requests.answered
            sample.slowReaders.receivedBytes += last.receivedBytes
            sample.bodies.merge(last.bodies)
        }
    }

    /// All threads have ended.
    var hasEnded: Bool { groups.allSatisfy(\.worker.hasEnded) }

    func join() { for group in groups { group.worker.join() } }

    /// Why their loops could not run.
    var failures: [String] { groups.compactMap(\.worker.failure) }
}
