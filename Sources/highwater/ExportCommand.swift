internal import ArgumentParser
internal import Measurements
internal import Reports

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a recording in a form that other programs read.",
        usage: "highwater export FILE --to FORMAT [-o OUT]",
        discussion: """
            Examples:
              highwater export run.ndjson --to csv -o run.csv
              highwater export run.ndjson --to hgrm --histogram client.service_time

            csv          a row a sample, a column a number (pandas, spreadsheets)
            json         the whole recording as one object
            hlog         HdrHistogram's interval log: every histogram of every sample
            hgrm         HdrHistogram's percentiles of the whole run, in milliseconds
            openmetrics  all samples with their times, for
                         'promtool tsdb create-blocks-from openmetrics'
            junit        the verdict and the thresholds as test cases, for CI
            """)

    @Argument(help: ArgumentHelp("A recording; - is standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The form.", valueName: "format"))
    var to: ExportFormat

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Where to. (default: standard output)", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp("For hgrm: which one. (default: client.response_time)", valueName: "metric"),
        transform: { name in
            let names = Metric.all.filter { $0.kind == .histogram }.map(\.name)
            guard names.contains(name) else { throw ValidationError("this is not a histogram; write \(names.joined(separator: ", "))") }
            return name
        })
    var histogram = "client.response_time"

    func run() throws {
        var exporter = to.makeExporter(histogram: histogram)
        try exporter.take(in: file, writingTo: output)
    }
}

extension ExportFormat: ExpressibleByArgument {}
