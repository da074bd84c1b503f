/// The keys of the focused panel, then those of every panel, and the meaning of colours, letters and glyphs.
struct HelpOverlay {
    func draw(_ view: View, on frame: inout Frame) {
        let lines = content(view, isWide: frame.width >= 76)
        let width = min(frame.width, (lines.map(\.width).max() ?? 0) + 4)
        let height = min(frame.height, lines.count + 2)
        let hidden = hiddenLines(view, width: frame.width, height: frame.height), offset = min(view.helpOffset, hidden)
        let region = Region(x: (frame.width - width) / 2, y: (frame.height - height) / 2, width: width, height: height)
        let glyphs = view.glyphs
        frame.draw(in: region) { box in
            let all = Region(x: 0, y: 0, width: width, height: height)
            if width > 2 && height > 2 { box.border(all, .key, glyphs) }
            for (y, line) in lines.dropFirst(offset).prefix(max(0, height - 2)).enumerated() { box.line(line, 2, y + 1) }
            // Too small for all of it: the border says that there is more.
            if hidden > 0 && width > 2 && height > 2 {
                for x in 0..<width { box.put(" ", x, height - 1, .dim) }
                let scroll = view.keys.label(.up, .down, glyphs: glyphs)
                box.text(offset < hidden ? "\(scroll) scroll: \(hidden - offset) lines more" : "\(scroll) scroll; any other key goes back", 2, height - 1, .dim)
            }
            box.ground(.overlay, all)
            if width > 24 {
                let tab = glyphs.tab
                box.text("\(tab.open)help\(tab.close)", 2, 0, .key)
                box.text("\(tab.open)\(view.keys.label(.back, glyphs: glyphs)) back\(tab.close)", endingAt: width - 2, 0, .key)
            }
        }
    }

    /// Lines that a screen of this size cannot show at once.
    func hiddenLines(_ view: View, width: Int, height: Int) -> Int {
        max(0, content(view, isWide: width >= 76).count + 2 - height)
    }

    private func content(_ view: View, isWide: Bool) -> [Line] {
        let glyphs = view.glyphs
        func key(_ commands: [Command], _ words: String) -> Line {
            // Of panels 1 to 7 the first and the last say enough.
            var labels = commands.compactMap { view.keys.keys(of: $0).first?.label(glyphs) }
            if labels.count > 4 { labels = [labels[0], glyphs == .ascii ? "to" : "–", labels[labels.count - 1]] }
            return entry(labels.isEmpty ? "-".left(10) : labels.joined(separator: " ").left(10), .key, words)
        }
        let focus = view.focus
        var keys = [entry(focus.title(view.run), .strong, "")]
        keys += focus.commands.filter { line in line.0.contains { $0.works(in: view.run) } }.map { key($0.0, $0.1) }
        keys.append(entry("everywhere", .strong, ""))
        keys += Command.helpLines(of: view.run).map { key($0.commands, $0.words) }
        let states = [
            ("R", Role.ok, "a request in work"), ("I", .dim, "idle: nothing open"),
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
        legend.append(entry("!3".left(8), .crit, "unread warnings and errors"))
        legend.append(entry((glyphs == .ascii ? "-" : "–").left(8), .dim, "too few answers to tell"))
        if !view.theme.isEmpty { legend.append(entry("theme".left(8), .dim, view.theme)) }
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
