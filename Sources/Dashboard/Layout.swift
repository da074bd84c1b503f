/// Which panels a screen of some size holds, and where. There is no size that is refused.
enum Layout: Equatable {
    /// Under 20x5, under 60x16, and everything above.
    case oneLine
    case mini
    case panels([Place])

    struct Place: Equatable {
        let kind: PanelKind
        let region: Region
    }

    /// The header and the footer take a line each; `zoomed` gets the rest to itself.
    init(width: Int, height: Int, zoomed: PanelKind?, _ panels: PanelChoice = PanelChoice()) {
        if width < 20 || height < 5 {
            self = .oneLine
        } else if width < 60 || height < 16 {
            self = zoomed.map { .panels([Place(kind: $0, region: Layout.body(width, height))]) } ?? .mini
        } else if let zoomed {
            self = .panels([Place(kind: zoomed, region: Layout.body(width, height))])
        } else if width >= 100 && height >= 30 {
            self = .panels(Layout.large(width, height, panels))
        } else if width >= 72 && height >= 22 {
            self = .panels(Layout.standard(width, height, panels))
        } else {
            self = .panels(Layout.stacked(width, height, panels))
        }
    }

    func shows(_ kind: PanelKind) -> Bool { places.contains { $0.kind == kind } }

    private var places: [Place] { if case .panels(let places) = self { places } else { [] } }

    /// The nearest panel on one side of a panel; nil where there is none.
    ///
    /// - Parameters: one of them is 1 or -1, the other 0: right, left, below or above.
    func nearest(to kind: PanelKind, x: Int, y: Int) -> PanelKind? {
        guard let from = places.first(where: { $0.kind == kind })?.region else { return nil }
        // Twice the middle, so that it stays a whole number. A panel aside counts as farther than one straight ahead.
        func distance(_ region: Region) -> Int? {
            let right = (region.x * 2 + region.width) - (from.x * 2 + from.width), below = (region.y * 2 + region.height) - (from.y * 2 + from.height)
            let ahead = x * right + y * below * 2, aside = x == 0 ? abs(right) / 2 : abs(below) * 2
            let isAhead = x > 0 ? region.x >= from.x + from.width : x < 0 ? region.x + region.width <= from.x
                : y > 0 ? region.y >= from.y + from.height : region.y + region.height <= from.y
            return isAhead ? ahead + 2 * aside : nil
        }
        return places.compactMap { place in distance(place.region).map { (place.kind, $0) } }.min { $0.1 < $1.1 }?.0
    }

    private static func body(_ width: Int, _ height: Int) -> Region {
        Region(x: 0, y: 1, width: width, height: height - 2)
    }

    /// From 100x30: memory, connections, load, a row each, and events from 40 rows on.
    private static func large(_ width: Int, _ height: Int, _ panels: PanelChoice) -> [Place] {
        let events = height >= 52 ? 7 : height >= 46 ? 6 : height >= 38 ? 4 : 0
        let body = height - 2 - events
        let top = max(9, body * 34 / 100), bottom = max(8, body * 32 / 100)
        let wide = max(62, width * 72 / 100)
        return arrange(
            [
                Row(top, [(.pending, width / 2), (.arena, width - width / 2)]),
                Row(body - top - bottom, [(.connections, wide), (.caches, width - wide)]),
                Row(bottom, [(.throughput, width / 2), (.latency, width - width / 2)]),
            ], events: events, width, panels)
    }

    /// From 72x22, made for 80x24.
    private static func standard(_ width: Int, _ height: Int, _ panels: PanelChoice) -> [Place] {
        let body = height - 2
        let spare = max(0, body - 22)
        let top = 7 + spare / 3, bottom = 7 + spare / 5
        let third = width / 3
        return arrange(
            [
                Row(top, [(.pending, third), (.arena, third), (.caches, width - 2 * third)]),
                Row(body - top - bottom, [(.connections, width)]),
                Row(bottom, [(.throughput, width / 2), (.latency, width - width / 2)]),
            ], events: 0, width, panels)
    }

    /// From 60x16: memory in a strip, connections, load in a strip. The caches have a place where another gives one up.
    private static func stacked(_ width: Int, _ height: Int, _ panels: PanelChoice) -> [Place] {
        let body = height - 2
        let top = max(5, body * 3 / 10), bottom = max(5, body * 3 / 10)
        let meters = [PanelKind.pending, .arena, .caches].filter { panels.shows($0) }.prefix(2)
        return arrange(
            [
                Row(top, meters.enumerated().map { ($1, $0 == 0 ? width / 2 : width - width / 2) }),
                Row(body - top - bottom, [(.connections, width)]),
                Row(bottom, [(.throughput, width / 2), (.latency, width - width / 2)]),
            ], events: 0, width, panels)
    }

    /// Panels beside each other.
    private struct Row {
        var height: Int
        var panels: [(kind: PanelKind, width: Int)]

        init(_ height: Int, _ panels: [(PanelKind, Int)]) {
            self.height = height
            self.panels = panels
        }
    }

    /// Rows that events get where there would be no room for them, and others have made some.
    private static let leastEvents = 5

    /// The rows one below the other, without the panels that are hidden: those beside a hidden one are as much
    /// wider, and the rows beside an empty one as much higher.
    private static func arrange(_ all: [Row], events height: Int, _ width: Int, _ panels: PanelChoice) -> [Place] {
        let total = all.reduce(height) { $0 + $1.height }
        var rows = all.compactMap { row -> Row? in
            let shown = row.panels.filter { panels.shows($0.kind) }
            let widths = fit(shown.map(\.width), to: width)
            return shown.isEmpty ? nil : Row(row.height, zip(shown, widths).map { ($0.kind, $1) })
        }
        let hasRoom = height > 0 || rows.count < all.count
        let events = panels.shows(.events) && hasRoom ? rows.isEmpty ? total : max(height, leastEvents * (height == 0 ? 1 : 0)) : 0
        let heights = fit(rows.map(\.height), to: total - events)
        for place in rows.indices { rows[place].height = heights[place] }
        if events > 0 { rows.append(Row(events, [(.events, width)])) }
        var y = 1
        return rows.flatMap { row in
            defer { y += row.height }
            var x = 0
            return row.panels.map { kind, width in
                defer { x += width }
                return Place(kind: kind, region: Region(x: x, y: y, width: width, height: row.height))
            }
        }
    }

    /// Lengths that come to a sum, each as much longer as the others; as they are where they do already.
    private static func fit(_ lengths: [Int], to total: Int) -> [Int] {
        let sum = lengths.reduce(0, +)
        guard sum > 0, sum != total else { return lengths }
        var fitted = lengths.map { $0 * total / sum }
        fitted[fitted.count - 1] += total - fitted.reduce(0, +)
        return fitted
    }
}
