import Measurements

/// A small screen: one line a figure, the most telling first, the keys last.
struct Mini {
    func draw(_ view: View, on frame: inout Frame) {
        guard let moment = view.moment else {
            frame.text("\(view.glyphs.live) waiting", 0, 0, .dim)
            return
        }
        let glyphs = view.glyphs
        let response = view.window { $0.response }
        let p99 = response.value(atPercentile: 99) ?? response.value(atPercentile: 50)
        frame.line(summary(view, moment, p99: p99, width: frame.width), 0, 0)
        guard frame.height > 1 else { return }
        var y = 1
        let hasFooter = frame.height >= 4
        let bottom = frame.height - (hasFooter ? 1 : 0)
        func graph(_ name: String, _ tail: String, _ gradient: Gradient, _ rule: SlotRule, _ value: (Moment) -> Double) {
            guard y < bottom else { return }
            frame.text(name, 1, y, .dim)
            frame.text(tail, endingAt: frame.width - 1, y, .text)
            let region = Region(x: 7, y: y, width: frame.width - 7 - 13, height: 1)
            let values = view.recent(region.width, rule, value)
            Graph(values: values, top: Graph.niceTop(values.most), gradient: gradient).draw(in: region, &frame, glyphs)
            y += 1
        }
        graph("req/s", "\(glyphs.peak) " + GridFigure.count(view.history.peakRequestRate), .throughput, .mean) { $0.rates.requests }
        if view.run.hasClients {
            let text = p99.map { GridFigure.duration($0, glyphs) } ?? "-"
            graph("p99", text, .age, .highest) {
                let buckets = $0.response
                return Double(buckets.value(atPercentile: 99) ?? buckets.value(atPercentile: 50) ?? 0)
            }
        }
        if let writes = moment.writes {
            graph("pend", GridFigure.bytes(writes.pendingBytes), .age, .highest) {
                Double($0.writes?.pendingBytes ?? 0)
            }
        }
        if moment.knows(.heap), let watch = moment.watch {
            graph("heap", GridFigure.bytes(watch.heapBytes), .arena, .highest) { Double($0.watch?.heapBytes ?? 0) }
        } else if moment.knows(.residentMemory), let watch = moment.watch {
            graph("memory", GridFigure.bytes(watch.residentBytes), .arena, .highest) { Double($0.watch?.residentBytes ?? 0) }
        }
        if moment.knows(.arenas), let arena = moment.server?.arena, y < bottom {
            let fraction = arena.reservedBytes == 0 ? 0 : Double(arena.usedBytes) / Double(arena.reservedBytes)
            frame.text("arena", 1, y, .dim)
            Meter(fraction: fraction, gradient: .arena, runs: true).draw(7, y, width: frame.width - 7 - 13, &frame, glyphs)
            frame.text(GridFigure.bytes(arena.usedBytes), endingAt: frame.width - 1, y, .text)
            y += 1
        }
        if y < bottom {
            frame.line(caches(moment), 1, y)
            y += 1
        }
        for row in moment.rows.prefix(max(0, bottom - y)) {
            frame.line(connection(row, glyphs), 1, y)
            y += 1
        }
        if hasFooter {
            frame.draw(in: Region(x: 0, y: frame.height - 1, width: frame.width, height: 1)) { Footer().draw(view, on: &$0) }
        }
    }

    /// "● 48.2k req/s  p99 6.40ms  64 conn  open 2000/s", as many of these as fit whole.
    private func summary(_ view: View, _ moment: Moment, p99: UInt64?, width: Int) -> Line {
        var line = Line()
        if let paused = view.pausedNanoseconds {
            line.add("PAUSED -\(paused / 1_000_000_000)s", .banner, .banner)
        } else {
            line.add(view.glyphs.live, view.run.state == .running ? .ok : .warn)
        }
        line.add(" " + (moment.knowsRequests ? GridFigure.count(moment.rates.requests.rounded()) : "-").right(5), .strong)
        line.add(" req/s", .dim)
        if let p99 {
            line.add(within: width) {
                $0.add("  p99 ", .dim)
                $0.add(GridFigure.duration(p99, view.glyphs), .text)
            }
        }
        if let open = moment.server.flatMap({ moment.knows(.openConnections) ? $0.connectionCounts.open : nil }) ?? moment.client?.connectionCounts.open {
            line.add(within: width) {
                $0.add("  \(GridFigure.count(open))", .text)
                $0.add(" conn", .dim)
            }
        }
        if view.known.unread.count > 0 { line.add(within: width) { $0.add("  " + view.known.unread.mark, view.known.unread.role) } }
        line.add(within: width) { $0.add("  " + view.run.loadText, .dim) }
        return line
    }

    private func caches(_ moment: Moment) -> Line {
        var line = Line()
        line.add("cache", .dim)
        for (name, sample, rates) in [
            ("strings", moment.client?.caches.strings, moment.rates.strings),
            ("buffers", moment.client?.caches.buffers, moment.rates.buffers),
            ("arenas", moment.knows(.arenas) ? moment.server?.arena.pool : nil, moment.rates.pool),
        ] {
            guard let rate = rates.hitRate ?? sample?.hitRate else { continue }
            line.add(" \(name) ", .dim)
            line.add(GridFigure.wholePercent(rate), .scale(.hit, rate))
        }
        return line
    }

    private func connection(_ row: ConnectionRow, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        let sample = row.sample
        line.add(String(sample.id).right(5) + " ", .text)
        line.add(sample.state.rawValue, ConnectionsPanel.role(sample.state))
        line.add(GridFigure.count(row.requestRate.rounded()).right(6) + "/s", .text)
        let age: Role = .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds))
        let waits = sample.pendingBytes > 0
        line.add((waits ? GridFigure.shortBytes(sample.pendingBytes) : glyphs.dot).right(7), waits ? age : .dim)
        line.add((waits ? GridFigure.duration(sample.oldestAgeNanoseconds, glyphs) : glyphs.dot).right(8), waits ? age : .dim)
        return line
    }
}

/// Under five rows or twenty columns: one line.
struct OneLine {
    func draw(_ view: View, on frame: inout Frame) {
        var line = Line()
        guard let moment = view.moment else {
            frame.text("waiting", 0, 0, .dim)
            return
        }
        if view.pausedNanoseconds != nil { line.add("P ", .banner, .banner) }
        line.add(moment.knowsRequests ? GridFigure.count(moment.rates.requests.rounded()) : "-", .strong)
        var latency = Line()
        if let p99 = view.window({ $0.response }).value(atPercentile: 99) {
            latency.add(" p99 ", .dim)
            latency.add(GridFigure.duration(p99, view.glyphs), .text)
        }
        // The second figure says more than the unit of the first.
        line.add(within: frame.width - latency.width) { $0.add(" req/s", .dim) }
        line.add(within: frame.width) { $0.add(latency) }
        frame.line(line, 0, 0)
    }
}
