internal import Loop

/// The time of the event that a loop is handling, read once for everything that the event leads to.
///
/// Reading the clock for each request would cost more than the request's histogram. A loop that runs reads it at least
/// each `beatNanoseconds`: a much longer gap means that it stood still.
final class LoopClock {
    /// Of the monotonic clock, which stands still with a machine that sleeps.
    private(set) var nowNanoseconds = EventLoop.monotonicNanoseconds()
    /// How long the loop stood still in all: its process was stopped, or had no CPU.
    private(set) var standstillNanoseconds: UInt64 = 0
    /// It did since the last `catchUp`.
    private(set) var hasStoodStill = false
    private var isWatching = false
    /// Looks that were due, and those of them that came late: the thread had no CPU for a moment, or its process was
    /// stopped. What happens for moments, as under a CPU quota, shows in no gap, and in the share of the late ones.
    private(set) var beats: UInt64 = 0
    private(set) var lateBeats: UInt64 = 0
    private var beatDueNanoseconds: UInt64 = 0
    /// When the loop last came too late to a look, or to the event after one: what it measured across that moment may be
    /// its own delay.
    private(set) var lateNanoseconds: UInt64 = 0

    /// Between two looks at the clock of a loop that has nothing else to do, 0.1 s on average. Never the same twice: a quota
    /// stops a process in step, each 0.1 s as a rule, and looks that keep step with it would all come on time.
    private var beatNanoseconds: UInt64 { (60 + beats &* 49 % 80) * 1_000_000 }
    /// A gap from which on a loop stood still: far beyond what a busy loop, or a busy machine, takes for a turn.
    private static let standstillLimit: UInt64 = 500_000_000
    /// A look that comes later than this is late: threads that share a processor wait for each other less long.
    private static let lateBeatLimit: UInt64 = 20_000_000

    /// Reads the clock: at the beginning of an event, and before requests go out.
    func refresh() {
        let now = EventLoop.monotonicNanoseconds()
        if isWatching, now - nowNanoseconds >= LoopClock.standstillLimit {
            hasStoodStill = true
            standstillNanoseconds += now - nowNanoseconds
        }
        if now > beatDueNanoseconds &+ LoopClock.lateBeatLimit { lateNanoseconds = now }
        nowNanoseconds = now
    }

    /// The look that was due, if one was, has come. - Returns: when the next one is due.
    func beat() -> UInt64 {
        refresh()
        if beatDueNanoseconds > 0 {
            beats += 1
            if nowNanoseconds > beatDueNanoseconds + LoopClock.lateBeatLimit { lateBeats += 1 }
        }
        beatDueNanoseconds = nowNanoseconds + beatNanoseconds
        return beatDueNanoseconds
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
