internal import Loop

/// The time of the event that a loop is handling, read once for everything that the event leads to.
///
/// Reading the clock for each request would cost more than the request's histogram. A loop that runs reads it at least
/// once a `beatNanoseconds`: a longer gap means that it stood still.
final class LoopClock {
    /// Of the monotonic clock, which stands still with a machine that sleeps.
    private(set) var nowNanoseconds = EventLoop.monotonicNanoseconds()
    /// How long the loop stood still in all: its process was stopped, or had no CPU.
    private(set) var standstillNanoseconds: UInt64 = 0
    /// It did since the last `catchUp`.
    private(set) var hasStoodStill = false
    private var isWatching = false

    /// Between two looks at the clock of a loop that has nothing else to do.
    static let beatNanoseconds: UInt64 = 100_000_000
    /// A gap from which on a loop stood still: far beyond what a busy loop, or a busy machine, takes for a turn.
    private static let standstillLimit: UInt64 = 500_000_000

    /// Reads the clock: at the beginning of an event, and before requests go out.
    func refresh() {
        let now = EventLoop.monotonicNanoseconds()
        if isWatching, now - nowNanoseconds >= LoopClock.standstillLimit {
            hasStoodStill = true
            standstillNanoseconds += now - nowNanoseconds
        }
        nowNanoseconds = now
    }

    /// The load has done what a standstill asks for.
    func catchUp() { hasStoodStill = false }

    /// The load begins, or has ended: from here on gaps mean something, or no longer.
    func watch(_ isOn: Bool) {
        isWatching = false
        refresh()
        isWatching = isOn
    }
}
