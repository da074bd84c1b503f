import Measurements

/// The server's connections, the one in most trouble on top.
struct ConnectionsPanel: Panel {
    func badge(_ view: View) -> String { view.run.hasServer ? "by pending \(view.glyphs.times) age" : "" }

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasServer else { return clients(view, &frame) }
        guard let moment = view.moment, let server = moment.server else {
            return frame.note("waiting for the first sample")
        }
        let columns = Column.fitting(frame.width - 1)
        var x = 1
        for column in columns {
            let name = column.isRight ? column.name.right(column.width) : column.name.left(column.width)
            frame.text(name, x, 0, .dim)
            x += column.width + 1
        }
        let hasSum = frame.height >= 4
        let room = frame.height - 1 - (hasSum ? 1 : 0)
        if hasSum { frame.line(sum(server, view, width: frame.width - 1), 1, frame.height - 1) }
        guard !moment.rows.isEmpty, room > 0 else {
            if room > 0 { frame.text("no connection is open", 2, 1, .dim) }
            return
        }
        // The chosen row stays in the middle, so that both neighbours are seen.
        let chosen = min(view.selection, moment.rows.count - 1)
        let first = max(0, min(chosen - room / 2, moment.rows.count - room))
        let reserved = moment.rows.map { max($0.sample.arenaReservedBytes, $0.sample.arenaHighWaterBytes) }.max() ?? 0
        for (offset, row) in moment.rows[first...].prefix(room).enumerated() {
            let y = offset + 1
            draw(row, columns, y: y, scale: reserved, view, &frame)
            if first + offset == chosen && view.focus == .connections {
                frame.text(view.glyphs.selection, 0, y, .key)
                frame.ground(.selected, Region(x: 0, y: y, width: frame.width, height: 1))
            }
        }
        let below = moment.rows.count - first - room
        if below > 0 {
            let more = "\(view.glyphs.ellipsis)\(below) more"
            frame.text(more, endingAt: frame.width - 1, frame.height - 1, .dim)
        }
    }

    private func draw(
        _ row: ConnectionRow, _ columns: [Column], y: Int, scale: Int, _ view: View, _ frame: inout Frame
    ) {
        let sample = row.sample
        var x = 1
        for column in columns {
            var role = Role.text
            var text = ""
            switch column {
            case .id: text = String(sample.id)
            case .peer: text = sample.peer
            case .state:
                text = sample.state.rawValue
                role = ConnectionsPanel.role(sample.state)
            case .version: (text, role) = (sample.version.rawValue, .dim)
            case .streams: (text, role) = (String(sample.streams), sample.streams == 0 ? .dim : .text)
            case .requests: (text, role) = (Figures.count(row.requestRate.rounded()), row.requestRate == 0 ? .dim : .text)
            case .receive: (text, role) = (Figures.count(row.receiveRate.rounded()), row.receiveRate == 0 ? .dim : .text)
            case .send: (text, role) = (Figures.count(row.sendRate.rounded()), row.sendRate == 0 ? .dim : .text)
            case .pending:
                text = sample.pendingBytes == 0 ? view.glyphs.dot : Figures.shortBytes(sample.pendingBytes)
                role = sample.pendingBytes == 0 ? .dim : .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds))
            case .age:
                let waits = sample.pendingBytes > 0
                text = waits ? Figures.duration(sample.oldestAgeNanoseconds, view.glyphs) : view.glyphs.dot
                role = waits ? .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds)) : .dim
            case .arena:
                ArenaStrip(sample, scale: scale).draw(x, y, width: column.width, &frame, view.glyphs)
            case .used: (text, role) = (Figures.shortBytes(sample.arenaUsedBytes), sample.arenaUsedBytes == 0 ? .dim : .text)
            }
            let fitted = text.unicodeScalars.count > column.width ? String(text.suffix(column.width)) : text
            if column != .arena { frame.text(column.isRight ? fitted.right(column.width) : fitted, x, y, role) }
            x += column.width + 1
        }
    }

    private func sum(_ server: ServerSample, _ view: View, width: Int) -> Line {
        var line = Line()
        line.add("\(view.glyphs.sum) ", .key)
        let parts: [(UInt64, String, Role)] = [
            (UInt64(max(0, server.openConnections)), "open", .text),
            (server.acceptedConnections, "accepted", .text),
            (server.refusedConnections, "refused", .crit),
            (server.closedConnections, "closed", .text),
            (UInt64(max(0, server.pausedConnections)), "not being read", .warn),
        ]
        for (count, name, role) in parts {
            var part = Line()
            part.add(Figures.count(count), count == 0 ? .dim : role)
            part.add(" \(name)   ", .dim)
            if line.width + part.width <= width - 8 { line.add(part) }
        }
        return line
    }

    /// Without a server of ours: what the clients know.
    private func clients(_ view: View, _ frame: inout Frame) {
        guard let client = view.moment?.client else { return frame.note(view.run.serverNote) }
        var line = Line()
        for (count, name) in [
            (UInt64(max(0, client.openConnections)), "open"), (client.openedConnections, "opened"),
            (client.reconnects, "reconnected"), (client.failedConnects, "failed"),
        ] {
            line.add("  " + Figures.count(count), name == "failed" && count > 0 ? .crit : .text)
            line.add(" " + name, .dim)
        }
        frame.note(view.run.serverNote)
        if frame.height > 2 { frame.line(line, max(0, (frame.width - line.width) / 2), (frame.height - 1) / 2 + 1) }
    }

    static func role(_ state: ConnectionSample.State) -> Role {
        switch state {
        case .running: .ok
        case .idle: .dim
        case .waiting: .crit
        case .closing: .warn
        }
    }
}

/// Columns of the table, in the order they stand in.
private enum Column: CaseIterable {
    case id, peer, state, version, streams, requests, receive, send, pending, age, arena, used

    var name: String {
        switch self {
        case .id: "id"
        case .peer: "peer"
        case .state: "s"
        case .version: "pr"
        case .streams: "strm"
        case .requests: "req/s"
        case .receive: "rx/s"
        case .send: "tx/s"
        case .pending: "pend"
        case .age: "age"
        case .arena: "arena"
        case .used: "used"
        }
    }

    var width: Int {
        switch self {
        case .id: 5
        case .peer: 15
        case .state: 1
        case .version: 2
        case .streams: 4
        case .requests, .receive, .send, .pending, .used: 5
        case .age: 6
        case .arena: 12
        }
    }

    var isRight: Bool {
        switch self {
        case .peer, .state, .version, .arena: false
        default: true
        }
    }

    /// What goes first where it is narrow.
    private static let leastFirst: [Column] = [.used, .receive, .version, .send, .peer, .streams, .arena, .requests, .age]

    static func fitting(_ width: Int) -> [Column] {
        var columns = allCases
        for column in leastFirst {
            if columns.reduce(0, { $0 + $1.width + 1 }) <= width { break }
            columns.removeAll { $0 == column }
        }
        return columns
    }
}
