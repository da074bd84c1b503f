internal import ArgumentParser
internal import Measurements
internal import Workload

/// Several runs, one after the other, and a table that compares them.
final class TrialRun {
    private let scenario: Scenario
    /// Of each trial: its recording has the trial's name in its own.
    private let output: RunOutput
    /// nil: in plain lines.
    private let screen: ScreenSetup?
    private let signals: SignalInbox

    /// How long the screen stays on a process that has died, before the next trial.
    private static let crashDisplayTime = Duration.seconds(4)

    init(_ scenario: Scenario, _ output: RunOutput, screen: ScreenSetup?) throws {
        signals = try SignalInbox(others: screen == nil ? [] : DashboardRun.signals)
        self.scenario = scenario
        self.output = output
        self.screen = screen
    }

    /// Errors: why a run could not be, or the exit code after the table.
    func perform() throws {
        var results: [TrialResult] = []
        for (index, trial) in scenario.trials.enumerated() {
            if screen == nil { Output.error.line("\(scenario.name): \(trial.name)") }
            let (run, end) = try watch(trial, "\(trial.name), \(index + 1) of \(scenario.trials.count); expected: \(trial.expectation.rawValue)")
            results.append(TrialResult(trial, run.summary, violations: run.violations, endNanoseconds: run.lastNanoseconds))
            if case .signal(let signal) = end { throw ExitCode(128 + signal) }
        }
        let table = TrialTable(name: scenario.name, results: results)
        guard Output.standard.write(output.printsJSON ? table.json.indentedText + "\n" : output.printsMarkdown ? table.markdown : table.text) else {
            throw RunError("cannot write the table")
        }
        if !table.isAsExpected { throw ExitCode(Run.failedExitCode) }
    }

    private func watch(_ trial: Trial, _ title: String) throws -> (Run, Run.End) {
        var own = RunOutput()
        own.title = title
        own.file = output.file.map { NewFile.suffixed($0, trial.name) }
        if let screen {
            let shown = try DashboardRun(trial.plan, own, screen, signals: signals, crashDisplayTime: TrialRun.crashDisplayTime)
            let end = try shown.watch()
            return (shown.run, end)
        }
        let run = try HeadlessRun(trial.plan, own, signals: signals, showsProgress: Output.error.isTerminal, hasSummary: false)
        let end = try run.watch()
        return (run.run, end)
    }
}
