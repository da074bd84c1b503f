import Measurements

/// The requests of one kind at one moment, for the table of the throughput panel with the screen to itself.
struct RequestMoment: Sendable, Equatable {
    let name: String
    let done: UInt64
    let failed: UInt64
    /// Since the moment before, a second.
    let rate: Double
    let failureRate: Double
    /// Of the interval before; nil for too few.
    let median: UInt64?
    let percentile99: UInt64?

    /// Rows that a past moment keeps: as many as a screen shows of them.
    static let pastLimit = 20

    /// Those of a sample, the worst first: which of them fail now, and which are slow. Empty for a run with one kind.
    static func rows(_ requests: [RequestSample], _ previous: [RequestMoment], seconds: Double) -> [RequestMoment] {
        guard requests.count > 1 else { return [] }
        return requests.map { request in
            let before = previous.first { $0.name == request.name }
            let times = request.responseTime.valuesAtPercentiles([50, 99])
            return RequestMoment(
                name: request.name, done: request.done, failed: request.failed, rate: Rates.rate(request.done, before?.done ?? 0, seconds),
                failureRate: Rates.rate(request.failed, before?.failed ?? 0, seconds), median: times[0], percentile99: times[1])
        }.sorted { ($0.failureRate, $0.percentile99 ?? 0, $0.rate) > ($1.failureRate, $1.percentile99 ?? 0, $1.rate) }
    }
}

/// The requests of a moment by kind, a line each.
struct RequestTable {
    let rows: [RequestMoment]
    let glyphs: GlyphSet

    private static let columns = [("req/s", 9), ("failed", 9), ("p50", 9), ("p99", 9)]

    /// Draws as many as fit into so many lines below `y`, the heads included. - Returns: the line below them.
    func draw(_ frame: inout Frame, y: Int, lines: Int) -> Int {
        guard rows.count > 1, lines >= 2 else { return y }
        let width = frame.width - 2 - RequestTable.columns.reduce(0) { $0 + $1.1 }
        guard width >= 10 else { return y }
        frame.text("request", 1, y, .dim)
        var end = width + 1
        for (name, columnWidth) in RequestTable.columns {
            end += columnWidth
            frame.text(name, endingAt: end, y, .dim)
        }
        let shown = rows.prefix(lines - 1)
        for (index, row) in shown.enumerated() {
            let line = y + 1 + index
            frame.text(String(row.name.prefix(width - 1)), 1, line, .text)
            let cells: [(String, Role)] = [
                (GridFigure.count(row.rate.rounded()), .text), (GridFigure.count(Double(row.failed)), row.failureRate > 0 ? .crit : row.failed > 0 ? .warn : .dim),
                (time(row.median), .text), (time(row.percentile99), .text),
            ]
            var end = width + 1
            for (cell, column) in zip(cells, RequestTable.columns) {
                end += column.1
                frame.text(cell.0, endingAt: end, line, cell.1)
            }
        }
        return y + 1 + shown.count
    }

    private func time(_ nanoseconds: UInt64?) -> String { nanoseconds.map { GridFigure.duration($0, glyphs) } ?? "-" }
}
