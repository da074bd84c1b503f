import Load
import Measurements

/// The line on top: the run, its address, its load, and the cost of watching it.
struct Header {
    /// Columns of a failure or of an error in a header so wide; the events have the rest of it.
    private static func words(_ text: String, _ width: Int, _ glyphs: GlyphSet) -> String {
        let limit = max(30, width / 3)
        return text.columns <= limit ? text : text.prefix(columns: limit - 1) + glyphs.ellipsis
    }

    func draw(_ view: View, on frame: inout Frame) {
        let run = view.run
        let glyphs = view.glyphs
        var left = Line()
        left.add(" highwater ", .logo)
        if let paused = view.pausedNanoseconds {
            left.add(" PAUSED -\(paused / 1_000_000_000)s ", .banner, .banner)
        } else {
            let (word, role) = state(view)
            left.add("\(glyphs.live) \(word)", role)
        }
        let rates = view.moment?.rates
        // In the order they stand in, each with its rank: where room is short, the highest goes first.
        var parts: [(rank: Int, isRight: Bool, line: Line)] = []
        func part(_ rank: Int, right isRight: Bool = false, _ words: (String, Role)...) {
            var line = Line()
            line.add("  ", .text)
            for (word, role) in words { line.add(word, role) }
            parts.append((rank, isRight, line))
        }
        if let failure = run.failure { part(-1, ("FAILED: " + Header.words(failure, frame.width, glyphs), .crit)) }
        if view.known.unread.count > 0 { part(0, (view.known.unread.mark, view.known.unread.role), (" unread", .dim)) }
        if let reason = run.invalidity {
            part(2, ("measurement not valid", .warn))
            part(5, (Header.words(reason, frame.width, glyphs), .dim))
        }
        if let name = run.name { part(1, (name, .strong)) }
        part(1, (run.address, .text), (" \(view.protocolName)", .dim))
        if let parts = view.moment?.parts {
            part(0, ("\(parts.reporting)/\(parts.count)", parts.reporting < parts.count ? .crit : .text), (" report", .dim))
        }
        if run.hasClients {
            func mark(_ quantity: LoadQuantity) -> (String, Role) { (run.quantity == quantity ? glyphs.knob : "", .key) }
            part(
                3, mark(.connections), ("\(run.load.connections)", .text), (" \(glyphs.times) ", .dim), mark(.streams),
                ("\(run.load.streams)", .text), (" streams", .dim))
            part(0, mark(.rate), ("load ", .dim), (run.load.isHeld ? "off" : run.loadText, run.load.isHeld ? .warn : .text))
            if let bodies = run.bodies { part(run.quantity == .bodies ? 0 : 9, mark(.bodies), ("bodies ", .dim), (bodies, .text)) }
        }
        // The run's own failure says more.
        if run.failure == nil, let error = view.known.unread.lastError { part(10, (Header.words(error, frame.width, glyphs), .crit)) }
        part(2, right: true, ("up ", .dim), (GridFigure.clock(view.moment?.timeNanoseconds ?? 0), .text))
        part(7, right: true, ("ui ", .dim), (GridFigure.percent(rates?.ownCPU ?? 0).right(5), .text))
        if let interval = run.intervalMilliseconds {
            let text = interval < 1_000 ? "\(interval)ms" : "\(interval / 1_000)s"
            part(8, right: true, ("every ", .dim), (text.right(5), .text))
        }
        if run.hasServer {
            let isKnown = view.moment?.knows(.cpu) ?? true
            part(5, right: true, ("server ", .dim), ((isKnown ? GridFigure.percent(rates?.serverCPU ?? 0) : "-").right(5), .text))
        }
        if run.hasClients { part(6, right: true, ("clients ", .dim), (GridFigure.percent(rates?.clientCPU ?? 0).right(5), .text)) }
        // Beside a watched server's panel of memory this would be taken for its own.
        if let resident = view.moment?.process.residentBytes, resident > 0, !run.isWatched {
            part(4, right: true, ("rss ", .dim), (GridFigure.bytes(resident).right(8), .text))
        }
        var room = frame.width - left.width - 1
        var right = Line()
        var fitting: Set<Int> = []
        for (place, part) in parts.enumerated().sorted(by: { $0.element.rank < $1.element.rank }) where part.line.width <= room {
            room -= part.line.width
            fitting.insert(place)
        }
        for (place, part) in parts.enumerated() where fitting.contains(place) {
            if part.isRight { right.add(part.line) } else { left.add(part.line) }
        }
        frame.line(left, 0, 0)
        frame.line(right, frame.width - right.width - 1, 0)
    }

    /// Where the run stands, and what keeps its clients from their answers.
    private func state(_ view: View) -> (String, Role) {
        let state = view.run.state
        guard state == .running else { return (state.rawValue, state == .dead ? .crit : .warn) }
        if (view.moment?.client?.connectionCounts.lost ?? 0) > 0 { return ("SERVER GONE", .crit) }
        return view.isStalled ? ("STALLED", .crit) : (view.run.isReplay ? "REPLAY" : state.rawValue, .ok)
    }
}
