internal import Load
internal import Measurements
internal import Workload

/// The clock of a run: keeps the plan's times, takes a sample at every tick, and ends the load when its time has come.
///
/// A plain value that reads no clock itself. A run without a screen, the dashboard and a replay call
/// `step`, and sleep until the time that it says or until something else happens; they differ only
/// between two steps.
package struct RunDriver {
    /// Whether the load runs. `source.outcome` says when all of it is over.
    package enum Stage {
        case running, draining
    }

    private let source: any SampleSource
    package private(set) var stage = Stage.running
    /// Between two samples; nil: the samples of this source come by themselves.
    package private(set) var interval: Duration?
    private var tick: SuspendingClock.Instant?
    private let deadline: SuspendingClock.Instant?
    private var phaseIndex: Int?
    private var drainTime = Duration.zero
    /// When the drain is over at the latest; nil: it has not begun.
    package private(set) var drainEnd: SuspendingClock.Instant?
    private var drainSample: SuspendingClock.Instant?

    /// Between two samples while requests in flight are waited for.
    private static let drainInterval = Duration.seconds(1)
    /// Between two looks at whether the drain is over.
    private static let drainTick = Duration.milliseconds(20)
    /// The longest sleep: nothing is due for hours.
    private static let longestWait = Duration.seconds(3_600)

    /// - Parameters:
    ///   - source: has been started.
    ///   - interval: between two samples; nil: they come by themselves.
    ///   - duration: of the load; nil: it ends by itself.
    package init(_ source: any SampleSource, interval: Duration?, duration: Duration?, at now: SuspendingClock.Instant) {
        self.source = source
        self.interval = interval
        tick = interval.map { now + $0 }
        deadline = duration.map { now + $0 }
        phaseIndex = source.load.phaseIndex
    }

    /// Does everything that is due.
    ///
    /// - Returns: when to come again at the latest.
    package mutating func step(at now: SuspendingClock.Instant) -> SuspendingClock.Instant {
        guard source.outcome == nil else { return now + RunDriver.longestWait }
        guard stage == .running else {
            drain(at: now)
            return now + RunDriver.drainTick
        }
        let due = source.performDue()
        if source.load.isDone || deadline.map({ now >= $0 }) == true {
            endLoad(within: source.plan.drainTime)
            return now
        }
        if let interval, source.load.phaseIndex != phaseIndex {
            // With the sample that ended the phase before.
            phaseIndex = source.load.phaseIndex
            tick = now + interval
        }
        if let interval, let due = tick, now >= due {
            source.sample()
            // A tick that was missed is left out, not made up for.
            tick = due + interval * Int((now - due) / interval + 1)
        }
        let latest = now + RunDriver.longestWait
        return min(tick ?? latest, deadline ?? latest, due.map { now + $0 } ?? latest)
    }

    /// Ends the load now. A second call does nothing.
    package mutating func endLoad(within drainTime: Duration) {
        guard stage == .running else { return }
        stage = .draining
        self.drainTime = drainTime
        source.stop(withinSeconds: drainTime.inSeconds)
    }

    /// Takes a sample each second, so that the wait for requests in flight can be shown.
    private mutating func drain(at now: SuspendingClock.Instant) {
        guard let due = drainSample else {
            drainEnd = now + drainTime
            drainSample = now + RunDriver.drainInterval
            return
        }
        guard now >= due else { return }
        source.sample()
        drainSample = now + RunDriver.drainInterval
    }

    /// The next sample comes no later than this.
    package mutating func sample(by latest: SuspendingClock.Instant) { tick = tick.map { min($0, latest) } }

    /// Another time between two samples, from now on.
    package mutating func setInterval(_ new: Duration, at now: SuspendingClock.Instant) {
        interval = new
        sample(by: now + new)
    }
}
