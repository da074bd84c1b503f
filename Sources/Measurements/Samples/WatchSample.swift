/// The figures of a server that is not ours, beside those that every server has.
///
/// Counters count since the server started and only grow; gauges hold now. `Sample.unknown` says which of
/// them the source cannot know.
package struct WatchSample: Sendable, Equatable {
    /// Processes of the server that live, their threads, memory and descriptors.
    package var processes = 0
    package var threads = 0
    package var residentBytes = 0
    package var openFileDescriptors = 0
    package var kernel = KernelSample()
    /// Live bytes of malloc.
    package var heapBytes = 0
    /// Turns of the event loops, the time between their waits, and the longest turn.
    package var turns: UInt64 = 0
    package var busyNanoseconds: UInt64 = 0
    package var longestTurn = LongestTurn()
    /// Descriptors that were ready when a wait ended, of all waits together, and the most of one: connections, and the
    /// loop's own, such as listening sockets, timers and wake-ups. Epoll does not tell them apart.
    package var readySockets: UInt64 = 0
    package var readySocketsMost = 0
    /// Writes that the socket took in part, and those that it refused for now.
    package var cutWrites: UInt64 = 0
    package var refusedWrites: UInt64 = 0
    /// The longest that a write waited for its socket since the start.
    package var longestWaitNanoseconds: UInt64 = 0
    /// Writes after a cut one that were compared with the bytes that were left; looks at pending writes of libuv;
    /// and writes of libuv for which there was no room.
    package var continuityChecks: UInt64 = 0
    package var auditChecks: UInt64 = 0
    package var unauditedWrites: UInt64 = 0
    /// Broken promises about writes: see `BrokenWrite`.
    package var findings: UInt64 = 0
    /// Times that a process of another program began to listen on the server's port.
    package var takeovers: UInt64 = 0
    /// Processes of the server that ended after a fault.
    package var crashes: UInt64 = 0

    package init() {}
}

/// The longest turn of the event loops, nanoseconds: since the start, and since the sample before.
package struct LongestTurn: Sendable, Equatable {
    package var everNanoseconds: UInt64
    /// How long its thread waited for a processor in it; 0: hardly, or that is not known.
    package var everWaitedNanoseconds: UInt64
    package var newNanoseconds: UInt64
    package var newWaitedNanoseconds: UInt64

    package init(everNanoseconds: UInt64 = 0, everWaitedNanoseconds: UInt64 = 0, newNanoseconds: UInt64 = 0, newWaitedNanoseconds: UInt64 = 0) {
        self.everNanoseconds = everNanoseconds
        self.everWaitedNanoseconds = everWaitedNanoseconds
        self.newNanoseconds = newNanoseconds
        self.newWaitedNanoseconds = newWaitedNanoseconds
    }

    /// Takes the turns of another loop that are longer, each with its wait.
    package mutating func merge(_ other: LongestTurn) {
        if other.everNanoseconds >= everNanoseconds { (everNanoseconds, everWaitedNanoseconds) = (other.everNanoseconds, other.everWaitedNanoseconds) }
        if other.newNanoseconds >= newNanoseconds { (newNanoseconds, newWaitedNanoseconds) = (other.newNanoseconds, other.newWaitedNanoseconds) }
    }
}

/// The connections of a server as the kernel sees them.
package struct KernelSample: Sendable, Equatable {
    /// Bytes that the server has written and the peers have not acknowledged; those among them that were never sent.
    package var queuedBytes = 0
    package var unsentBytes = 0
    /// Connections whose bytes wait for the peer's window more than half of the time that they wait at all.
    package var windowLimitedConnections = 0
    /// The longest that a packet and its acknowledgement take, of all connections.
    package var roundTripNanoseconds: UInt64 = 0
    /// Since they were read: on a screen thousands of connections are read less often than samples are taken.
    package var ageNanoseconds: UInt64 = 0

    package init() {}
}

