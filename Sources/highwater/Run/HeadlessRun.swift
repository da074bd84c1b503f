internal import Experiment
internal import Glibc
internal import Load
internal import Measurements
internal import Workload

/// A run without a screen: a line of progress at every tick.
final class HeadlessRun {
    let run: Run
    private let plan: Plan
    private let signals: SignalInbox
    private var progress: Progress
    private let showsProgress: Bool
    /// What comes now belongs to the end, and is no progress.
    private var loadHasEnded = false
    private var hasShownEvidence = false

    /// Between two looks at whether the end is over.
    static let drainTick = Duration.milliseconds(20)

    /// Binds, resolves and opens all that the run needs; nothing runs yet.
    ///
    /// - Parameter signals: where there are several runs, one after the other.
    init(_ plan: Plan, _ output: RunOutput, signals: SignalInbox, showsProgress: Bool = true) throws {
        self.showsProgress = showsProgress
        self.signals = signals
        run = try Run(plan, output, signals: signals)
        self.plan = plan
        progress = Progress(speaksOnStandardOutput: plan.client == nil && !output.printsJSON && output.file != "-")
    }

    convenience init(_ plan: Plan, _ output: OutputOptions) throws {
        try self.init(plan, output.plain, signals: SignalInbox())
    }

    /// Runs to the end and prints the summary.
    ///
    /// Errors: what kept it from running, or the exit code after a summary.
    func perform() throws { try run.finish(after: watch()) }

    /// Runs to the end. Errors: what kept it from running.
    func watch() throws -> Run.End {
        try run.start()
        if plan.client == nil, let addresses = run.source.addresses.serverURLs {
            progress.announce("listening on \(addresses)")
        }
        if let url = run.metricsURL { progress.interject("metrics at \(url)") }
        let end = goThrough()
        progress.end()
        return end
    }

    /// Samples at every tick until something ends the load, then waits for the end.
    private func goThrough() -> Run.End {
        let clock = ContinuousClock()
        let start = clock.now
        let deadline = plan.duration.map { start + $0 }
        var tick = start + plan.interval
        var end: Run.End?
        var phase = run.source.load.phaseIndex
        var due: Duration?
        while true {
            if end == nil {
                let now = clock.now
                due = run.source.performDue()
                if run.source.load.phaseIndex != phase {
                    phase = run.source.load.phaseIndex
                    tick = now + plan.interval
                }
                if run.source.load.isDone || run.failedThreshold != nil || deadline.map({ now >= $0 }) == true {
                    end = .natural
                } else if now >= tick {
                    run.source.sample()
                    // A tick that was missed is left out, not made up for.
                    while tick <= clock.now { tick += plan.interval }
                }
            }
            if end != nil { run.beginStop(within: plan.drainTime) }
            if !show(run.takeNews()), end == nil { end = .natural }
            if run.source.outcome != nil { return end ?? .natural }
            let patience = end == nil ? min(min(tick, deadline ?? tick) - clock.now, due ?? .seconds(3_600)) : HeadlessRun.drainTick
            Polling.wait(for: [signals.descriptor] + run.source.descriptors, atMost: patience)
            if let signal = signals.next() {
                if end == nil { progress.interject("stopping; once more ends at once") }
                if case .signal? = end {} else { end = .signal(signal) }
            }
        }
    }

    /// false when nobody reads standard output any more, if it is there that we speak.
    private func show(_ news: [News]) -> Bool {
        var isRead = true
        for item in news {
            switch item {
            case .sample(let sample): if showsProgress && !loadHasEnded { isRead = progress.show(sample) && isRead }
            case .event(let event):
                guard event.level > .info else { continue }
                progress.interject("\(event.level.rawValue): \(event.source): \(event.text)")
                // The first in full: those that follow are of the same kind.
                if let violation = event.violation, !hasShownEvidence {
                    hasShownEvidence = true
                    for line in violation.lines { progress.interject("  " + line) }
                }
            case .loadEnded: loadHasEnded = true
            }
        }
        return isRead
    }
}
