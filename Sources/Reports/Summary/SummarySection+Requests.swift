internal import Measurements

// What became of the requests of each kind.
extension SummarySection {
    /// The worst first: which of them fail, and which are slow. Nothing for a run with one kind.
    static let byRequest = SummarySection { summary, page in
        // Requests that were never sent may have waited, and are none.
        let requests = summary.requests.filter { $0.done > 0 || page.isVerbose }
        guard requests.count > 1 else { return }
        let sorted = requests.sorted { left, right in
            let times = [left, right].map { $0.responseTime.valuesAtPercentiles([99])[0] ?? $0.responseTime.highestRecordedNanoseconds ?? 0 }
            return (left.failed, times[0]) > (right.failed, times[1])
        }
        page.line("")
        page.lines += RequestRow.lines("request", ["done", "failed", "p50", "p99", "max", "bodies"])
        let shown = page.isVerbose || sorted.count <= RequestRow.limit + 1 ? sorted.count : RequestRow.limit
        for request in sorted.prefix(shown) {
            page.lines += RequestRow.lines("  " + request.name, RequestRow.cells(request))
            page.noteDashes([50, 99], in: request.responseTime)
        }
        if let first = sorted.dropFirst(shown).first {
            let rest = sorted.dropFirst(shown + 1).reduce(into: first) { $0.merge($1) }
            page.lines += RequestRow.lines("  \(sorted.count - shown) others", RequestRow.cells(rest))
        }
        guard page.isVerbose else { return }
        for request in sorted { page.row("  statuses", ["\(request.name):"] + request.statusNumbers.map { "\($0.count) x \($0.status)" }) }
    }
}

/// A row of the table of requests, 80 columns wide.
private enum RequestRow {
    /// Rows that are shown; those of the others are summed.
    static let limit = 20
    private static let nameWidth = 26
    private static let width = 80
    /// Columns of the end of a name that is longer.
    private static let keptEnd = 25

    static func cells(_ request: RequestSample) -> [String] {
        let times = request.responseTime.row([50, 99])
        return ["\(request.done)", "\(request.failed)"] + times.map { $0.map(Figure.time(nanoseconds:)) ?? "-" } + [Figure.bytes(Double(request.bodyBytes))]
    }

    /// A long name has a line of its own above the cells: URLs differ at the end, or in the middle.
    static func lines(_ name: String, _ cells: [String]) -> [String] {
        let figures = cells.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined()
        guard name.columns > nameWidth else { return [name.padded(to: nameWidth) + figures] }
        return [name.cut(toColumns: width, keepingEnd: keptEnd), "".padded(to: nameWidth) + figures]
    }
}
