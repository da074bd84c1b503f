internal import ArgumentParser
internal import Load
internal import Reports
internal import Workload

/// What a run leaves behind, how it is sampled, and how it ends.
struct OutputFlags: ParsableArguments {
    @OptionGroup private var output: SettingFlags<RunOutput>
    @OptionGroup private var end: SettingFlags<EndTable>

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A condition that fails the run, with exit 99: 'response_time.p99 > 50ms', 'client.requests.failed > 0', with a phase 'steady: ...'. May be repeated.",
            valueName: "condition"),
        transform: { text in
            do throws(ConditionError) { return try Threshold(failingOn: text) } catch { throw ValidationError(error.description) }
        })
    private var failOn: [Threshold] = []

    enum EndTable: FlagTable { static var settings: [Setting<Plan>] { Plan.endSettings } }

    func validate() throws {
        try plain.checkForm()
        try plain.checkMetrics()
    }

    var plain: RunOutput { output.part }

    /// - Parameter interval: when the command line does not say.
    ///
    /// Errors: a condition is about a phase that the run does not have.
    func apply(to plan: inout Plan, interval: Duration) throws {
        plan.interval = interval
        end.said.apply(to: &plan)
        for phase in failOn.compactMap(\.phase) where !plan.phases.contains(where: { $0.name == phase && !$0.isWarmup }) {
            let names = plan.phases.filter { !$0.isWarmup }.map(\.name)
            throw ValidationError("--fail-on: no phase '\(phase)' is judged; " + (names.isEmpty ? "the run has none, so leave it out" : "there are \(names.joined(separator: ", "))"))
        }
        plan.thresholds += failOn
    }

    /// The usual time between two samples: on a screen a second is long.
    static func interval(isLive: Bool) -> Duration { isLive ? .milliseconds(500) : .seconds(1) }
}

extension RunOutput: FlagTable {
    typealias Part = RunOutput
}
