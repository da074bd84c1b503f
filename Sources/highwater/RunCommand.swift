internal import ArgumentParser
internal import Workload

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "A bug, happening, and the ways to be rid of it, side by side.",
        usage: "highwater run \(Trials.all.map(\.name).joined(separator: "|")) [<options>]",
        discussion: Trials.all.map { "\($0.name)  \($0.abstract)" }.joined(separator: "\n") + """


            Each trial runs in a process of its own, and the first one dies there. At the end \
            one table compares them.

            Exit: 0 when the unsafe trial died or was caught, and all others are clean; else 99.
            """)

    @Argument(help: ArgumentHelp("What to run.", valueName: "name"), transform: { try RunCommand.trials($0) })
    var trials: Trials

    @Option(
        name: [.customShort("d"), .long], parsing: .unconditional, help: "Most time for one trial. (default: 5s; 15s for the one that is to fail)",
        transform: { try Quantity.duration($0, in: .milliseconds(100)...(.seconds(3_600))) })
    var duration: Duration?

    @Flag(help: "The table as JSON.")
    var json = false

    @Flag(help: "On the dashboard, one trial after the other; where there is a terminal.")
    var live = false

    @Flag(help: "No colour, ever. Also: NO_COLOR in the environment.")
    var noColor = false

    @OptionGroup(title: "Screen") var screen: ScreenOptions

    func run() throws {
        let setup = try ScreenChoice.isPossible(wanted: live) ? ScreenSetup(screen, noColor: noColor) : nil
        try TrialRun(trials, duration: duration, printsJSON: json, screen: setup).perform()
    }

    private static func trials(_ name: String) throws -> Trials {
        if let trials = Trials.named(name) { return trials }
        throw ValidationError("there is no '\(name)'; there are \(Trials.all.map(\.name).joined(separator: ", "))")
    }
}
