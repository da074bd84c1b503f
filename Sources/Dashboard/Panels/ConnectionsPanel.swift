import Measurements

/// The server's connections, the one in most trouble on top.
struct ConnectionsPanel: Panel {
    func badge(_ view: View) -> String { view.run.hasServer ? "by pending \(view.glyphs.times) age" : "" }

    func draw(_ view: View, on frame: inout Frame) {
        guard view.run.hasServer else {
            clients(view, &frame)
            return
        }
        guard let moment = view.moment, let server = moment.server else {
            frame.note("waiting for the first sample")
            return
        }
        let columns = Column.fitting(frame.width - 1)
        var x = 1
        for (column, width) in columns {
            frame.text(column.isRight ? column.name.right(width) : column.name.left(width), x, 0, .dim)
            x += width + 1
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
        _ row: ConnectionRow, _ columns: [(Column, width: Int)], y: Int, scale: Int, _ view: View, _ frame: inout Frame
    ) {
        let sample = row.sample
        var x = 1
        for (column, width) in columns {
            var role = Role.text
            var text = ""
            switch column {
            case .id: text = row.name(loops: view.moment?.server?.loopCount ?? 1)
            case .peer: text = sample.peer
            case .state:
                text = sample.state.rawValue
                role = ConnectionsPanel.role(sample.state)
            case .version: (text, role) = (sample.version.rawValue, .dim)
            case .streams: (text, role) = (String(sample.streams), sample.streams == 0 ? .dim : .text)
            case .requests: (text, role) = (GridFigure.count(row.requestRate.rounded()), row.requestRate == 0 ? .dim : .text)
            case .receive: (text, role) = (GridFigure.count(row.receiveRate.rounded()), row.receiveRate == 0 ? .dim : .text)
            case .send: (text, role) = (GridFigure.count(row.sendRate.rounded()), row.sendRate == 0 ? .dim : .text)
            case .pending:
                text = sample.pendingBytes == 0 ? view.glyphs.dot : GridFigure.shortBytes(sample.pendingBytes)
                role = sample.pendingBytes == 0 ? .dim : .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds))
            case .age:
                let waits = sample.pendingBytes > 0
                text = waits ? GridFigure.duration(sample.oldestAgeNanoseconds, view.glyphs) : view.glyphs.dot
                role = waits ? .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds)) : .dim
            case .arena:
                ArenaStrip(sample, scale: scale).draw(x, y, width: width, &frame, view.glyphs)
            case .used: (text, role) = (GridFigure.shortBytes(sample.arenaUsedBytes), sample.arenaUsedBytes == 0 ? .dim : .text)
            }
            // Of a long peer the end tells more: the port.
            let fitted = text.unicodeScalars.count > width ? String(text.suffix(width)) : text
            if column != .arena { frame.text(column.isRight ? fitted.right(width) : fitted, x, y, role) }
            x += width + 1
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
            (UInt64(max(0, server.pausedConnections)), "not read", .warn),
        ]
        for (count, name, role) in parts where count > 0 || name != "not read" {
            var part = Line()
            part.add(GridFigure.count(count), count == 0 ? .dim : role)
            part.add(" \(name)   ", .dim)
            if line.width + part.width <= width - 8 { line.add(part) }
        }
        return line
    }

    /// Without a server of ours: what the clients know.
    private func clients(_ view: View, _ frame: inout Frame) {
        guard let client = view.moment?.client else {
            frame.note(view.run.serverNote)
            return
        }
        var line = Line()
        for (count, name) in [
            (UInt64(max(0, client.openConnections)), "open"), (client.openedConnections, "opened"),
            (client.reconnects, "reconnected"), (client.failedConnects, "failed"),
        ] {
            line.add("  " + GridFigure.count(count), name == "failed" && count > 0 ? .crit : .text)
            line.add(" " + name, .dim)
        }
        let below = frame.note(view.run.serverNote)
        frame.line(line, max(0, (frame.width - line.width) / 2), below)
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
        case .id: 6
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

    /// The columns that fit and how wide they are: the strips take what is left.
    static func fitting(_ width: Int) -> [(Column, width: Int)] {
        var columns = allCases
        func sum() -> Int { columns.reduce(0) { $0 + $1.width + 1 } }
        for column in leastFirst where sum() > width { columns.removeAll { $0 == column } }
        let spare = min(stripLimit, max(0, width - sum()))
        return columns.map { ($0, $0 == .arena ? $0.width + spare : $0.width) }
    }

    /// Cells that a strip may grow by: beyond, it tells no more.
    private static let stripLimit = 48
}
