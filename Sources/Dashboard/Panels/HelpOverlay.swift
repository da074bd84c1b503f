/// All keys, and what colours, letters and glyphs mean.
struct HelpOverlay {
    func draw(_ view: View, on frame: inout Frame) {
        let lines = content(view.glyphs, isWide: frame.width >= 76)
        let width = min(frame.width, (lines.map(\.width).max() ?? 0) + 4)
        let height = min(frame.height, lines.count + 2)
        let region = Region(x: (frame.width - width) / 2, y: (frame.height - height) / 2, width: width, height: height)
        let glyphs = view.glyphs
        frame.draw(in: region) { box in
            let all = Region(x: 0, y: 0, width: width, height: height)
            if width > 2 && height > 2 { box.border(all, .key, glyphs) }
            for (y, line) in lines.enumerated() { box.line(line, 2, y + 1) }
            // Too small for all of it: the border closes again over what was cut.
            if height < lines.count + 2 && width > 2 && height > 2 {
                for x in 0..<width { box.put(" ", x, height - 1, .dim) }
                box.text("any key goes back", 2, height - 1, .dim)
            }
            box.ground(.overlay, all)
            if width > 24 {
                let tab = glyphs.tab
                box.text("\(tab.open)help\(tab.close)", 2, 0, .key)
                box.text("\(tab.open)esc back\(tab.close)", endingAt: width - 2, 0, .key)
            }
        }
    }

    private func content(_ glyphs: GlyphSet, isWide: Bool) -> [Line] {
        let keys = [
            ("q ^C", "quit: drain, restore, sum up"), ("Q", "quit, keep the last screen"),
            ("space", "hold the display, not the run"),
            (glyphs == .ascii ? "h l < >" : "←→ < >", "back and forth in time"), ("+ -", "more load, less load"),
            ("0", "load off and on"), ("D", "a slow reader for ten seconds"),
            ("tab 1-7", "next panel, or that one"),
            ("z", "this panel alone, and back"), ("enter", "a row alone; an event's time"), ("esc", "back: help, zoom, pause"),
            (glyphs.arrows + " jk", "up and down the list"), ("g G", "first, last"),
            ("/ n N", "filter; next, previous row"), ("s S r", "sort by, back; turn round"),
            ("x", "latency map: response or service"),
            ("b", "dots and blocks, or plain ASCII"), ("^L ^Z", "draw anew; suspend"),
        ].map { entry($0.0.left(10), .key, $0.1) }
        let states = [
            ("R", Role.ok, "running: a request in work"), ("I", .dim, "idle: nothing open"),
            ("W", .crit, "waiting for the peer"), ("C", .warn, "closing"),
        ].map { entry($0.0.left(8), $0.1, $0.2) }
        var legend = states
        legend.append(entry((glyphs.ellipsis + "  more").left(8), .dim, "rows: scroll to them"))
        legend.append(scale(.age, "waits <1ms to over 64ms", glyphs))
        legend.append(scale(.heat, "share of the answers", glyphs))
        legend.append(scale(.hit, "hit rate: none to all", glyphs))
        legend.append(entry(String(glyphs.meter.full).left(8), .scale(.arena, 0.5), "arena bytes handed out"))
        legend.append(entry(String(glyphs.meter.empty).left(8), .dim, "arena bytes held, unused"))
        legend.append(entry(String(glyphs.tick).left(8), .warn, "most this connection held"))
        legend.append(entry("i ! E".left(8), .warn, "events on the time axis"))
        legend.append(entry((glyphs == .ascii ? "-" : "–").left(8), .dim, "too few answers to tell"))
        if !isWide { return keys + [Line()] + legend }
        let left = keys.map(\.width).max() ?? 0
        return (0..<max(keys.count, legend.count)).map { row in
            var line = row < keys.count ? keys[row] : Line()
            line.add(String(repeating: " ", count: left + 2 - line.width), .text)
            if row < legend.count { line.add(legend[row]) }
            return line
        }
    }

    private func entry(_ sign: String, _ role: Role, _ meaning: String) -> Line {
        var line = Line()
        line.add(sign, role)
        line.add(meaning, .text)
        return line
    }

    private func scale(_ gradient: Gradient, _ meaning: String, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        for cell in 0..<6 { line.add(String(glyphs.meter.full), .scale(gradient, Double(cell) / 5)) }
        line.add("  " + meaning, .text)
        return line
    }
}
