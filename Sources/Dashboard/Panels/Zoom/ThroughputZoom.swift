import Measurements

/// Requests by kind, and answers by their outcome, bytes, and requests that had to wait, on one time axis.
struct ThroughputZoom: Panel {
    func badge(_ view: View) -> String { "" }

    func draw(_ view: View, on frame: inout Frame) {
        guard let moment = view.moment else {
            frame.note("waiting for the first sample")
            return
        }
        frame.line(head(moment, view.glyphs, width: frame.width - 2), 1, 0)
        // A third of the screen for the kinds of requests, where there are several.
        let top = RequestTable(rows: (view.listedMoment ?? moment).requests, glyphs: view.glyphs).draw(&frame, y: 2, lines: frame.height / 3)
        ChartStack(charts: charts(view)).draw(in: Region(x: 0, y: top, width: frame.width, height: frame.height - top), view, &frame)
    }

    /// Bytes of an answer, and the CPU time of the threads.
    private func head(_ moment: Moment, _ glyphs: GlyphSet, width: Int) -> Line {
        let rates = moment.rates
        var line = Line()
        func add(_ name: String, _ figure: String, _ role: Role = .text) {
            var part = Line()
            part.add(name + " ", .dim)
            part.add(figure + "  ", role)
            if line.width + part.width <= width { line.add(part) }
        }
        add("req/s", GridFigure.grouped(rates.requests).right(8), .strong)
        for (name, bytes) in [("a request", rates.requestBytes), ("a response", rates.responseBytes)] {
            add(name, GridFigure.bytes(rates.requests > 0 ? bytes / rates.requests : 0).right(8))
        }
        if moment.server != nil { add("server CPU", GridFigure.percent(rates.serverCPU).right(5)) }
        if moment.client != nil { add("client CPU", GridFigure.percent(rates.clientCPU).right(5)) }
        add("own CPU", GridFigure.percent(rates.ownCPU).right(5))
        return line
    }

    private func charts(_ view: View) -> [ChartStack.Chart] {
        func rate(_ name: String, _ gradient: Gradient, _ value: @escaping (Moment) -> Double) -> ChartStack.Chart {
            .init(name: name, gradient: gradient, text: { GridFigure.count($0.rounded()).right(6) }, value: value)
        }
        func bytes(_ name: String, _ gradient: Gradient, _ value: @escaping (Moment) -> Double) -> ChartStack.Chart {
            .init(name: name, gradient: gradient, text: { GridFigure.shortBytes(Int($0)).right(6) }, value: value)
        }
        func cpu(_ name: String, _ value: @escaping (Moment) -> Double?) -> ChartStack.Chart {
            .init(name: name, gradient: .arena, text: { GridFigure.percent($0).right(6) }, value: value)
        }
        var charts = [rate("2xx/s", .throughput) { $0.rates.outcomes.success }]
        charts.append(rate("errors/s", .age) { $0.rates.errors })
        charts.append(bytes("req B/s", .receive) { $0.rates.requestBytes })
        charts.append(bytes("res B/s", .send) { $0.rates.responseBytes })
        if view.run.hasClients {
            charts.append(rate("in flight", .throughput) { Double($0.client?.requests.inFlight ?? 0) })
            charts.append(rate("queued", .age) { Double($0.client?.requests.queued ?? 0) })
        } else {
            charts.append(rate("in work", .throughput) { Double($0.server?.requests.active ?? 0) })
        }
        charts.append(rate("4xx/s", .age) { $0.rates.outcomes.clientError })
        charts.append(rate("5xx/s", .age) { $0.rates.outcomes.serverError })
        if view.run.hasServer { charts.append(cpu("server CPU") { $0.server == nil ? nil : $0.rates.serverCPU }) }
        if view.run.hasClients { charts.append(cpu("client CPU") { $0.client == nil ? nil : $0.rates.clientCPU }) }
        return charts
    }
}
