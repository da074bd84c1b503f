internal import Experiment
internal import Glibc
internal import Measurements
internal import Workload

/// A run without a screen: a line of progress at every tick.
final class HeadlessRun {
    private let run: Run
    private let plan: Plan
    private var progress: Progress

    /// Binds, resolves and opens all that the run needs; nothing runs yet.
    init(_ plan: Plan, _ output: OutputOptions) throws {
        run = try Run(plan, output)
        self.plan = plan
        progress = Progress(speaksOnStandardOutput: plan.client == nil && !output.json && output.output != "-")
    }

    /// Runs to the end.
    ///
    /// Errors: what kept it from running, or the exit code after a summary.
    func perform() throws {
        try run.start()
        if plan.client == nil, let addresses = run.serverAddresses {
            progress.announce("listening on \(addresses)")
        }
        if let url = run.metricsURL { progress.interject("metrics at \(url)") }
        var end = runLoad()
        if case .signal = end { progress.interject("stopping; once more ends at once") }
        _ = progress.show(run.beginStop(withinSeconds: plan.drainTime.inSeconds))
        showEvents()
        run.finishStop()
        showEvents()
        progress.end()
        if case .natural = end, let signal = run.signals.next() { end = .signal(signal) }
        try run.finish(after: end)
    }

    /// Samples at every tick until something ends the load.
    private func runLoad() -> Run.End {
        let clock = ContinuousClock()
        let start = clock.now
        let deadline = plan.duration.map { start + $0 }
        var tick = start + plan.interval
        while true {
            let now = clock.now
            if run.experiment.isDone || deadline.map({ now >= $0 }) == true { return .natural }
            if now >= tick {
                let sample = run.experiment.sample()
                run.add(sample)
                guard progress.show(sample) else { return .natural }
                showEvents()
                // A tick that was missed is left out, not made up for.
                while tick <= clock.now { tick += plan.interval }
            }
            Polling.wait(for: [run.signals.descriptor, run.experiment.doneDescriptor], atMost: min(tick, deadline ?? tick) - clock.now)
            if let signal = run.signals.next() { return .signal(signal) }
        }
    }

    private func showEvents() {
        for event in run.takeEvents() where event.level > .info {
            progress.interject("\(event.level.rawValue): \(event.source): \(event.text)")
        }
    }
}
