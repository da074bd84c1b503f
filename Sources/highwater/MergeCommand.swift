internal import ArgumentParser
internal import Reports
internal import Workload

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make one recording of those of a run's parts.",
        usage: "highwater merge FILE ... [-o all.ndjson] [--follow] [<options>]",
        discussion: """
            Examples:
              highwater merge part-*.ndjson -o all.ndjson --strict
              highwater merge --follow part-*.ndjson -o - | highwater replay -
              highwater merge --follow <(ssh n1 highwater load URL --share 1/2 -o -) \\
                <(ssh n2 highwater load URL --share 2/2 -o -) -o all.ndjson

            The parts are processes with --share, on one machine or many. Histograms are merged bucket by \
            bucket, counters added, samples laid beside each other by the clocks of their hosts. \
            Thresholds are judged once, over all parts. A part that is missing, cut off, late or of another plan makes the \
            measurement not valid, by name; a part that failed makes the result FAILED.

            Exit: 99 the result is FAILED; 3 the measurement is not valid (with --strict).
            """)

    @Argument(help: ArgumentHelp("Recordings, one of each part; - is standard input.", valueName: "file"), completion: .file())
    var files: [String]

    @OptionGroup(title: "Output") var output: SettingFlags<OutputTable>

    /// What a merge leaves behind: the same as a run, without what happens while it goes.
    enum OutputTable: FlagTable {
        static var settings: [Setting<RunOutput>] { RunOutput.settings.filter { ["output", "json", "markdown", "verbose", "strict"].contains($0.name) } }
    }

    @Option(help: ArgumentHelp(
        "wall: samples lie beside each other by the clocks of their hosts; start: by the time since each part's start, for clocks that lie.",
        valueName: "wall|start"))
    var align = RecordingMerge.Alignment.wall

    @Flag(help: "The recordings are still being written: merge what comes, until all have ended.")
    var follow = false

    func validate() throws {
        try output.part.checkForm()
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("- is there twice, and there is one standard input") }
    }

    func run() throws {
        try MergeRun(files, .init(output: output.part, alignment: align, follows: follow)).perform()
    }
}

extension RecordingMerge.Alignment: ExpressibleByArgument {}
