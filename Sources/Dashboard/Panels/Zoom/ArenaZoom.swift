import Measurements

/// The memory map of one connection, an arena a line, and the bytes that its last exchanges had used when they ended.
struct ArenaZoom: Panel {
    func badge(_ view: View) -> String { "" }

    private static let nameWidth = 8
    private static let noteWidth = 34

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasServer, let moment = view.moment, let server = moment.server else {
            ArenaPanel().draw(view, on: &frame)
            return
        }
        let rows = view.rows
        guard let identity = view.inspected, let row = rows.first(where: { $0.identity == identity }) else {
            frame.note(rows.isEmpty ? "no connection is open" : "this connection is closed: up and down choose another")
            return
        }
        frame.line(head(row, server, place: rows.firstIndex { $0.identity == identity } ?? 0, of: rows.count, view.glyphs, width: frame.width - 2), 1, 0)
        guard let inspection = server.inspection, inspection.id == identity.id, inspection.loop == identity.loop else {
            frame.text(view.isPaused ? "not inspected at that moment" : "waiting for the next sample", 1, 2, .dim)
            return
        }
        let barRows = max(4, min(12, frame.height / 3))
        let map = Region(x: 0, y: 2, width: frame.width, height: frame.height - 2 - barRows - 2)
        drawMap(inspection, in: map, &frame, view.glyphs)
        drawEnded(inspection, in: Region(x: 0, y: frame.height - barRows - 1, width: frame.width, height: barRows + 1), &frame, view.glyphs)
    }

    private func head(_ row: ConnectionRow, _ server: ServerSample, place: Int, of count: Int, _ glyphs: GlyphSet, width: Int) -> Line {
        var line = Line()
        line.add("#\(row.name(loops: server.loops.count)) ", .strong)
        for (text, role) in [
            ("\(place + 1) of \(count)  ", Role.dim), (row.sample.peer + "  ", .text), (row.sample.version.rawValue + "  ", .dim),
            ("used ", .dim), (GridFigure.bytes(row.sample.arenaUsedBytes).right(8), .text),
            ("  held ", .dim), (GridFigure.bytes(row.sample.arenaReservedBytes).right(8), .text),
            ("  most ", .dim), (GridFigure.bytes(row.sample.arenaHighWaterBytes).right(8), .warn),
        ] where line.width + text.columns <= width { line.add(text, role) }
        return line
    }

    // MARK: The map

    private func drawMap(_ inspection: ConnectionInspection, in region: Region, _ frame: inout Frame, _ glyphs: GlyphSet) {
        guard region.height > 1 else { return }
        let legend: [(Part, String)] = [(.fields, "request head"), (.body, "request body"), (.response, "response body"), (.other, "the rest used"), (.free, "held, unused")]
        var line = Line()
        for (part, name) in legend {
            var entry = Line()
            entry.add(String(part.glyph(glyphs)), part.role)
            entry.add(" \(name)  ", .dim)
            if line.width + entry.width < region.width { line.add(entry) }
        }
        frame.line(line, 1, region.y)
        let hasRetired = inspection.retiredReservedBytes > 0
        let room = region.height - 1 - (hasRetired ? 1 : 0)
        if inspection.arenas.isEmpty { frame.text("no exchange is open at this moment", 1, region.y + 1, .dim) }
        let barWidth = region.width - ArenaZoom.nameWidth - ArenaZoom.noteWidth
        let largest = max(inspection.arenas.map(\.reservedBytes).max() ?? 0, inspection.retiredReservedBytes, 1)
        var y = region.y + 1
        for arena in inspection.arenas.prefix(max(0, room)) {
            frame.text(arena.streamID == 0 ? "request" : "\(arena.streamID)", endingAt: ArenaZoom.nameWidth - 1, y, .dim)
            draw(parts(arena), scale: largest, x: ArenaZoom.nameWidth, y: y, width: barWidth, &frame, glyphs)
            var note = Line()
            note.add(" " + GridFigure.shortBytes(arena.usedBytes).right(6), .text)
            note.add(arena.leases > 0 ? " \(arena.leases) leases " : arena.isAnswered ? " answered " : " reading ", arena.leases > 0 ? .warn : .dim)
            note.add(arena.target, .dim)
            frame.draw(in: Region(x: region.width - ArenaZoom.noteWidth, y: y, width: ArenaZoom.noteWidth, height: 1)) { $0.line(note, 0, 0) }
            y += 1
        }
        let hidden = inspection.openCount - min(inspection.arenas.count, max(0, room))
        if hasRetired {
            frame.text("retired", endingAt: ArenaZoom.nameWidth - 1, y, .warn)
            draw([(.response, inspection.retiredUsedBytes), (.free, inspection.retiredReservedBytes - inspection.retiredUsedBytes)],
                scale: largest, x: ArenaZoom.nameWidth, y: y, width: barWidth, &frame, glyphs)
            frame.text(" " + GridFigure.shortBytes(inspection.retiredUsedBytes).right(6) + " ended, not read yet", region.width - ArenaZoom.noteWidth, y, .warn)
        }
        if hidden > 0 { frame.text("\(glyphs.ellipsis)\(hidden) more", endingAt: region.width - 1, region.y, .dim) }
    }

    private enum Part {
        case fields, body, response, other, free

        func glyph(_ glyphs: GlyphSet) -> Unicode.Scalar {
            switch self {
            case .fields: glyphs == .ascii ? "h" : "▓"
            case .body: glyphs == .ascii ? "b" : "▒"
            case .response: glyphs == .ascii ? "#" : "█"
            case .other: glyphs == .ascii ? "+" : "▚"
            case .free: glyphs == .ascii ? "." : "·"
            }
        }

        var role: Role {
            switch self {
            case .fields: .scale(.receive, 0.7)
            case .body: .scale(.receive, 1)
            case .response: .scale(.send, 0.8)
            case .other: .scale(.arena, 0.5)
            case .free: .faint
            }
        }
    }

    private func parts(_ arena: ArenaReading) -> [(Part, Int)] {
        [(.fields, arena.headBytes), (.body, arena.bodyBytes), (.response, arena.responseBytes), (.other, arena.otherBytes),
            (.free, max(0, arena.reservedBytes - arena.usedBytes))]
    }

    /// Parts one after the other, each as long as its bytes: rounded by where it ends, so that the sum is right.
    private func draw(
        _ parts: [(Part, Int)], scale: Int, x: Int, y: Int, width: Int, _ frame: inout Frame, _ glyphs: GlyphSet
    ) {
        guard width > 0 else { return }
        var bytes = 0, cell = 0
        for (part, count) in parts {
            bytes += count
            let end = min(width, Int((Double(bytes) / Double(scale) * Double(width)).rounded()))
            while cell < end {
                frame.put(part.glyph(glyphs), x + cell, y, part.role)
                cell += 1
            }
        }
    }

    // MARK: Exchanges that have ended

    /// A bar an exchange: the bytes that it had used when it ended. Between two bars the arena was reset.
    private func drawEnded(_ inspection: ConnectionInspection, in region: Region, _ frame: inout Frame, _ glyphs: GlyphSet) {
        let width = region.width - ArenaZoom.nameWidth - 1
        let exchanges = inspection.ended.suffix(max(0, width / 2))
        let most = exchanges.map(\.usedBytes).max() ?? 0
        var title = Line()
        title.add(exchanges.count == 1 ? "used by the last exchange" : "used by the last \(exchanges.count) exchanges", .text)
        title.add("  each drop is a reset; \(GridFigure.count(inspection.endedCount)) since you began to look", .dim)
        frame.line(title, 1, region.y)
        guard most > 0 else { return }
        let top = Graph.niceTop(Double(most))
        let rows = region.height - 1
        frame.text(GridFigure.shortBytes(Int(top)), endingAt: ArenaZoom.nameWidth - 1, region.y + 1, .dim)
        frame.text("0", endingAt: ArenaZoom.nameWidth - 1, region.y + rows, .dim)
        for (index, exchange) in exchanges.enumerated() {
            let x = region.width - 1 - (exchanges.count - index) * 2
            let height = max(1, Int((Double(exchange.usedBytes) / top * Double(rows)).rounded()))
            for row in 0..<min(rows, height) {
                frame.put(glyphs.meter.full, x, region.y + rows - row, .scale(.arena, Double(row + 1) / Double(rows)))
            }
        }
    }
}
