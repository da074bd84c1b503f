internal import ArgumentParser
internal import Measurements
internal import Reports

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a page for a browser of a recording.",
        usage: "highwater report FILE [-o report.html]",
        discussion: """
            Examples:
              highwater report run.ndjson
              highwater report run.ndjson -o - | ssh host 'cat > /var/www/run.html'

            One HTML file that stands alone: no network, no script, light or dark as \
            the reader's system is. It can be mailed, or kept by CI beside the recording.
            """)

    @Argument(help: ArgumentHelp("A recording; - is standard input.", valueName: "file"))
    var file: String

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Where to; - is standard output. (default: the recording's name with .html)", valueName: "file"))
    var output: String?

    @Option(help: "The page's title. (default: the recording's name)")
    var title: String?

    func run() throws {
        let name = file == "-" ? "standard input" : String(file.split(separator: "/").last ?? "recording")
        var report = RunReport(name: title ?? name)
        let place = output ?? (file == "-" ? "-" : ReportCommand.page(beside: file))
        try report.take(in: file, writingTo: place)
        if output == nil && place != "-" { Output.error.line("wrote \(place)") }
    }

    /// `runs/a.ndjson` has its page at `runs/a.html`.
    private static func page(beside file: String) -> String {
        for ending in [".ndjson", ".jsonl", ".json"] where file.hasSuffix(ending) { return String(file.dropLast(ending.count)) + ".html" }
        return file + ".html"
    }
}
