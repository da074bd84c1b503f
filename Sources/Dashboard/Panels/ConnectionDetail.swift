import Measurements

/// One connection alone: all that is known of it, and how its bytes came and went.
struct ConnectionDetail {
    let identity: ConnectionIdentity

    func draw(_ view: View, on frame: inout Frame) {
        guard let moment = view.moment, let row = view.listed.first(where: { $0.identity == identity }) else {
            frame.note("connection \(identity.id) is closed, or not kept of this moment: a past one keeps the \(Moment.pastRowLimit) in most trouble")
            return
        }
        frame.line(head(row, moment, width: frame.width - 2), 1, 0)
        let listed = view.run.listed
        var y = figures(row, listed, view.glyphs, &frame)
        if y < frame.height, listed == .server {
            let scale = max(row.sample.arenaReservedBytes, row.sample.arenaHighWaterBytes)
            frame.text("arena", 1, y, .dim)
            ArenaStrip(row.sample, scale: scale).draw(ConnectionDetail.labelWidth, y, width: frame.width - ConnectionDetail.labelWidth - 2, &frame, view.glyphs)
            y += 1
        }
        let rows = listed == .watched ? frame.height - y : (frame.height - y) / 2, below = frame.height - y - rows
        func bytes(_ value: Double) -> String { GridFigure.shortBytes(Int(value)) }
        graph("pending", .age, from: y, rows: rows, view, &frame, bytes, of: { Double($0.pendingBytes) })
        switch listed {
        case .watched: break
        case .server: graph("arena", .arena, from: y + rows, rows: below, view, &frame, bytes, of: { Double($0.arenaUsedBytes) })
        case .clients:
            graph("waits", .age, from: y + rows, rows: below, view, &frame, { GridFigure.duration(UInt64($0), view.glyphs) }, of: { Double($0.oldestRequestNanoseconds) })
        }
    }

    private static let labelWidth = 10

    private func head(_ row: ConnectionRow, _ moment: Moment, width: Int) -> Line {
        var line = Line()
        line.add("#" + row.name(loops: moment.server?.loops.count ?? 1), .strong)
        // A client does not know it.
        let open: [(String, Role)] = row.isClients ? [] : [("  open ", .dim), (GridFigure.clock(row.sample.ageNanoseconds), .text)]
        for (text, role) in [
            ("  " + row.sample.peer, Role.text), ("  " + row.sample.version.rawValue, .dim),
            ("  \(row.sample.state.rawValue) ", ConnectionsPanel.role(row.sample.state)), (row.sample.stateWords, .text),
        ] + open where line.width + text.columns <= width { line.add(text, role) }
        return line
    }

