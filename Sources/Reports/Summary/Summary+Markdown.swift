internal import Measurements

extension Summary {
    /// For the page of a build: the result first, then thresholds, the measurement, figures, requests and the load's phases.
    package var markdown: String {
        var text = "**\(Markdown.escaped(result.word))**" + (result.isOK ? ", " + Markdown.escaped(achievement) : Summary.list(result.reasons)) + "\n\n"
        let judged = thresholds.sorted { !$0.hasPassed && $1.hasPassed }
        text += Markdown.table(
            ["threshold", "was", ""],
            judged.map { ["`\($0.threshold.namedText.printableLine)`", Markdown.escaped($0.valueText), $0.hasPassed ? "held" : "**missed**"] }, isAligned: false)
        if request.load != nil { text += "Measurement: \(validity.word)" + Summary.list(validity.reasons) + "\n\n" }
        text += Markdown.table(["figure", "value"], figureRows) + Markdown.table(["request", "done", "failed", "p50", "p99", "statuses"], requestRows)
        text += Markdown.table(["phase", "asked/s", "req/s", "failed", "p50", "p99"], phases.map(\.markdownCells))
        if changesByHand > 0 { text += "The load was changed by hand \(changesByHand == 1 ? "once" : "\(changesByHand) times").\n" }
        return text
    }

    private static func list(_ reasons: [String]) -> String { reasons.map { "\n- \(Markdown.escaped($0))" }.joined() }

    private static let figures = [
        ("requests done", "requests.done"), ("requests failed", "requests.failed"), ("requests a second", "rate"), ("response p50", "response_time.p50"),
        ("response p99", "response_time.p99"), ("response max", "response_time.max"), ("received", "client.bytes.received"),
        ("memory at most", "process.memory.resident.max"),
    ]

    /// Those that the run has.
    private var figureRows: [[String]] {
        Summary.figures.compactMap { name, figure in
            guard let parsed = try? RunFigure(parsing: figure), let number = parsed.read(self).number else { return nil }
            return [name, parsed.unit.text(number)]
        }
    }

    /// Of a run with several kinds of requests.
    private var requestRows: [[String]] {
        guard requests.count > 1 else { return [] }
        return requests.map { request in
            let statuses = request.statusNumbers.map { "\($0.count) x \($0.status)" }.joined(separator: ", ")
            return [Markdown.escaped(request.name), "\(request.done)", "\(request.failed)"] + Summary.times(request.responseTime) + [statuses]
        }
    }

    /// The median and the 99th percentile; a dash for those of too few requests.
    fileprivate static func times(_ histogram: LatencyHistogram) -> [String] {
        histogram.valuesAtPercentiles([50, 99]).map { $0.map(Figure.time(nanoseconds:)) ?? "-" }
    }
}

extension PhaseSummary {
    fileprivate var markdownCells: [String] {
        func rate(_ name: String) -> String { summary.derived(name).map { Figure.fixed($0, decimals: 0) } ?? "-" }
        let failed = JSON.number(summary.number("client.requests.failed") ?? 0).text
        return [Markdown.escaped(name), rate("client.requests.asked_rate"), rate("client.requests.rate"), failed] + Summary.times(summary.responseTime)
    }
}
