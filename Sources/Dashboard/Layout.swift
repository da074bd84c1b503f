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
    init(width: Int, height: Int, zoomed: PanelKind?) {
        if width < 20 || height < 5 {
            self = .oneLine
        } else if width < 60 || height < 16 {
            self = zoomed.map { .panels([Place(kind: $0, region: Layout.body(width, height))]) } ?? .mini
        } else if let zoomed {
            self = .panels([Place(kind: zoomed, region: Layout.body(width, height))])
        } else if width >= 100 && height >= 30 {
            self = .panels(Layout.large(width, height))
        } else if width >= 72 && height >= 22 {
            self = .panels(Layout.standard(width, height))
        } else {
            self = .panels(Layout.stacked(width, height))
        }
    }

    private static func body(_ width: Int, _ height: Int) -> Region {
        Region(x: 0, y: 1, width: width, height: height - 2)
    }

    /// From 100x30: three rows of two, and events from 40 rows on.
    private static func large(_ width: Int, _ height: Int) -> [Place] {
        let events = height >= 52 ? 7 : height >= 46 ? 6 : height >= 38 ? 4 : 0
        let body = height - 2 - events
        let top = max(9, body * 36 / 100), bottom = max(8, body * 27 / 100)
        let middle = body - top - bottom
        let wide = max(62, width * 66 / 100), arena = width * 58 / 100
        var rows = [
            row(1, top, [(.throughput, width / 2), (.latency, width - width / 2)]),
            row(1 + top, middle, [(.connections, wide), (.pending, width - wide)]),
            row(1 + top + middle, bottom, [(.arena, arena), (.caches, width - arena)]),
        ]
        if events > 0 { rows.append(row(1 + body, events, [(.events, width)])) }
        return rows.flatMap { $0 }
    }

    /// From 72x22, made for 80x24.
    private static func standard(_ width: Int, _ height: Int) -> [Place] {
        let body = height - 2
        let spare = max(0, body - 22)
        let top = 8 + spare / 3, bottom = 6 + spare / 5
        let third = width / 3
        return [
            row(1, top, [(.throughput, width / 2), (.latency, width - width / 2)]),
            row(1 + top, body - top - bottom, [(.connections, width)]),
            row(1 + body - bottom, bottom, [(.pending, third), (.arena, third), (.caches, width - 2 * third)]),
        ].flatMap { $0 }
    }

    /// From 60x16: graphs in a strip, connections, meters in a strip.
    private static func stacked(_ width: Int, _ height: Int) -> [Place] {
        let body = height - 2
        let top = max(5, body * 3 / 10), bottom = max(5, body * 3 / 10)
        return [
            row(1, top, [(.throughput, width / 2), (.latency, width - width / 2)]),
            row(1 + top, body - top - bottom, [(.connections, width)]),
            row(1 + body - bottom, bottom, [(.pending, width / 2), (.caches, width - width / 2)]),
        ].flatMap { $0 }
    }

    private static func row(_ y: Int, _ height: Int, _ panels: [(PanelKind, Int)]) -> [Place] {
        var x = 0
        return panels.map { kind, width in
            defer { x += width }
            return Place(kind: kind, region: Region(x: x, y: y, width: width, height: height))
        }
    }
}