    /// Names and figures in as many columns as fit; answers the row below.
    private func figures(_ row: ConnectionRow, _ listed: ListedConnections, _ glyphs: GlyphSet, _ frame: inout Frame) -> Int {
        let sample = row.sample
        let age: Role = .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds))
        let waits = sample.pendingBytes > 0
        let arenas: [(String, String, Role)] = [
            ("used", GridFigure.bytes(sample.arenaUsedBytes), .text), ("held", GridFigure.bytes(sample.arenaReservedBytes), .text),
            ("most", GridFigure.bytes(sample.arenaHighWaterBytes), .warn), ("last used", GridFigure.bytes(sample.lastExchangeBytes), .text),
        ]
        let oldest = sample.oldestRequestNanoseconds
        let asked: [(String, String, Role)] = [
            ("waits", oldest > 0 ? GridFigure.duration(oldest, glyphs) : "no request", oldest > 0 ? .scale(.age, PendingPanel.age(oldest)) : .dim),
        ]
        let parts = listed == .watched ? watchedParts(row, glyphs, waits ? age : .dim) : [
            ("streams", GridFigure.count(sample.streams), .text),
            ("requests", GridFigure.grouped(Double(sample.requests)), .text),
            ("req/s", GridFigure.count(row.requestRate), .text),
            ("req bytes", GridFigure.bytes(Double(row.requestBytes)), .text),
            ("req B/s", GridFigure.byteRate(row.requestByteRate), .text),
            ("res bytes", GridFigure.bytes(Double(row.responseBytes)), .text),
            ("res B/s", GridFigure.byteRate(row.responseByteRate), .text),
            ("pending", GridFigure.bytes(sample.pendingBytes), waits ? age : .dim),
            ("oldest", waits ? GridFigure.duration(sample.oldestAgeNanoseconds, glyphs) : "nothing waits", waits ? age : .dim),
        ] + (listed == .clients ? asked : arenas)
        let columns = max(1, min(4, (frame.width - 2) / 25))
        let rows = (parts.count + columns - 1) / columns
        for (index, (name, figure, role)) in parts.enumerated() {
            let x = 1 + index / rows * 25, y = 1 + index % rows
            frame.text(name, x, y, .dim)
            frame.text(figure, x + ConnectionDetail.labelWidth, y, role)
        }
        return rows + 1
    }

    /// Of a server that is watched: the kernel's view instead of requests and arenas.
    private func watchedParts(_ row: ConnectionRow, _ glyphs: GlyphSet, _ age: Role) -> [(String, String, Role)] {
        let sample = row.sample, waits = sample.pendingBytes > 0
        let kernel: [(String, String, Role)] = sample.kernel.map {
            [
                ("kernel", GridFigure.bytes($0.queuedBytes), $0.queuedBytes == 0 ? .dim : .text),
                ("unsent", GridFigure.bytes($0.unsentBytes), $0.unsentBytes == 0 ? .dim : .text),
                ("by peer", GridFigure.percent($0.windowLimitedShare), $0.windowLimitedShare > 0.5 ? .warn : .dim),
                ("rtt", GridFigure.duration($0.roundTripNanoseconds, glyphs), .text),
            ]
        } ?? []
        return [
            ("req bytes", GridFigure.bytes(Double(row.requestBytes)), .text), ("req B/s", GridFigure.byteRate(row.requestByteRate), .text),
            ("res bytes", GridFigure.bytes(Double(row.responseBytes)), .text), ("res B/s", GridFigure.byteRate(row.responseByteRate), .text),
            ("pending", GridFigure.bytes(sample.pendingBytes), age),
            ("oldest", waits ? GridFigure.duration(sample.oldestAgeNanoseconds, glyphs) : "nothing waits", age),
        ] + kernel
    }

    private func graph(
        _ name: String, _ gradient: Gradient, from y: Int, rows: Int, _ view: View, _ frame: inout Frame,
        _ text: (Double) -> String, of value: (ConnectionTrace) -> Double
    ) {
        let region = Region(
            x: ConnectionDetail.labelWidth, y: y, width: frame.width - ConnectionDetail.labelWidth - 2, height: rows)
        guard rows > 0, region.width > 0 else { return }
        let values = view.recent(region.width, .highest) { $0.trace(identity).map(value) }
        frame.text(name, 1, y, .dim)
        if rows > 1 { frame.text(text(values.most).right(7), 1, y + 1, .text) }
        Graph(values: values, top: max(1, values.most), gradient: gradient).draw(in: region, &frame, view.glyphs)
        Marks(view, columns: region.width).draw(in: region, &frame, view.glyphs)
    }
}

extension ConnectionSample {
    /// Its state in words, and why it waits as far as the kernel tells: a small send buffer keeps bytes back from a peer
    /// that reads at once.
    var stateWords: String {
        guard state == .waiting, let kernel else { return state.words }
        return kernel.windowLimitedShare > 0.5 ? state.words : "waiting: the socket's send buffer is full"
    }
}

extension ConnectionSample.State {
    /// The word that the letter stands for.
    var words: String {
        switch self {
        case .running: "running"
        case .idle: "idle"
        case .waiting: "waiting: the peer does not read"
        case .closing: "closing"
        }
    }
}
