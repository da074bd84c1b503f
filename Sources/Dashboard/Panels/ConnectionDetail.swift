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
        var y = figures(row, isWatched: view.run.isWatched, view.glyphs, &frame)
        if y < frame.height, !view.run.isWatched {
            let scale = max(row.sample.arenaReservedBytes, row.sample.arenaHighWaterBytes)
            frame.text("arena", 1, y, .dim)
            ArenaStrip(row.sample, scale: scale).draw(ConnectionDetail.labelWidth, y, width: frame.width - ConnectionDetail.labelWidth - 2, &frame, view.glyphs)
            y += 1
        }
        let rows = view.run.isWatched ? frame.height - y : (frame.height - y) / 2
        graph("pending", .age, from: y, rows: rows, view, &frame) { $0.pendingBytes }
        guard !view.run.isWatched else { return }
        graph("arena", .arena, from: y + rows, rows: frame.height - y - rows, view, &frame) { $0.arenaUsedBytes }
    }

    private static let labelWidth = 10

    private func head(_ row: ConnectionRow, _ moment: Moment, width: Int) -> Line {
        var line = Line()
        line.add("#" + row.name(loops: moment.server?.loops.count ?? 1), .strong)
        for (text, role) in [
            ("  " + row.sample.peer, Role.text), ("  " + row.sample.version.rawValue, .dim),
            ("  \(row.sample.state.rawValue) ", ConnectionsPanel.role(row.sample.state)), (row.sample.stateWords, .text),
            ("  open ", .dim), (GridFigure.clock(row.sample.ageNanoseconds), .text),
        ] where line.width + text.unicodeScalars.count <= width { line.add(text, role) }
        return line
    }

    /// Names and figures in as many columns as fit; answers the row below.
    private func figures(_ row: ConnectionRow, isWatched: Bool, _ glyphs: GlyphSet, _ frame: inout Frame) -> Int {
        let sample = row.sample
        let age: Role = .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds))
        let waits = sample.pendingBytes > 0
        let parts = isWatched ? watchedParts(row, glyphs, waits ? age : .dim) : [
            ("streams", GridFigure.count(sample.streams), .text),
            ("requests", GridFigure.grouped(Double(sample.requests)), .text),
            ("req/s", GridFigure.count(row.requestRate), .text),
            ("req bytes", GridFigure.bytes(Double(sample.receivedBytes)), .text),
            ("req B/s", GridFigure.byteRate(row.receiveRate), .text),
            ("res bytes", GridFigure.bytes(Double(sample.sentBytes)), .text),
            ("res B/s", GridFigure.byteRate(row.sendRate), .text),
            ("pending", GridFigure.bytes(sample.pendingBytes), waits ? age : .dim),
            ("oldest", waits ? GridFigure.duration(sample.oldestAgeNanoseconds, glyphs) : "nothing waits", waits ? age : .dim),
            ("used", GridFigure.bytes(sample.arenaUsedBytes), .text),
            ("held", GridFigure.bytes(sample.arenaReservedBytes), .text),
            ("most", GridFigure.bytes(sample.arenaHighWaterBytes), .warn),
        ]
        let columns = max(1, min(4, (frame.width - 2) / 25))
        let rows = (parts.count + columns - 1) / columns
        for (index, (name, figure, role)) in parts.enumerated() {
            let x = 1 + index / rows * 25, y = 1 + index % rows
            frame.text(name, x, y, .dim)
            frame.text(figure, x + ConnectionDetail.labelWidth - 1, y, role)
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
            ("req bytes", GridFigure.bytes(Double(sample.receivedBytes)), .text), ("req B/s", GridFigure.byteRate(row.receiveRate), .text),
            ("res bytes", GridFigure.bytes(Double(sample.sentBytes)), .text), ("res B/s", GridFigure.byteRate(row.sendRate), .text),
            ("pending", GridFigure.bytes(sample.pendingBytes), age),
            ("oldest", waits ? GridFigure.duration(sample.oldestAgeNanoseconds, glyphs) : "nothing waits", age),
        ] + kernel
    }

    private func graph(
        _ name: String, _ gradient: Gradient, from y: Int, rows: Int, _ view: View, _ frame: inout Frame,
        _ value: (ConnectionTrace) -> Int
    ) {
        let region = Region(
            x: ConnectionDetail.labelWidth, y: y, width: frame.width - ConnectionDetail.labelWidth - 2, height: rows)
        guard rows > 0, region.width > 0 else { return }
        let values = view.recent(region.width, .highest) { $0.trace(identity).map { Double(value($0)) } }
        frame.text(name, 1, y, .dim)
        if rows > 1 { frame.text(GridFigure.shortBytes(Int(values.most)).right(7), 1, y + 1, .text) }
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
