import Measurements

/// Memory of the exchanges: all of it, and the connections that hold most.
struct ArenaPanel: Panel {
    func badge(_ view: View) -> String {
        guard let arena = view.listedMoment?.server?.arena else { return "" }
        return "\(GridFigure.count(arena.inUse)) in use"
    }

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasServer else {
            frame.note(view.run.serverNote)
            return
        }
        guard let moment = view.listedMoment, let arena = moment.server?.arena else {
            frame.note("waiting for the first sample")
            return
        }
        let glyphs = view.glyphs
        total(arena, &frame, glyphs)
        var bottom = frame.height
        if frame.height >= 5 {
            bottom -= 1
            frame.line(pool(arena, width: frame.width - 2, glyphs), 1, bottom)
        }
        if frame.height >= 6 {
            bottom -= 1
            let audit = moment.server?.audit ?? AuditSample()
            frame.line(marks(arena, audit, moment.rates, width: frame.width - 2, glyphs), 1, bottom)
        }
        if frame.height >= 10 {
            let rows = max(2, (bottom - 1) / 2)
            bottom -= rows
            overTime(arena, Region(x: 0, y: bottom, width: frame.width, height: rows), view, &frame)
        }
        let broken = (moment.server?.pendingWrites ?? []).filter(\.isReset).map { ($0.loop, $0.connection) }
        strips(view.busiest, broken, loops: moment.server?.loops.count ?? 1, from: 1, to: bottom, &frame, glyphs)
    }

    private func total(_ arena: ArenaSample, _ frame: inout Frame, _ glyphs: GlyphSet) {
        let fraction = arena.reservedBytes == 0 ? 0 : Double(arena.usedBytes) / Double(arena.reservedBytes)
        var head = Line()
        // Where there is room for a bar it stands still, however long the figures are.
        let isNarrow = frame.width < 40
        let used = GridFigure.bytes(arena.usedBytes), reserved = GridFigure.bytes(arena.reservedBytes)
        head.add(isNarrow ? used : used.left(8), .strong)
        head.add(isNarrow ? "/" : " of ", .dim)
        head.add(isNarrow ? reserved : reserved.left(8), .text)
        var tail = Line()
        tail.add(GridFigure.percent(fraction).right(5), .text)
        if frame.width >= 52 {
            tail.add("  high ", .dim)
            tail.add(GridFigure.bytes(arena.reservedBytesHighWater).right(8), .warn)
        }
        frame.line(head, 1, 0)
        if head.width + tail.width + 3 <= frame.width { frame.line(tail, frame.width - 1 - tail.width, 0) }
        let x = head.width + 2
        Meter(fraction: fraction, gradient: .arena, runs: true)
            .draw(x, 0, width: frame.width - x - tail.width - 2, &frame, glyphs)
    }

    /// Bytes handed out, over time.
    private func overTime(_ arena: ArenaSample, _ place: Region, _ view: View, _ frame: inout Frame) {
        let region = Region(x: 7, y: place.y, width: place.width - 7 - 12, height: place.height)
        let values = view.recent(region.width, .highest) { $0.server.map { Double($0.arena.usedBytes) } }
        let y = place.y + place.height - 1
        frame.text("used", 1, y, .dim)
        frame.text("\(view.glyphs.peak) " + GridFigure.bytes(values.most), endingAt: frame.width - 1, y, .text)
        Graph(values: values, top: max(1, values.most), gradient: .arena).draw(in: region, &frame, view.glyphs)
        Marks(view, columns: region.width).draw(in: region, &frame, view.glyphs)
    }

    private func strips(
        _ rows: [ConnectionRow], _ broken: [(loop: Int, connection: UInt64)], loops: Int, from top: Int, to bottom: Int, _ frame: inout Frame, _ glyphs: GlyphSet
    ) {
        guard bottom > top else { return }
        let busiest = rows.prefix(bottom - top)
        if busiest.isEmpty {
            frame.text("no exchange is open", 1, top, .dim)
            return
        }
        let scale = busiest.map { max($0.sample.arenaReservedBytes, $0.sample.arenaHighWaterBytes) }.max() ?? 1
        for (offset, row) in busiest.enumerated() {
            // An arena was reset under one of its writes.
            let isBroken = broken.contains { $0.loop == row.sample.loop && $0.connection == row.sample.id }
            frame.text((isBroken ? "!" : "#") + row.name(loops: loops).left(5), 1, top + offset, isBroken ? .crit : .dim)
            ArenaStrip(row.sample, scale: scale).draw(7, top + offset, width: frame.width - 7 - 8, &frame, glyphs)
            frame.text(GridFigure.shortBytes(row.sample.arenaUsedBytes), endingAt: frame.width - 1, top + offset, .text)
        }
    }

    private func marks(_ arena: ArenaSample, _ audit: AuditSample, _ rates: Rates, width: Int, _ glyphs: GlyphSet) -> Line {
        let violations: [(String, String, Role)] = audit.violations == 0
            ? [] : [("VIOLATIONS", GridFigure.count(audit.violations).left(5), .crit)]
        return line(width, violations + [
            ("largest exchange", GridFigure.bytes(arena.exchangeBytesHighWater).left(9), .text),
            ("resets", (GridFigure.count(rates.arenaResets.rounded()) + "/s").left(8), .text),
            ("most in use", GridFigure.count(arena.inUseHighWater), .text),
        ])
    }

    private func pool(_ arena: ArenaSample, width: Int, _ glyphs: GlyphSet) -> Line {
        let hit = arena.taken == 0 ? "-" : GridFigure.percent(Double(arena.reused) / Double(arena.taken))
        return line(width, [
            ("pool", hit.left(6), arena.taken == 0 ? .dim : .ok),
            ("retired", GridFigure.count(arena.retired).left(5), arena.retired == 0 ? .dim : .warn),
            ("leases", GridFigure.count(arena.leases).left(5), arena.leases == 0 ? .dim : .text),
            ("idle", GridFigure.count(arena.idle).left(5), .text),
        ])
    }

    /// As many named figures as fit.
    private func line(_ width: Int, _ parts: [(String, String, Role)]) -> Line {
        var line = Line()
        for (name, figure, role) in parts {
            var part = Line()
            part.add(name + " ", .dim)
            part.add(figure + " ", role)
            if line.width + part.width <= width + 1 { line.add(part) }
        }
        return line
    }
}
