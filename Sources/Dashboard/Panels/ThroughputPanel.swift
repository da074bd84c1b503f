import Measurements

/// Requests a second over time, the bytes of requests and of responses, and how the answers turned out.
struct ThroughputPanel: Panel {
    func badge(_ view: View) -> String { "answered/s" }

    func draw(_ view: View, on frame: inout Frame) {
        guard let moment = view.moment else {
            frame.note("waiting for the first sample")
            return
        }
        let glyphs = view.glyphs
        let rates = moment.rates
        // The figure that leads, then the bytes: graphs of their own where there is room, else figures beside it.
        let hasByteGraphs = frame.height >= 8
        let hasStatus = frame.height >= 3
        let hasAsked = frame.height >= 8 && view.run.asked != nil
        var head = Line()
        head.add((moment.knowsRequests ? GridFigure.grouped(rates.requests) : "-").right(7), .strong)
        head.add(" req/s  ", .dim)
        if moment.knowsRequests {
            head.add("\(glyphs.peak) ", .warn)
            head.add(GridFigure.grouped(view.history.peakRequestRate).left(7), .text)
        }
        if !hasByteGraphs {
            for (name, value) in [("req", rates.requestBytes), ("res", rates.responseBytes)] {
                var part = Line()
                part.add(" \(name) ", .dim)
                part.add((moment.knowsTraffic ? GridFigure.byteRate(value) : "-").right(10), .text)
                if head.width + part.width < frame.width { head.add(part) }
            }
        }
        frame.line(head, 0, 0)
        if hasAsked, let asked = view.run.asked { frame.text("asks \(asked)".left(frame.width - 2), 1, 1, .dim) }

        var bottom = frame.height
        if hasByteGraphs {
            bottom -= 2
            byteGraph("req", rates.requestBytes, .receive, y: bottom, view, &frame) { $0.rates.requestBytes }
            byteGraph("res", rates.responseBytes, .send, y: bottom + 1, view, &frame) { $0.rates.responseBytes }
        }
        if hasStatus {
            bottom -= 1
            frame.line(statusLine(moment, width: frame.width - 1, glyphs), 1, bottom)
        }
        let top = hasAsked ? 2 : 1
        let region = Region(x: 1, y: top, width: frame.width - 2, height: bottom - top)
        guard region.height > 0 else { return }
        guard moment.knowsRequests else {
            frame.draw(in: region) { $0.note("only a server of ours, or its clients, can count requests") }
            return
        }
        let values = view.recent(region.width) { $0.rates.requests }
        let scale = Graph.niceTop(values.most)
        Graph(values: values, top: scale, gradient: .throughput).draw(in: region, &frame, glyphs)
        if values.most == 0 && region.height > 1 {
            frame.text("idle", 1, region.y + region.height / 2, .dim)
        } else if region.height > 2 {
            frame.text(GridFigure.count(scale), 1, region.y, .dim)
        }
        Marks(view, columns: region.width).draw(in: region, &frame, glyphs)
    }

    private func byteGraph(
        _ name: String, _ now: Double, _ gradient: Gradient, y: Int, _ view: View, _ frame: inout Frame,
        _ value: (Moment) -> Double
    ) {
        frame.text(name, 1, y, .dim)
        let isKnown = view.moment?.knowsTraffic == true
        frame.text(isKnown ? GridFigure.byteRate(now) : "-", endingAt: frame.width - 1, y, isKnown ? .text : .dim)
        let region = Region(x: 5, y: y, width: frame.width - 5 - 13, height: 1)
        let values = view.recent(region.width, .mean) { $0.knowsTraffic ? value($0) : nil }
        Graph(values: values, top: Graph.niceTop(values.most), gradient: gradient)
            .draw(in: region, &frame, view.glyphs)
    }

    private func statusLine(_ moment: Moment, width: Int, _ glyphs: GlyphSet) -> Line {
        let statuses = moment.client?.statuses ?? moment.server?.statuses ?? StatusCounts()
        var line = Line()
        guard moment.knowsRequests else { return connections(moment, width: width, glyphs) }
        func add(_ name: String, _ count: UInt64, _ role: Role) {
            var part = Line()
            part.add(name + " ", .dim)
            part.add(GridFigure.count(count) + "   ", count == 0 ? .dim : role)
            if line.width + part.width <= width + 3 { line.add(part) }
        }
        add("2xx", statuses.success, .ok)
        if statuses.redirection > 0 { add("3xx", statuses.redirection, .text) }
        add("4xx", statuses.clientError, .warn)
        add("5xx", statuses.serverError, .crit)
        if let client = moment.client {
            add("err", client.requests.errored, .crit)
            add("queued", UInt64(max(0, client.requests.queued)), .warn)
            add("in flight", UInt64(max(0, client.requests.inFlight)), .text)
        } else if let server = moment.server {
            add("protocol", server.protocolErrors, .crit)
            add("timeouts", server.timeouts, .warn)
            add("active", UInt64(max(0, server.requests.active)), .text)
        }
        return line
    }

    /// In place of statuses, of a server whose requests are not seen.
    private func connections(_ moment: Moment, width: Int, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        let counts = moment.server?.connectionCounts
        let isKnown = moment.knows(.acceptances)
        for (name, figure) in [
            ("open", moment.knows(.openConnections) ? GridFigure.count(counts?.open ?? 0) : "-"), ("accepted", isKnown ? GridFigure.count(counts?.accepted ?? 0) : "-"),
            ("closed", isKnown ? GridFigure.count(counts?.closed ?? 0) : "-"),
        ] {
            line.add(within: width) {
                $0.add(name + " ", .dim)
                $0.add(figure.left(7), figure == "-" ? .dim : .text)
            }
        }
        return line
    }
}
