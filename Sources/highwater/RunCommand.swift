internal import ArgumentParser
internal import Measurements
internal import Workload

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "A scripted run: phases of load, and thresholds that it has to keep.",
        usage: "highwater run FILE|NAME [--check] [--set KEY=VALUE] [<options>]",
        discussion: """
            A YAML file, or the name of a scenario that comes with the program: 'highwater scenarios' \
            lists them. Those of the lifetime lab run one load in several ways, each in a process of \
            its own, and compare them:

            \(Trials.all.map { "\($0.name)  \($0.abstract)" }.joined(separator: "\n"))

            Examples:
              highwater run quick
              highwater run my.yaml --check
              highwater run my.yaml --set phases.steady.rate=20k --set duration=10s
              highwater run ramp --live -o run.ndjson
              highwater run arena-race

            Exit: 0 passed; 1 could not run; 2 there is something wrong with the scenario; \
            3 not to be trusted (with --strict); 99 a threshold failed, or a trial went otherwise \
            than expected.
            """)

    @Argument(help: ArgumentHelp("A file, or the name of a shipped scenario.", valueName: "scenario"))
    var scenario: String

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

    @Option(
        name: [.customShort("d"), .long], parsing: .unconditional,
        help: "Of all phases together, which are stretched or shrunk to it; or most time for one trial. (default: of a trial 5s, 15s for the one that is to fail)",
        transform: { try Quantity.duration($0, in: .milliseconds(100)...(.seconds(86_400 * 366))) })
    var duration: Duration?

    @Flag(help: "On the dashboard, where there is a terminal.")
    var live = false

    @OptionGroup(title: "Screen, with --live") var screen: ScreenOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if check && dryRun { throw ValidationError("--check and --dry-run exclude each other") }
        if Trials.named(scenario) != nil, check || dryRun || !set.isEmpty || output.output != nil {
            throw ValidationError("\(scenario) is no file: --check, --dry-run, --set and -o are not for it")
        }
    }

    func run() throws {
        if let trials = Trials.named(scenario) { return try run(trials) }
        let overrides = set + (duration.map { ["duration=\(JSON.number($0.inSeconds).text)s"] } ?? [])
        let scenario = try ScenarioFile(scenario).read(overrides: overrides)
        if check { return Output.standard.line("\(scenario.name): right") }
        if dryRun {
            guard Output.standard.write(scenario.timeAxis) else { throw RunError("cannot write to standard output") }
            return
        }
        var plan = scenario.plan
        var output = output
        output.output = output.output ?? scenario.recordFile
        let (interval, drain) = (plan.interval, plan.drainTime)
        output.apply(to: &plan, isLive: live)
        // What the command line does not say the file does.
        if output.interval == nil, !live { plan.interval = interval }
        if output.drain == OutputOptions.defaultDrain { plan.drainTime = drain }
        try ScreenChoice.perform(plan, output, screen, onScreen: live)
    }

    private func run(_ trials: Trials) throws {
        let setup = try ScreenChoice.isPossible(wanted: live) ? ScreenSetup(screen, noColor: output.noColor) : nil
        try TrialRun(trials, duration: duration, printsJSON: output.json, screen: setup).perform()
    }
}
