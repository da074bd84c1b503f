internal import Measurements

/// A summary for the page of a build: the result first, then thresholds, the measurement, figures, requests and the load's
/// phases.
struct MarkdownSummary {
    let summary: Summary

    var text: String {
        let result = summary.result, validity = summary.validity
        let headline = SummaryHeadline(summary: summary)
        var text = "**\(Markdown.escaped(headline.word))**"
            + (result.isOK ? ", " + Markdown.escaped(headline.achievement) : MarkdownSummary.list(result.reasons)) + "\n\n"
        let judged = summary.thresholds.sorted { !$0.hasPassed && $1.hasPassed }
        text += Markdown.table(
            ["threshold", "was", ""],
            judged.map { ["`\($0.threshold.title.printableLine)`", Markdown.escaped($0.valueText), $0.hasPassed ? "held" : "**missed**"] }, isAligned: false)
        if summary.request.load != nil { text += "Measurement: \(validity.word)" + MarkdownSummary.list(validity.reasons) + "\n\n" }
        text += Markdown.table(["figure", "value"], figureRows) + Markdown.table(["request", "done", "failed", "p50", "p99", "statuses"], requestRows)
        text += Markdown.table(["phase", "asked/s", "req/s", "failed", "p50", "p99"], summary.phases.map(MarkdownSummary.cells))
        let changes = summary.changesByHand
        if changes > 0 { text += "The load was changed by hand \(Figure.times(changes)).\n" }
        return text
    }

    private static func list(_ reasons: [String]) -> String { reasons.map { "\n- \(Markdown.escaped($0))" }.joined() }

    private static let figures = [
        ("requests done", "requests.done"), ("requests failed", "requests.failed"), ("requests a second", "rate"), ("response p50", "response_time.p50"),
        ("response p99", "response_time.p99"), ("response max", "response_time.max"), ("received", "client.bytes.received"),
        ("server's memory at most", "watch.memory.resident.max"), ("Highwater's memory at most", "process.memory.resident.max"),
    ]

    /// Those that the run has.
    private var figureRows: [[String]] {
        MarkdownSummary.figures.compactMap { name, figure in
            guard let parsed = try? RunFigure(parsing: figure), let number = parsed.read(summary).number else { return nil }
            return [name, parsed.unit.text(number)]
        }
    }

    /// Of a run with several kinds of requests.
    private var requestRows: [[String]] {
        guard summary.requests.count > 1 else { return [] }
        return summary.requests.map { request in
            let statuses = request.statusNumbers.map { "\($0.count) x \($0.status)" }.joined(separator: ", ")
            return [Markdown.escaped(request.name.shownTarget), "\(request.done)", "\(request.failed)"] + MarkdownSummary.times(request.responseTime) + [statuses]
        }
    }

    private static func cells(_ phase: PhaseSummary) -> [String] {
        func rate(_ name: String) -> String { phase.summary.derived(name).map { Figure.fixed($0, decimals: 0) } ?? "-" }
        let failed = JSON.number(phase.summary.number("client.requests.failed") ?? 0).text
        return [Markdown.escaped(phase.name), rate("client.requests.asked_rate"), rate("client.requests.rate"), failed] + times(phase.summary.responseTime)
    }

    /// The median and the 99th percentile; a dash for those of too few requests.
    private static func times(_ histogram: LatencyHistogram) -> [String] {
        histogram.valuesAtPercentiles([50, 99]).map { $0.map(Figure.time(nanoseconds:)) ?? "-" }
    }
}

extension Summary {
    package var markdown: String { MarkdownSummary(summary: self).text }
}
