import Measurements

/// Latencies over time: a column a cell of the time axis, a row a span of latencies, and the more a cell holds the fuller it is.
struct LatencyMap {
    /// Which of the two latencies of a moment.
    let kind: LatencyKind
    /// Cells at the right for how the last ten seconds spread over the rows; 0 for none.
    var spreadWidth = 0

    private static let labelWidth = 7

    func draw(in region: Region, _ view: View, _ frame: inout Frame) {
        let hasAxis = region.height >= 5
        let rows = region.height - (hasAxis ? 1 : 0)
        let columns = region.width - LatencyMap.labelWidth - 1 - (spreadWidth > 0 ? spreadWidth + 1 : 0)
        guard rows > 0, columns > 0 else { return }
        let moments = view.history.cells(columns, view.axis, upTo: view.end, kind.buckets)
        let used = moments.filter { $0.count > 0 }
        guard let low = used.map(\.range.lowerBound).min(), let high = used.map(\.range.upperBound).max() else {
            frame.text("no answers yet", max(0, (region.width - 14) / 2), region.y + region.height / 2, .dim)
            return
        }
        let bands = LatencyMap.bands(from: low, to: high, rows: rows)
        let place = Region(x: region.x + LatencyMap.labelWidth, y: region.y, width: columns, height: rows)
        for (row, band) in bands.enumerated() {
            let y = region.y + rows - 1 - row
            frame.text((band.isBelow ? "<" : "") + GridFigure.roundDuration(band.edgeNanoseconds, view.glyphs), endingAt: place.x - 1, y, .dim)
            frame.text(view.glyphs.axis, place.x - 1, y, .faint)
            draw(moments, in: band.buckets, place, y: y, &frame, view.glyphs)
        }
        Marks(view, columns: columns).draw(in: place, &frame, view.glyphs)
        if spreadWidth > 0 {
            let side = Region(x: place.x + columns, y: region.y, width: spreadWidth, height: rows)
            spread(view.window(kind.buckets), bands.map(\.buckets), in: side, &frame, view.glyphs)
        }
        if hasAxis { timeAxis(y: region.y + rows, place, view, &frame) }
    }

    /// The bands of the rows, from the floor up: whole steps of decades, as fine as the rows allow, so that a band begins at
    /// 1, 10 and 100 ms on every screen. Rows that are left go on above; none beyond the highest latency that is ever counted.
    /// In two or three rows the slow answers have a row of their own, and the lowest one has all others.
    static func bands(from low: Int, to high: Int, rows: Int) -> [Band] {
        let least = LatencyBuckets.nanoseconds(low), most = LatencyBuckets.nanoseconds(high)
        if (2...3).contains(rows) { return decades(below: most, rows: rows) }
        for ladder in ladders {
            let edges = edges(ladder, from: least, count: rows + 1)
            if let last = edges.last, last > most || ladder.decades > 4 {
                return zip(edges, edges.dropFirst()).map { edge, next in
                    Band(edgeNanoseconds: edge, buckets: LatencyBuckets.bucket(edge)..<LatencyBuckets.bucket(next))
                }.filter { $0.edgeNanoseconds <= LatencyHistogram.highestNanoseconds }
            }
        }
        return []
    }

    /// A row a decade, from the one of this latency down.
    private static func decades(below most: UInt64, rows: Int) -> [Band] {
        var top: UInt64 = 1
        while top <= most / 10 { top *= 10 }
        // The edges of all rows but the lowest, from the floor up, and the one above them.
        var edges = [top, top * 10]
        while edges.count < rows { edges.insert(max(1, edges[0] / 10), at: 0) }
        let above = zip(edges, edges.dropFirst()).map { Band(edgeNanoseconds: $0, buckets: LatencyBuckets.bucket($0)..<LatencyBuckets.bucket($1)) }
        return [Band(edgeNanoseconds: edges[0], isBelow: true, buckets: 0..<LatencyBuckets.bucket(edges[0]))] + above
    }

    /// A row's latencies, and the shortest of them.
    struct Band {
        let edgeNanoseconds: UInt64
        /// The row has the latencies below the edge.
        var isBelow = false
        let buckets: Range<Int>
    }

