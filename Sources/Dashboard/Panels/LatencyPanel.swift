import Measurements

/// Service and response time side by side, and a map of response time: a column a moment, a row a span of latencies.
struct LatencyPanel: Panel {
    func badge(_ view: View) -> String { view.run.hasClients ? "10s" : "" }

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasClients else {
            frame.note(view.run.clientNote)
            return
        }
        guard view.moment != nil else {
            frame.note("waiting for the first sample")
            return
        }
        var y = 0
        let service = view.window { $0.service }, response = view.window { $0.response }
        if frame.height >= 4 {
            y = table([("service", service), ("response", response)], &frame, view.glyphs)
        } else {
            table([("response", response)], &frame, view.glyphs)
            y = 2
        }
        let region = Region(x: 0, y: y, width: frame.width, height: frame.height - y)
        if region.height >= 2 { map(in: region, view, &frame) }
    }

    /// Columns that fit, the rarest last; answers the row below.
    @discardableResult
    private func table(_ rows: [(String, LatencyBuckets)], _ frame: inout Frame, _ glyphs: GlyphSet) -> Int {
        var columns: [(String, Double)] = [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100)]
        let room = (frame.width - 9) / 7
        if room < columns.count { columns.removeAll { $0.0 == "p90" } }
        if room < columns.count { columns.removeAll { $0.0 == "p99.9" } }
        if room < columns.count { columns.removeAll { $0.0 == "max" } }
        let step = min(10, max(7, (frame.width - 9) / columns.count))
        for (column, (name, _)) in columns.enumerated() {
            frame.text(name, endingAt: 9 + (column + 1) * step, 0, .dim)
        }
        for (row, (name, buckets)) in rows.enumerated() {
            frame.text(name, 1, row + 1, .dim)
            for (column, (_, percentile)) in columns.enumerated() {
                let end = 9 + (column + 1) * step
                if let value = buckets.value(atPercentile: percentile) {
                    frame.text(GridFigure.duration(value, glyphs), endingAt: end, row + 1, percentile == 50 ? .strong : .text)
                } else {
                    // Too few values beyond it to say.
                    frame.text(glyphs == .ascii ? "-" : "–", endingAt: end, row + 1, .dim)
                }
            }
        }
        return rows.count + 1
    }

    private func map(in region: Region, _ view: View, _ frame: inout Frame) {
        let labelWidth = 7
        let hasAxis = region.height >= 6
        let rows = region.height - (hasAxis ? 1 : 0), columns = region.width - labelWidth - 1
        guard rows > 0, columns > 0 else { return }
        let moments = view.history.values(columns, upTo: view.end) { $0.response }
        let used = moments.filter { $0.count > 0 }
        guard let low = used.map(\.range.lowerBound).min(), let high = used.map(\.range.upperBound).max() else {
            let middle = region.y + region.height / 2
            frame.text("no answers yet", max(0, (region.width - 14) / 2), middle, .dim)
            return
        }
        // At least a quarter of an octave a row, or noise would fill the map; whole steps, so that it seldom moves.
        let perOctave = LatencyBuckets.stepsPerOctave
        let bottom = low / perOctave * perOctave
        let span = max(high - bottom, rows * perOctave / 4)
        let step = (span + rows - 1) / rows
        let bucketsPerRow = (step + perOctave / 4 - 1) / (perOctave / 4) * (perOctave / 4)
        for row in 0..<rows {
            let y = region.y + rows - 1 - row
            let range = (bottom + row * bucketsPerRow)..<(bottom + (row + 1) * bucketsPerRow)
            let edge = LatencyBuckets.nanoseconds(range.lowerBound)
            frame.text(GridFigure.duration(edge, view.glyphs), endingAt: labelWidth - 1, y, .dim)
            frame.text(view.glyphs.axis, labelWidth - 1, y, .faint)
            for (index, buckets) in moments.enumerated() where buckets.count > 0 {
                let count = buckets.count(in: range)
                guard count > 0 else { continue }
                // The square root lets the few slow ones be seen beside the many fast ones.
                let share = (Double(count) / Double(buckets.count)).squareRoot()
                let shades = view.glyphs.shades
                let shade = min(shades.count - 1, Int(share * Double(shades.count)))
                frame.put(shades[shade], labelWidth + columns - moments.count + index, y, .scale(.heat, share))
            }
        }
        let marked = Region(x: labelWidth, y: region.y, width: columns, height: rows)
        Marks(view, columns: columns, perColumn: 1).draw(in: marked, &frame, view.glyphs)
        if hasAxis { timeAxis(y: region.y + rows, from: labelWidth, columns: columns, view, &frame) }
    }

    /// Times below the map, every fifteen columns from the right.
    private func timeAxis(y: Int, from x: Int, columns: Int, _ view: View, _ frame: inout Frame) {
        frame.text("now", endingAt: x + columns, y, .dim)
        guard let now = view.moment?.timeNanoseconds else { return }
        let times = view.history.values(columns, upTo: view.end) { $0.timeNanoseconds }
        var column = 15
        while column + 5 < columns {
            if times.count > column {
                let seconds = (now - min(now, times[times.count - 1 - column]) + 500_000_000) / 1_000_000_000
                frame.text("-\(seconds)s", endingAt: x + columns - column + 2, y, .dim)
            }
            column += 15
        }
    }
}
