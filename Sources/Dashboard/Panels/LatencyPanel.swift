import Measurements

/// Service and response time side by side, and a map of one of them.
struct LatencyPanel: Panel {
    func badge(_ view: View) -> String { view.run.hasClients ? "map: \(view.latency.rawValue)" : "" }

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasClients else {
            frame.note(view.run.clientNote)
            return
        }
        guard view.moment != nil else {
            frame.note("waiting for the first sample")
            return
        }
        var rows = [LatencyTable.Row("response", view.window { $0.response })]
        if frame.height >= 4 { rows.insert(.init("service", view.window { $0.service }), at: 0) }
        let y = LatencyTable(rows: rows, percentiles: [50, 90, 99, 99.9, 100]).draw(&frame, view.glyphs)
        let region = Region(x: 0, y: y, width: frame.width, height: frame.height - y)
        if region.height >= 2 { LatencyMap(kind: view.latency).draw(in: region, view, &frame) }
    }
}

/// Percentiles in columns. Those that do not fit are left out, the rarest last.
struct LatencyTable {
    struct Row {
        let name: String
        let buckets: LatencyBuckets

        init(_ name: String, _ buckets: LatencyBuckets) {
            self.name = name
            self.buckets = buckets
        }
    }

    let rows: [Row]
    /// 100 is the maximum. The first one leads.
    let percentiles: [Double]
    /// Whether the number of answers stands at the end.
    var hasCount = false

    /// Left out first where room is short.
    private static let expendable: [Double] = [75, 95, 99.99, 90, 99.9, 100]
    private static let labelWidth = 9

    /// At the top; answers the row below.
    func draw(_ frame: inout Frame, _ glyphs: GlyphSet) -> Int {
        var columns = percentiles
        let room = (frame.width - LatencyTable.labelWidth) / 7 - (hasCount ? 1 : 0)
        for percentile in LatencyTable.expendable where room < columns.count { columns.removeAll { $0 == percentile } }
        let step = min(10, max(7, (frame.width - LatencyTable.labelWidth) / (columns.count + (hasCount ? 1 : 0))))
        func end(_ column: Int) -> Int { LatencyTable.labelWidth + (column + 1) * step }
        for (column, percentile) in columns.enumerated() {
            frame.text(percentile == 100 ? "max" : "p\(percentile == percentile.rounded() ? "\(Int(percentile))" : "\(percentile)")", endingAt: end(column), 0, .dim)
        }
        if hasCount { frame.text("answers", endingAt: end(columns.count), 0, .dim) }
        for (row, content) in rows.enumerated() {
            frame.text(content.name, 1, row + 1, .dim)
            for (column, percentile) in columns.enumerated() {
                if let value = content.buckets.value(atPercentile: percentile) {
                    frame.text(GridFigure.duration(value, glyphs), endingAt: end(column), row + 1, column == 0 ? .strong : .text)
                } else {
                    // Too few values beyond it to say.
                    frame.text(glyphs == .ascii ? "-" : "–", endingAt: end(column), row + 1, .dim)
                }
            }
            if hasCount { frame.text(GridFigure.count(content.buckets.count), endingAt: end(columns.count), row + 1, .text) }
        }
        return rows.count + 1
    }
}
