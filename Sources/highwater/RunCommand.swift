internal import ArgumentParser
internal import Measurements
internal import Workload

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario: phases of load, and thresholds to keep.",
        usage: "highwater run FILE|NAME|- [--check] [--set KEY=VALUE] [<options>]",
        discussion: """
            Examples:
              highwater run quick
              highwater run my.yaml --set phases.steady.rate=20k --set duration=10s
              highwater run ramp --live -o run.ndjson
              highwater run arena-race

            A scenario is a YAML file, - for standard input, or the name of one that comes with the program: 'highwater scenarios' \
            lists them. One with trials is run once for each, in a process of its own, and a table \
            compares them; so are arena-race, slow-reader and cache-race, the lifetime lab. -o then \
            records each to a file with its name: for 'highwater compare'. ${NAME} in a value stands for a \
            variable of the environment, ${NAME:-text} for the text where there is none, $${ for ${.

            Exit: 0 passed; 1 could not run; 2 a mistake in the scenario; \
            3 measurement not valid (with --strict); 99 a threshold failed, or a trial did not end as \
            expected.
            """)

    @Argument(help: ArgumentHelp("A file, - for standard input, or the name of a shipped scenario.", valueName: "scenario"))
    var scenario: String

    @OptionGroup(title: "Run") var own: OwnFlags
    @OptionGroup(title: "Run") var length: SettingFlags<ScenarioLength>
    @OptionGroup(title: "Output") var live: LiveFlag
    @OptionGroup(title: "Output") var output: OutputFlags
    @OptionGroup(title: "Several machines") var part: PartFlags
    @OptionGroup(title: "Screen, with --live") var screen: SettingFlags<ScreenOptions>

    struct OwnFlags: ParsableArguments {
        @Flag(help: "Only say whether the scenario is right.")
        var check = false

        @Flag(help: "Only show what would be done, on a time axis.")
        var dryRun = false

        @Option(
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp(
                "Another value for a key: client.connections=8, phases.steady.rate=5k, duration=10s for all phases together. May be repeated.",
                valueName: "key=value"))
        var set: [String] = []
    }

    private var check: Bool { own.check }
    private var dryRun: Bool { own.dryRun }

    func validate() throws {
        if check && dryRun { throw ValidationError("--check and --dry-run exclude each other") }
    }

    func run() throws {
        let overrides = own.set + (length.part.duration.map { ["duration=\($0.quantityText)"] } ?? [])
        let scenario = try ScenarioFile(scenario).read(overrides: overrides)
        if check || dryRun {
            try Output.standard.print(check ? "\(scenario.name): right\n" : scenario.timeAxis)
            for warning in scenario.plan.thresholdWarnings { Output.error.line("\(scenario.name): warning: \(warning)") }
            return
        }
        var output = output.plain
        output.file = output.file ?? scenario.recordFile
        if let place = output.file.flatMap(FileIdentity.init(path:)), place == FileIdentity(path: self.scenario) {
            throw ValidationError("\(self.scenario): that is the scenario itself, and would be lost; record to another file")
        }
        if scenario.trials.isEmpty {
            try ScreenChoice.perform(plan(scenario.plan, isLive: live.isOn), output, screen.part, onScreen: live.isOn)
        } else {
            try run(scenario, output)
        }
    }

    /// The scenario's plan, with what the command line says instead.
    private func plan(_ plan: Plan, isLive: Bool) throws -> Plan {
        var result = plan
        try part.apply(to: &result)
        try output.apply(to: &result, interval: isLive ? OutputFlags.interval(isLive: true) : plan.interval)
        return result
    }

    private func run(_ scenario: Scenario, _ output: RunOutput) throws {
        if part.areSaid { throw ValidationError("\(scenario.name) has trials, which run one after the other: --share and --start-at are not for them") }
        if output.metrics != nil || output.isStrict || output.file == "-" {
            throw ValidationError("\(scenario.name) has trials: --metrics and --strict are not for them, and -o needs a file")
        }
        var scenario = scenario
        scenario.trials = try scenario.trials.map {
            Trial(name: $0.name, plan: try plan($0.plan, isLive: false), expectation: $0.expectation, changes: $0.changes)
        }
        let setup = try ScreenChoice.isPossible(wanted: live.isOn) ? ScreenSetup(screen.part, noColor: output.noColor) : nil
        try TrialRun(scenario, output, screen: setup).perform()
    }
}

extension ScenarioLength: FlagTable {
    typealias Part = ScenarioLength
}
