import Measurements

/// Each cache over time: its hit rate, its look-ups, and all its counts.
struct CachesZoom: Panel {
    func badge(_ view: View) -> String { "" }

    func draw(_ view: View, on frame: inout Frame) {
        guard let moment = view.moment else {
            frame.note("waiting for the first sample")
            return
        }
        let rows = CacheRow.rows(moment)
        let height = max(3, frame.height / rows.count)
        for (index, row) in rows.enumerated() {
            let y = index * height
            guard y + 2 <= frame.height else { break }
            frame.text(row.name, 1, y, .title)
            guard let sample = row.sample else {
                frame.text(row.note, 10, y, .dim)
                continue
            }
            frame.line(counts(sample, width: frame.width - 11, view.glyphs), 10, y)
            let charts = ChartStack(charts: [
                .init(name: "hit rate", gradient: .hit, text: { GridFigure.percent($0).right(6) }, top: 1) { row.past($0).hitRate },
                .init(name: "look-ups/s", gradient: .throughput, text: { GridFigure.count($0.rounded()).right(6) }) { row.past($0).lookups },
                .init(name: "evicted/s", gradient: .age, text: { GridFigure.count($0.rounded()).right(6) }) { row.past($0).evictions },
            ])
            charts.draw(in: Region(x: 0, y: y + 1, width: frame.width, height: min(height - 1, frame.height - y - 1)), view, &frame)
        }
    }

    /// Since the start.
    private func counts(_ sample: CacheSample, width: Int, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        func add(_ name: String, _ figure: String, _ role: Role = .text) {
            var part = Line()
            part.add(name + " ", .dim)
            part.add(figure + "  ", role)
            if line.width + part.width <= width + 2 { line.add(part) }
        }
        add("hits", GridFigure.count(sample.hits).right(5), .ok)
        add("misses", GridFigure.count(sample.misses).right(5), sample.misses == 0 ? .dim : .warn)
        add("evicted", GridFigure.count(sample.evictions).right(5), sample.evictions == 0 ? .dim : .warn)
        add("kept", GridFigure.count(sample.entries) + (sample.entryLimit > 0 ? "/" + GridFigure.count(sample.entryLimit) : ""))
        add("bytes", GridFigure.bytes(sample.bytes) + (sample.byteLimit > 0 ? "/" + GridFigure.bytes(sample.byteLimit) : ""))
        let waited = sample.waitedNanoseconds
        add("waited for locks", waited == 0 ? "never" : GridFigure.duration(waited, glyphs), waited == 0 ? .dim : .warn)
        return line
    }
}
