internal import ArgumentParser
internal import Workload

/// What a run leaves behind, and how it ends.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Record the run: NDJSON, a line an interval. - is standard output; the summary then goes to standard error.", valueName: "file"))
    var output: String?

    @Flag(help: "The summary as JSON, under the names that 'highwater metrics' lists.")
    var json = false

    @Option(
        parsing: .unconditional, help: "Time between two samples. (default: 1s; on the dashboard 500ms)",
        transform: { try Quantity.duration($0, in: .milliseconds(10)...(.seconds(3_600))) })
    var interval: Duration?

    @Option(
        parsing: .unconditional, help: "Most time for the end: requests in flight finish, connections drain. (default: 15s)",
        transform: { try Quantity.duration($0, in: .zero...(.seconds(3_600))) })
    var drain: Duration = .seconds(15)

    @Flag(help: "Run in a process of its own, whose death is an event, and no more. Always so with reset-early and unguarded.")
    var isolate = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Also serve the numbers at http://HOST:PORT/metrics, for Prometheus: HOST:PORT, or a port of loopback; 0 is any free one.",
            valueName: "address"),
        transform: { try ListenAddress($0) })
    var metrics: ListenAddress?

    @Option(
        parsing: .unconditional, help: "How long /metrics stays after the end, for the last scrape; a signal ends it. (default: 0s)",
        transform: { try Quantity.duration($0, in: .zero...(.seconds(86_400))) })
    var linger: Duration = .zero

    @Flag(help: "No colour, ever. Also: NO_COLOR in the environment.")
    var noColor = false

    func validate() throws {
        if linger > .zero && metrics == nil { throw ValidationError("--linger needs --metrics, whose numbers it keeps up") }
    }

    var plain: RunOutput {
        RunOutput(file: output, printsJSON: json, metrics: metrics, linger: linger, noColor: noColor)
    }

    /// - Parameter isLive: somebody watches, who would find a second long.
    func apply(to plan: inout Plan, isLive: Bool = false) {
        plan.interval = interval ?? (isLive ? .milliseconds(500) : .seconds(1))
        plan.drainTime = drain
        plan.isIsolated = isolate
    }
}
