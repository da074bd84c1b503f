import Measurements

/// Where events fall on a time axis: the worst of each column, counted from the right edge.
struct Marks {
    private(set) var levels: [Int: Event.Level] = [:]

    /// For a graph of so many columns.
    init(_ view: View, columns: Int) {
        guard let last = view.moment?.timeNanoseconds else { return }
        // Newest first: all before the left edge needs no look.
        for event in view.events.reversed() where event.timeNanoseconds <= last {
            let column = view.axis.cellsFromRight(event.timeNanoseconds)
            if column >= columns { break }
            levels[column] = max(levels[column] ?? .info, event.level)
        }
    }

    /// A line through the empty cells above a graph, and the letter of the level where that begins.
    func draw(in region: Region, _ frame: inout Frame, _ glyphs: GlyphSet) {
        guard region.height > 1 else { return }
        for (fromRight, level) in levels {
            let x = region.x + region.width - 1 - fromRight
            guard x >= region.x, x < frame.width, region.y >= 0, region.y + region.height <= frame.height else { continue }
            var isTop = true
            for y in region.y..<region.y + region.height where frame[x, y].scalar == " " {
                frame.put(isTop ? level.mark : glyphs.tick, x, y, isTop ? level.role : .faint)
                isTop = false
            }
        }
    }
}

extension Event.Level {
    /// One letter, so that colour is not the only sign.
    var mark: Unicode.Scalar {
        switch self {
        case .info: "i"
        case .warning: "!"
        case .error: "E"
        }
    }

    var role: Role {
        switch self {
        case .info: .dim
        case .warning: .warn
        case .error: .crit
        }
    }
}
