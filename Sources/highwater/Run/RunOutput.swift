internal import ArgumentParser
internal import Measurements
internal import Reports
internal import Workload

/// The files and the text that a run leaves behind, as the command line or a list of trials asks for them.
struct RunOutput: SettingPart {
    /// Where the recording goes; nil: nowhere, `-`: standard output.
    var file: String?
    /// The summary.
    var printsJSON = false
    /// The summary with every figure, also those that are zero.
    var isVerbose = false
    /// The summary for the page of a build.
    var printsMarkdown = false
    /// No lines of progress.
    var isQuiet = false
    /// Exit 3 when the measurement is not valid.
    var isStrict = false
    /// Where the numbers are served while it runs; nil: nowhere.
    var metrics: ListenAddress?
    /// How long they stay after the end.
    var linger: Duration = .zero
    var noColor = false
    /// Which of several runs it is; nil: the only one.
    var title: String?

    static let settings: [Setting<RunOutput>] = [
        .init(
            "output", \.file, .file,
            "Record the run: NDJSON, a line an interval; with a name that ends in .gz compressed. - is standard output; the summary then goes to standard error.",
            in: .flag, letters: "o", placeholder: "file"),
        .init("json", \.printsJSON, .flag, "The summary as JSON, under the names that 'highwater metrics' lists.", in: .flag),
        .init("verbose", \.isVerbose, .flag, "The summary with every figure, also those that are zero.", in: .flag),
        .init(
            "markdown", \.printsMarkdown, .flag,
            "The summary as Markdown, for the page of a build: result, thresholds, figures, requests, phases.", in: .flag),
        .init("quiet", \.isQuiet, .flag, "No lines of progress, no warnings, no findings as they come: only errors, and the whole summary at the end.", in: .flag),
        .init("strict", \.isStrict, .flag, "Exit 3 when the measurement is not valid.", in: .flag),
        .init(
            "metrics", \.metrics, .listenAddress,
            "Also serve the numbers at http://HOST:PORT/metrics, for Prometheus: HOST:PORT, or a port of loopback; 0 is any free one.",
            in: .flag, placeholder: "address"),
        .init(
            "linger", \.linger, .time(.zero...(.seconds(86_400))),
            "How long /metrics stays after the end, for the last scrape; a signal ends it.", in: .flag),
        .init("no_color", \.noColor, .flag, "No colour, ever. Also: NO_COLOR in the environment.", in: .flag),
    ]

    /// Errors: two forms of the summary.
    func checkForm() throws {
        if printsJSON && printsMarkdown { throw ValidationError("--json and --markdown exclude each other") }
    }

    /// Errors: there is no page that could stay.
    func checkMetrics() throws {
        if linger > .zero && metrics == nil { throw ValidationError("--linger needs --metrics, whose page it keeps up") }
    }

    /// The summary in the form that is asked for.
    func text(of summary: Summary) -> String {
        if printsJSON { return summary.json.indentedText + "\n" }
        return printsMarkdown ? summary.markdown : summary.text(isVerbose: isVerbose)
    }
}
