import Measurements

/// The line on top: what runs, where, how much of it, and what it costs to watch.
struct Header {
    func draw(_ view: View, on frame: inout Frame) {
        let run = view.run
        let glyphs = view.glyphs
        var left = Line()
        left.add(" highwater ", .logo)
        if let paused = view.pausedNanoseconds {
            left.add(" PAUSED -\(paused / 1_000_000_000)s ", .banner, .banner)
        } else {
            let role: Role = run.state == .running ? .ok : .warn
            left.add("\(glyphs.live) \(run.state.rawValue)", role)
        }
        left.add(" ", .text)
        let rates = view.moment?.rates
        // In the order in which they are given up: the last first.
        var parts: [(isRight: Bool, line: Line)] = []
        func part(_ isRight: Bool, _ words: (String, Role)...) {
            var line = Line()
            line.add(isRight ? "  " : " ", .text)
            for (word, role) in words { line.add(word, role) }
            parts.append((isRight, line))
        }
        if run.hasClients {
            part(false, (run.isLoadPaused ? "load paused" : run.load, run.isLoadPaused ? .warn : .text))
        }
        part(false, (run.address, .text), (" \(run.protocolName)", .dim))
        if run.hasClients {
            part(false, ("\(run.connections)", .text), (" \(glyphs.times) ", .dim), ("\(run.streams)", .text), (" streams", .dim))
        }
        part(true, ("up ", .dim), (Figures.clock(view.moment?.timeNanoseconds ?? 0), .text))
        part(true, ("ui ", .dim), (Figures.percent(rates?.ownCPU ?? 0).right(5), .text))
        if run.hasServer { part(true, ("server ", .dim), (Figures.percent(rates?.serverCPU ?? 0).right(5), .text)) }
        if run.hasClients { part(true, ("clients ", .dim), (Figures.percent(rates?.clientCPU ?? 0).right(5), .text)) }
        if let resident = view.moment?.process.residentBytes, resident > 0 {
            part(true, ("rss ", .dim), (Figures.bytes(resident).right(8), .text))
        }
        var room = frame.width - left.width - 1
        var right = Line()
        for (isRight, line) in parts {
            guard line.width <= room else { continue }
            room -= line.width
            if isRight { right.add(line) } else { left.add(line) }
        }
        frame.line(left, 0, 0)
        frame.line(right, frame.width - right.width - 1, 0)
    }
}

/// The line at the bottom: which keys there are now.
struct Footer {
    func draw(_ view: View, on frame: inout Frame) {
        let arrows = view.glyphs.arrows
        var keys = [("?", "help"), ("q", "quit"), ("space", view.pausedNanoseconds == nil ? "pause" : "go on")]
        if view.run.hasClients { keys += [("+ -", "load"), ("0", view.run.isLoadPaused ? "load on" : "load off")] }
        keys += [("tab", "panel"), ("z", view.zoomed == nil ? "zoom" : "back")]
        if view.focus == .connections || view.focus == .events { keys.append((arrows, "scroll")) }
        keys += [("b", "glyphs"), ("Q", "quit, keep screen")]
        let warnings = view.events.reduce(0) { $0 + ($1.level == .info ? 0 : 1) }
        let count = warnings == 0 ? "" : "!\(Figures.count(warnings)) "
        var line = Line()
        for (key, name) in keys {
            var part = Line()
            part.add(" \(key)", .key)
            part.add(" \(name) ", .dim)
            if line.width + part.width + count.count < frame.width { line.add(part) }
        }
        frame.line(line, 0, 0)
        frame.text(count, endingAt: frame.width, 0, .warn)
    }
}