    /// Steps within so many decades, the finest first.
    private struct Ladder {
        var decades = 1
        var tenths: [UInt64] = [10]
    }

    private static let ladders = [
        Ladder(tenths: [10, 15, 20, 30, 50, 70]), Ladder(tenths: [10, 20, 50]), Ladder(tenths: [10, 30]), Ladder(),
        Ladder(decades: 2), Ladder(decades: 3), Ladder(decades: 5),
    ]

    /// So many edges of a ladder, the first at or below a latency.
    private static func edges(_ ladder: Ladder, from least: UInt64, count: Int) -> [UInt64] {
        var edges: [UInt64] = []
        // From a nanosecond on, in tenths of one: 1.5 is an edge too.
        var base: UInt64 = 10
        while edges.count < count, base < .max / 1_000_000 {
            for step in ladder.tenths {
                let edge = base * step / 100
                if edge <= least { edges = [edge] } else if edges.count < count { edges.append(edge) }
            }
            for _ in 0..<ladder.decades { base *= 10 }
        }
        return edges
    }

    private func draw(
        _ moments: [LatencyBuckets], in range: Range<Int>, _ place: Region, y: Int, _ frame: inout Frame, _ glyphs: GlyphSet
    ) {
        let shades = glyphs.shades
        for (index, buckets) in moments.enumerated() where buckets.count > 0 {
            let count = buckets.count(in: range)
            guard count > 0 else { continue }
            // The square root lets the few slow ones be seen beside the many fast ones.
            let share = (Double(count) / Double(buckets.count)).squareRoot()
            let shade = min(shades.count - 1, Int(share * Double(shades.count)))
            frame.put(shades[shade], place.x + index, y, .coarse(.heat, share))
        }
    }

    /// A bar a row, as long as its share of the longest.
    private func spread(
        _ buckets: LatencyBuckets, _ steps: [Range<Int>], in side: Region, _ frame: inout Frame, _ glyphs: GlyphSet
    ) {
        let counts = steps.map { buckets.count(in: $0) }
        let most = counts.max() ?? 0
        for (row, count) in counts.enumerated() {
            let y = side.y + side.height - 1 - row
            frame.text(glyphs == .ascii ? "|" : "│", side.x, y, .faint)
            guard count > 0, most > 0 else { continue }
            let width = side.width - 8
            Meter(fraction: Double(count) / Double(most), gradient: .heat).bar(side.x + 1, y, width: width, &frame, glyphs)
            frame.text(GridFigure.count(count), endingAt: side.x + side.width, y, .dim)
        }
    }

    /// Times below the map, every fifteen columns from the right.
    private func timeAxis(y: Int, _ place: Region, _ view: View, _ frame: inout Frame) {
        frame.text("now", endingAt: place.x + place.width, y, .dim)
        if spreadWidth > 0 { frame.text("last 10 s", place.x + place.width + 1, y, .dim) }
        guard let now = view.moment?.timeNanoseconds else { return }
        for column in stride(from: 15, to: place.width - 5, by: 15) {
            let nanoseconds = UInt64(column) * 2 * view.axis.slotNanoseconds
            guard nanoseconds <= now else { return }
            frame.text("-\(LatencyMap.ago(nanoseconds))", endingAt: place.x + place.width - column + 2, y, .dim)
        }
    }

    /// "7.5s", "15s", "2m30s"
    private static func ago(_ nanoseconds: UInt64) -> String {
        let tenths = nanoseconds / 100_000_000
        if tenths < 600 { return tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s" }
        let seconds = tenths / 10
        return "\(seconds / 60)m" + (seconds % 60 == 0 ? "" : "\(seconds % 60)s")
    }
}

/// From when an answer's time is counted.
package enum LatencyKind: String, Sendable {
    /// From when the schedule meant to send it.
    case response
    /// From when it was sent.
    case service

    var other: LatencyKind { self == .response ? .service : .response }

    var buckets: (Moment) -> LatencyBuckets {
        switch self {
        case .response: { $0.response }
        case .service: { $0.service }
        }
    }
}
