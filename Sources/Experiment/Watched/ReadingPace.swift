internal import Loop

/// How often something is read that takes CPU time on the thread of the screen: for each sample, unless that were more than a
/// small share of a core. Then less often.
struct ReadingPace {
    private var dueNanoseconds: UInt64 = 0

    /// Of a core. A reading of 2 ms is due again after 0.7 s, one of 20 ms after 7 s.
    private static let share = 0.003

    func isDue(atNanoseconds now: UInt64) -> Bool { now >= dueNanoseconds }

    /// Reads, and notes what it took.
    mutating func spend(atNanoseconds now: UInt64, _ read: () -> Void) {
        let before = EventLoop.threadCPUNanoseconds()
        read()
        let cost = EventLoop.threadCPUNanoseconds() - before
        dueNanoseconds = now + UInt64(Double(cost) / ReadingPace.share)
    }
}
