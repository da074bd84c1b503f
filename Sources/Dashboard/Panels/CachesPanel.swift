import Load
import Measurements

/// The client's caches and the server's arena pool: their hit rates.
struct CachesPanel: Panel {
    func badge(_ view: View) -> String { view.run.load.cacheScope.map { "scope \($0.rawValue)" } ?? "hit rate" }

    func draw(_ view: View, on frame: inout Frame) {
        guard let moment = view.listedMoment else {
            frame.note("waiting for the first sample")
            return
        }
        let rows = CacheRow.rows(moment)
        if rows.allSatisfy(\.isQuiet) { return quiet(rows, moment, view, &frame) }
        // Two lines a cache where there is room, and a third to breathe.
        let lines = min(3, max(1, frame.height / rows.count))
        for (index, row) in rows.enumerated() {
            let y = index * lines
            draw(row, y: y, view, &frame)
            if lines >= 2 { frame.line(details(row, width: frame.width - 11), 10, y + 1) }
        }
        let last = rows.count * lines
        if frame.height > last { frame.line(waited(moment, view.glyphs), 1, frame.height - 1) }
    }

    /// All that is looked up is found: a line a cache, and no bars that are always full.
    private func quiet(_ rows: [CacheRow], _ moment: Moment, _ view: View, _ frame: inout Frame) {
        frame.text("all found", 1, 0, .ok)
        for (index, row) in rows.enumerated() where index + 1 < frame.height {
            frame.text(row.name, 1, index + 1, .dim)
            let rate = row.sample == nil ? row.note : GridFigure.count(row.rates.lookups.rounded()) + "/s"
            frame.text(rate, endingAt: frame.width - 1, index + 1, .dim)
            frame.line(details(row, width: frame.width - 11 - rate.columns - 3), 10, index + 1)
        }
        if frame.height > rows.count + 1 { frame.line(waited(moment, view.glyphs), 1, frame.height - 1) }
    }

    private func draw(_ row: CacheRow, y: Int, _ view: View, _ frame: inout Frame) {
        frame.text(row.name, 1, y, .text)
        guard let sample = row.sample else {
            frame.text(row.note, 10, y, .dim)
            return
        }
        let room = frame.width - 10
        let graphWidth = room >= 36 ? max(8, room / 3) : 0
        let rateWidth = room >= 22 ? 8 : 0
        let meterWidth = room - 6 - (graphWidth > 0 ? graphWidth + 1 : 0) - rateWidth - 1
        // The last interval where it had look-ups, else all of them.
        let hitRate = row.rates.hitRate ?? sample.hitRate
        Meter(fraction: hitRate ?? 0, gradient: .hit).draw(10, y, width: meterWidth, &frame, view.glyphs)
        let text = hitRate.map(GridFigure.percent) ?? "idle"
        let role: Role = hitRate.map { .scale(.hit, $0) } ?? .dim
        frame.text(text.right(5), 10 + meterWidth, y, role)
        if graphWidth > 0 {
            let region = Region(x: 10 + meterWidth + 6, y: y, width: graphWidth, height: 1)
            let values = view.recent(graphWidth) { row.past($0).hitRate ?? 0 }
            Graph(values: values, top: 1, gradient: .hit).draw(in: region, &frame, view.glyphs)
        }
        if rateWidth > 0 {
            frame.text(GridFigure.count(row.rates.lookups.rounded()) + "/s", endingAt: frame.width - 1, y, row.rates.lookups == 0 ? .dim : .text)
        }
    }

    private func details(_ row: CacheRow, width: Int) -> Line {
        var line = Line()
        guard let sample = row.sample else { return line }
        func add(_ figure: String, _ name: String, _ role: Role) {
            var part = Line()
            part.add(figure, role)
            part.add(" \(name)  ", .dim)
            if line.width + part.width <= width + 2 { line.add(part) }
        }
        let limit = sample.entryLimit > 0 ? "/" + GridFigure.count(sample.entryLimit) : ""
        add(GridFigure.count(sample.entries) + limit, "kept", .text)
        add(GridFigure.bytes(sample.bytes), "", .text)
        let isFast = row.rates.evictions > 0
        add(GridFigure.count(row.rates.evictions.rounded()) + "/s", "evicted", isFast ? .warn : .dim)
        return line
    }

    private func waited(_ moment: Moment, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        let caches = [moment.client?.caches.sessions, moment.client?.caches.strings, moment.client?.caches.buffers]
        let nanoseconds = caches.reduce(0) { $0 + ($1?.waitedNanoseconds ?? 0) }
        line.add("waited for locks ", .dim)
        line.add(nanoseconds == 0 ? "never" : GridFigure.duration(nanoseconds, glyphs), nanoseconds == 0 ? .dim : .warn)
        return line
    }
}