extension WatchSample: SamplePart {
    package static let table = MetricTable<WatchSample>(
        processRows.map { $0.unlessUnknown($0.name == "memory.resident" ? .residentMemory : .processDetails) }
            + KernelSample.table.rows(within: \.kernel, "kernel").map { $0.unlessUnknown(.kernel) }
            + [.counter("takeovers", .process, \.takeovers, better: .zero, "Times that a process of another program began to listen on the server's port").unlessUnknown(.kernel)]
            + [.gauge("heap.live_bytes", .bytes, \.heapBytes, better: .lower, "Live bytes of malloc, now").unlessUnknown(.heap)]
            + loopRows.map { $0.unlessUnknown($0.name == "loop.longest_turn_in_interval" ? .intervalTurns : .loopDetails) } + writeRows.map { $0.unlessUnknown(.writeCounts) }
            + findingRows.map { $0.unlessUnknown(.findings) },
        // Behind the numbers: the longer turns are taken by then, and of equal ones the other's wait is as good.
        others: [.now { $0.longestTurn.merge($1.longestTurn) }])

    private static let processRows: [MetricRow<WatchSample>] = [
        .gauge("processes", .process, \.processes, "Processes of the server that live, now"),
        .gauge("threads", .thread, \.threads, "Their threads, now"),
        .gauge("memory.resident", .bytes, \.residentBytes, better: .lower, "Their resident memory, now; shared pages count in each"),
        .gauge("files.open", .file, \.openFileDescriptors, better: .lower, "Their open descriptors, now"),
    ]

    private static let loopRows: [MetricRow<WatchSample>] = [
        .counter("loop.turns", .turn, \.turns, "Waits of the event loops for their sockets"),
        .timeCounter("loop.busy", \.busyNanoseconds, "Time of the event loops between their waits"),
        .timeGauge("loop.longest_turn", \.longestTurn.everNanoseconds, better: .lower, "The longest time between two waits since the start")
            .highWater(of: "loop.longest_turn_in_interval", coversInterval: true),
        .timeGauge("loop.longest_turn_in_interval", \.longestTurn.newNanoseconds, better: .lower, "The same since the sample before: turns that ended then, and those under way"),
        .counter("loop.ready", .file, \.readySockets, "Descriptors ready when a wait ended: connections, listening sockets, timers, wake-ups"),
        .gauge("loop.ready_most", .file, \.readySocketsMost, merge: .greatest, "The most descriptors that were ready at once, of the same kinds").highWater(of: nil),
    ]

    private static let writeRows: [MetricRow<WatchSample>] = [
        .counter("writes.cut", .write, \.cutWrites, better: .lower, "Writes of which the socket took a part"),
        .counter("writes.refused", .write, \.refusedWrites, better: .lower, "Writes that the socket refused for now (EAGAIN)"),
        .timeGauge("writes.longest_wait", \.longestWaitNanoseconds, better: .lower, "The longest that a write waited for its socket since the start").highWater(of: "writes.oldest_age", in: "server"),
    ]

    private static let findingRows: [MetricRow<WatchSample>] = [
        .counter("checks.continuity", .check, \.continuityChecks, "Writes after a cut one that were compared with the bytes left"),
        .counter("checks.audit", .check, \.auditChecks, "Looks at pending writes of libuv"),
        .counter("checks.missed", .write, \.unauditedWrites, better: .lower, "Writes of libuv for which the ledger had no room"),
        .counter("findings", .finding, \.findings, better: .zero, "Broken promises about writes, by the probe"),
        .counter("crashes", .process, \.crashes, better: .zero, "Processes of the server that ended after a fault"),
    ]
}

extension KernelSample: SamplePart {
    package static let table = MetricTable<KernelSample>([
        .gauge("queued_bytes", .bytes, \.queuedBytes, better: .lower, "Written by the server and not acknowledged by the peers, now"),
        .gauge("unsent_bytes", .bytes, \.unsentBytes, better: .lower, "Those among them that were never sent, now"),
        .gauge("window_limited", .connection, \.windowLimitedConnections, better: .lower, "Held by the peer's window most of their busy time, now"),
        .timeGauge("round_trip", \.roundTripNanoseconds, better: .lower, "The longest time to an acknowledgement, of all connections; none without one").unlessZero,
        .timeGauge("age", \.ageNanoseconds, "Since the kernel was asked: of thousands of connections less often than samples are taken"),
    ])
}
