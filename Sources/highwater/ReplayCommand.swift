internal import ArgumentParser
internal import Experiment
internal import Glibc
internal import Measurements
internal import Recording
internal import Terminal
internal import Workload

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Show a recording on the dashboard.",
        usage: "highwater replay FILE [--speed 4] [--follow]",
        discussion: """
            Examples:
              highwater replay run.ndjson --speed 10
              ssh host highwater record -o - | highwater replay -
              highwater replay run.ndjson --plain --speed 60

            Keys, besides the dashboard's own: space play and stop, left and right 10 s
            back and on, < and > speed, . the next sample, n the next event, ( the start,
            ) the end.
            """)

    @Argument(help: ArgumentHelp("A recording; - is standard input, and is followed.", valueName: "file"))
    var file: String

    @Flag(help: "Show what is written to the file as it comes.")
    var follow = false

    @Option(help: "How much faster than it was, 1/16 to 1024. (default: 1)", transform: { try Quantity.rate($0, in: Playhead.speedRange) })
    var speed = 1.0

    @OptionGroup(title: "Screen") var screen: SettingFlags<ScreenOptions>

    @Flag(help: "No colour, ever. Also: NO_COLOR in the environment.")
    var noColor = false

    func run() throws {
        if let interval = screen.part.plain { return try tell(every: interval) }
        // The keys come from the terminal, not from the pipe.
        let input = file == "-" ? unsafe open("/dev/tty", O_RDWR | O_CLOEXEC) : STDIN_FILENO
        defer { if file == "-" && input >= 0 { close(input) } }
        guard input >= 0, isatty(input) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw ValidationError("replay needs a terminal; --plain tells a recording in sentences, and 'highwater export' writes it as text")
        }
        do {
            let reader = try RecordingReader(path: file)
            let setup = try ScreenSetup(screen.part, noColor: noColor)
            try ReplayRun(reader, setup, input: input, speed: speed, follows: follow || file == "-").perform()
        } catch let error as RecordingError {
            throw RunError(error.description)
        }
    }

    private func tell(every interval: Duration) throws {
        do {
            try PlainReplay(RecordingReader(path: file), every: interval, speed: speed, follows: follow || file == "-").perform()
        } catch let error as RecordingError {
            throw RunError(error.description)
        }
    }
}
