internal import ArgumentParser
internal import Workload

/// What a run leaves behind, how it is sampled, and how it ends.
struct OutputFlags: ParsableArguments {
    @OptionGroup private var output: SettingFlags<RunOutput>
    @OptionGroup private var end: SettingFlags<EndTable>

    enum EndTable: FlagTable { static var settings: [Setting<Plan>] { Plan.endSettings } }

    func validate() throws {
        if plain.linger > .zero && plain.metrics == nil { throw ValidationError("--linger needs --metrics, whose page it keeps up") }
    }

    var plain: RunOutput { output.part }

    /// - Parameter interval: when the command line does not say.
    func apply(to plan: inout Plan, interval: Duration) {
        plan.interval = interval
        end.apply(to: &plan)
    }

    /// The usual time between two samples: on a screen a second is long.
    static func interval(isLive: Bool) -> Duration { isLive ? .milliseconds(500) : .seconds(1) }
}

extension RunOutput: FlagTable {
    typealias Part = RunOutput
}
