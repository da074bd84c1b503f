internal import ArgumentParser
internal import Measurements
internal import Workload

/// Several runs, one after the other, and a table that compares them.
final class TrialRun {
    private let trials: Trials
    private let duration: Duration?
    private let printsJSON: Bool

    init(_ trials: Trials, duration: Duration?, printsJSON: Bool) {
        self.trials = trials
        self.duration = duration
        self.printsJSON = printsJSON
    }

    /// Errors: what kept a run from being one, or the exit code after the table.
    func perform() throws {
        let signals = try SignalInbox()
        for trial in trials.trials {
            Output.error.line("trial: \(trial.name)")
            var plan = trial.plan
            if let duration { plan.duration = duration }
            let run = try HeadlessRun(plan, RunOutput(), signals: signals)
            _ = try run.watch()
            Output.error.line("\(trial.name): \(run.run.summary.outcome.text)")
        }
    }
}
