internal import ArgumentParser
internal import Measurements
internal import Workload

/// Several runs, one after the other, and a table that compares them.
final class TrialRun {
    private let trials: Trials
    private let duration: Duration?
    private let printsJSON: Bool
    /// nil: in plain lines.
    private let screen: ScreenSetup?
    private let signals: SignalInbox

    /// How long the screen stays on a process that has died, before the next trial.
    private static let mourningTime = Duration.seconds(4)

    /// - Parameter duration: of each; nil: as the trials have it.
    init(_ trials: Trials, duration: Duration?, printsJSON: Bool, screen: ScreenSetup?) throws {
        signals = try SignalInbox(others: screen == nil ? [] : DashboardRun.signals)
        self.trials = trials
        self.duration = duration
        self.printsJSON = printsJSON
        self.screen = screen
    }

    /// Errors: what kept a run from being one, or the exit code after the table.
    func perform() throws {
        var results: [TrialResult] = []
        for trial in trials.trials {
            var plan = trial.plan
            if let duration { plan.duration = duration }
            if screen == nil { Output.error.line("\(trials.name): \(trial.name)") }
            let (run, end) = try watch(plan)
            results.append(TrialResult(trial, run.summary, violations: run.violations, endNanoseconds: run.lastNanoseconds))
            if case .signal(let signal) = end { throw ExitCode(128 + signal) }
        }
        let table = TrialTable(name: trials.name, results: results)
        guard Output.standard.write(printsJSON ? table.json.indentedText + "\n" : table.text) else {
            throw RunError("cannot write the table")
        }
        if !table.isAsExpected { throw ExitCode(Run.failedExitCode) }
    }

    private func watch(_ plan: Plan) throws -> (Run, Run.End) {
        if let screen {
            let shown = try DashboardRun(plan, RunOutput(), screen, signals: signals, staysAfterDeath: TrialRun.mourningTime)
            let end = try shown.watch()
            return (shown.run, end)
        }
        let run = try HeadlessRun(plan, RunOutput(), signals: signals, showsProgress: Output.error.isTerminal)
        let end = try run.watch()
        return (run.run, end)
    }
}
