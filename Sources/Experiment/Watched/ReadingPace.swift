internal import Loop

/// How often something is read that takes CPU time on the thread of the screen: for each sample, unless that were more than a
/// small share of a core. Then less often.
package struct ReadingPace {
    private var dueNanoseconds: UInt64 = 0

    /// The first reading is due at once.
    package init() {}

    /// Of a core. A reading of 3 ms is due again after a second, one of 20 ms after 7 s.
    private static let share = 0.003
    /// However long a reading takes: what a screen shows is no older.
    private static let longestNanoseconds: UInt64 = 10_000_000_000
    /// One that takes no longer is for each sample, as often as the user wants them: about a thousand connections.
    private static let smallNanoseconds: UInt64 = 1_500_000

    /// Whether the next reading is due.
    package func isDue(atNanoseconds now: UInt64) -> Bool { now >= dueNanoseconds }

    /// Reads, and notes what it took.
    mutating func spend(atNanoseconds now: UInt64, _ read: () -> Void) {
        let before = EventLoop.threadCPUNanoseconds()
        read()
        note(costNanoseconds: EventLoop.threadCPUNanoseconds() - before, atNanoseconds: now)
    }

    /// Takes what the reading of now has taken of CPU time.
    package mutating func note(costNanoseconds cost: UInt64, atNanoseconds now: UInt64) {
        dueNanoseconds = cost <= ReadingPace.smallNanoseconds ? now : now + min(ReadingPace.longestNanoseconds, UInt64(Double(cost) / ReadingPace.share))
    }
}
