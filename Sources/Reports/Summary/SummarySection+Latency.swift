internal import Measurements

// How long requests took, whether thresholds hold, and whether the measurement is valid.
extension SummarySection {
    static let latency = SummarySection { summary, page in
        guard let client = summary.last.client, summary.serviceTime.count > 0 || page.isVerbose else { return }
        let isOpen = summary.request.load?.isOpen == true
        let percentiles = LatencyHistogram.percentiles.filter { page.isVerbose || $0.percent < 99.99 }
        let names = percentiles.map { String($0.name.map { $0 == "_" ? "." : $0 }) }
        page.line("")
        page.table("latency", (page.isVerbose ? ["min"] : []) + names + ["max"])
        // In a closed load the other two say nothing more, unless a request waits for its next attempt.
        let rows = [("  service", summary.serviceTime)]
            + (isOpen || client.requests.retried > 0 || page.isVerbose ? [("  response", summary.responseTime)] : [])
            + (isOpen || page.isVerbose ? [("  sent late", summary.scheduleDelay)] : [])
        for (name, histogram) in rows {
            let values = (page.isVerbose ? [histogram.lowestNanoseconds] : []) + histogram.row(percentiles.map(\.percent))
            page.table(name, values.map { $0.map(Figure.time(nanoseconds:)) ?? "-" })
            page.noteDashes(percentiles.map(\.percent), in: histogram)
        }
        if let size = summary.request.sendBufferByteCount {
            let text = Quantity.size.text(size), isScenario = summary.request.name != nil
            page.row("", ["latency includes what \(isScenario ? "'send_buffer: \(text)'" : "--send-buffer \(text)") makes the server wait"])
        }
        let unanswered = client.unansweredRequests
        if unanswered > 0 {
            page.row("", ["\(Figure.counted(unanswered, "request")) never answered: in the table with the time waited"])
        }
        let dropped = summary.droppedRequests
        if dropped > 0 {
            page.row("", ["\(Figure.counted(dropped, "request")) never sent: in the response times with the time waited"])
        }
        let refused = client.requests.failed - min(client.requests.errored, client.requests.failed)
        if Double(refused) > Double(client.requests.done) * Validity.erroredShareLimit {
            page.row("", ["\(Figure.counted(refused, "failed answer")) in the table too: errors can be faster than answers"])
        }
        if let resolution = summary.coarseResolutionNanoseconds {
            let time = Figure.time(nanoseconds: resolution)
            let others = RunGaps(summary: summary).explainLateness ? "apart from what the gaps held up, " : ""
            page.row("", ["\(others)1 request in 100 was sent \(time) late or later: a difference of response times below that says nothing of the server"])
        }
    }

    /// Times in which the server gave no answer: a percentile does not tell that they recur.
    static let answerGaps = SummarySection { summary, page in
        page.row("gaps", RunGaps(summary: summary).text.map { [$0] } ?? [])
    }

    /// Why there are dashes in the tables above.
    static let fewAnswers = SummarySection { _, page in
        guard !page.unknownPercentiles.isEmpty else { return }
        let needed = page.unknownPercentiles.sorted().map { "p\(JSON.number($0).text) takes \(LatencyHistogram.countNeeded(percentile: $0))" }
        page.row("", ["- means too few answers: \(needed.joined(separator: ", "))"])
    }

    static let phases = SummarySection { summary, page in
        guard !summary.phases.isEmpty else { return }
        page.line("")
        page.table("phase", ["req/s", "asked", "failed", "p50", "p99", "p99.9", "max"])
        for phase in summary.phases {
            let run = phase.summary
            let times = run.responseTime.row([50, 99, 99.9])
            page.noteDashes([50, 99, 99.9], in: run.responseTime)
            let cells = [
                Figure.fixed(run.derived("client.requests.rate") ?? 0, decimals: 0),
                run.derived("client.requests.asked_rate").map { Figure.fixed($0, decimals: 0) } ?? "-",
                JSON.number(run.number("client.requests.failed") ?? 0).text,
            ]
            page.table("  " + phase.name.prefix(SummaryPage.tableLabelWidth - 2), cells + times.map { $0.map(Figure.time(nanoseconds:)) ?? "-" })
        }
    }

    static let thresholds = SummarySection { summary, page in
        guard !summary.thresholds.isEmpty else { return }
        let passed = summary.thresholds.filter(\.hasPassed).count
        let isPartial = summary.thresholds.contains(where: \.isPartial)
        page.line("")
        page.row("thresholds", ["\(passed) of \(summary.thresholds.count) passed" + (isPartial ? " (partial: the run was cut short)" : "")])
        for result in summary.thresholds {
            page.marked(result.hasPassed ? "passed" : "FAILED", result.text)
        }
    }

    static let measurement = SummarySection { summary, page in
        guard let load = summary.request.load else { return }
        let validity = summary.validity
        page.line("")
        var loads: [String] = []
        if let share = summary.derived("client.loop.utilization") { loads.append("clients \(Figure.percent(share)) busy") }
        if let share = summary.derived("server.loop.utilization") { loads.append("server \(Figure.percent(share))") }
        let counts = load.isOpen ? summary.openLoadItems : []
        guard validity.isValid else {
            page.row("measurement", [validity.word + ": " + validity.reasons[0]])
            for reason in validity.reasons.dropFirst() { page.row("", ["and " + reason]) }
            return page.row("", counts + loads)
        }
        let rate = load.isOpen ? [] : ["closed load: its rate is what the answers allowed"]
        page.row("measurement", [validity.word + (summary.goneNanoseconds.map { " until \(Figure.time(nanoseconds: $0))" } ?? "")] + summary.fewItems + counts + rate + loads)
        if let words = summary.lateByGaps { page.row("", [words]) }
    }
}

extension Summary {
    /// Of so few requests not even the median is known: `1 request says little of others`.
    fileprivate var fewItems: [String] {
        let count = last.client?.requests.answered ?? 0
        guard count > 0, !LatencyHistogram.supports(percentile: 50, count: count) else { return [] }
        return [Figure.counted(count, "request is an example", "requests are examples") + ": no percentile is known"]
    }

    /// Requests of an open load that were due, and for which no connection had room until the end.
    fileprivate var droppedRequests: UInt64 {
        guard let client = last.client, request.load?.isOpen == true else { return 0 }
        let dropped: UInt64 = Metric.whole(max(0, derived("client.requests.dropped") ?? 0))
        return dropped - min(client.requests.skipped, dropped)
    }

    /// `29999 asked`, `29999 sent`, `0 dropped`
    fileprivate var openLoadItems: [String] {
        guard let client = last.client else { return [] }
        return [
            "\(client.requests.scheduled) asked", "\(client.requests.started) sent",
            "\(client.requests.answered) answered" + (carriedRequests > 0 ? " (\(carriedRequests) begun in the warm-up)" : ""),
            "\(JSON.number(derived("client.requests.dropped") ?? 0).text) dropped",
        ] + (client.requests.skipped > 0 ? ["\(client.requests.skipped) of them skipped (--catch-up skip)"] : [])
    }
}

extension LatencyHistogram {
    /// The values at these percentiles and the highest, as a table has them side by side, nanoseconds. A percentile is the upper
    /// edge of its step, which may lie above the exact highest value: none is told above that.
    func row(_ percents: [Double]) -> [UInt64?] {
        let highest = highestRecordedNanoseconds
        return valuesAtPercentiles(percents).map { $0.map { min($0, highest ?? $0) } } + [highest]
    }
}
