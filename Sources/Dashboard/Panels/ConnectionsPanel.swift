import Measurements

/// The server's connections, or those of the clients where nothing is known of them; the one in most trouble on top.
struct ConnectionsPanel: Panel {
    func badge(_ view: View) -> String {
        guard view.run.hasTable else { return "" }
        let order = readTime(view) + "by " + view.table.order.name(view.glyphs)
        return view.table.filterText.isEmpty ? order : "/" + view.table.filterText.left(min(40, view.table.filterText.count)) + "  " + order
    }

    /// How old the rows are, where they are not of now: "read 4.21s ago  "
    private func readTime(_ view: View) -> String {
        guard let age = view.listedMoment?.rowAgeNanoseconds, age > 0 else { return "" }
        return "read \(GridFigure.duration(age, view.glyphs)) ago  "
    }

    func draw(_ view: View, on frame: inout Frame) {
        if let identity = view.detail {
            ConnectionDetail(identity: identity).draw(view, on: &frame)
            return
        }
        guard let moment = view.listedMoment, moment.server != nil || moment.client != nil else {
            frame.note(view.run.hasTable ? "waiting for the first sample" : view.run.serverNote)
            return
        }
        let columns = ConnectionColumn.fitting(frame.width - 1, view.run.listed, keeping: view.table.order.column)
        var x = 1
        for (column, width) in columns {
            let isChosen = column == view.table.order.column
            let name = column.fullName.count <= width ? column.fullName : column.name
            frame.text(column.isRight ? name.right(width) : name.left(width), x, 0, isChosen ? .strong : .dim)
            // Between two columns, where there always is room.
            if isChosen { frame.text(view.table.order.arrow(view.glyphs), x + width, 0, .key) }
            x += width + 1
        }
        let room = ConnectionsPanel.room(frame.height), hasSum = room < frame.height - 1
        if hasSum { frame.line(sum(moment, view, width: frame.width - 1), 1, frame.height - 1) }
        let rows = view.rows
        guard !rows.isEmpty, room > 0 else {
            let hasNoRows = !moment.knows(.openConnections) || moment.rows.isEmpty && moment.openConnections > 0
            let source = moment.server == nil ? "this recording does" : "the server's metrics do"
            let empty = hasNoRows ? "\(source) not list the connections" : "no connection is open"
            let text = view.listed.isEmpty ? empty : "none of \(view.listed.count) passes the filter"
            if room > 0 { frame.text(text, 2, 1, .dim) }
            return
        }
        let chosen = min(view.selection, rows.count - 1)
        let first = ListWindow.first(chosen: chosen, count: rows.count, room: room)
        let hasArenas = columns.contains { $0.0 == .arena }
        let reserved = hasArenas ? view.listed.lazy.map { max($0.sample.arenaReservedBytes, $0.sample.arenaHighWaterBytes) }.max() ?? 0 : 0
        for (offset, row) in rows[first...].prefix(room).enumerated() {
            let y = offset + 1
            draw(row, columns, y: y, scale: reserved, view, &frame)
            if first + offset == chosen && view.focus == .connections {
                frame.text(view.glyphs.selection, 0, y, .key)
                frame.ground(.selected, Region(x: 0, y: y, width: frame.width, height: 1))
            }
        }
        let below = rows.count - first - room
        // The past keeps the rows in most trouble, and a worker process tells of no others.
        let unlisted = max(0, moment.openConnections - moment.rows.count)
        if below > 0 || unlisted > 0 {
            let more = view.glyphs.ellipsis + (below > 0 ? "\(below + unlisted) more" : "\(unlisted) not listed")
            frame.text(more, endingAt: frame.width - 1, frame.height - 1, .dim)
        }
    }

    /// Rows of the table, between the names of its columns and its sum.
    static func room(_ height: Int) -> Int { height - 1 - (height >= 4 ? 1 : 0) }

    private func draw(
        _ row: ConnectionRow, _ columns: [(ConnectionColumn, width: Int)], y: Int, scale: Int, _ view: View, _ frame: inout Frame
    ) {
        let sample = row.sample
        var x = 1
        for (column, width) in columns {
            var role = Role.text
            var text = ""
            switch column {
            case .id: text = row.name(loops: view.listedMoment?.server?.loops.count ?? 1)
            case .peer: text = sample.peer
            case .state:
                text = width >= column.fullWidth ? String(describing: sample.state) : sample.state.rawValue
                role = ConnectionsPanel.role(sample.state)
            case .version: (text, role) = (sample.version.rawValue, .dim)
            case .streams: (text, role) = (String(sample.streams), sample.streams == 0 ? .dim : .text)
            case .requests: (text, role) = (GridFigure.count(row.requestRate.rounded()), row.requestRate == 0 ? .dim : .text)
            case .requestBytes: (text, role) = (GridFigure.shortBytes(Int(row.requestByteRate)), row.requestByteRate == 0 ? .dim : .text)
            case .responseBytes: (text, role) = (GridFigure.shortBytes(Int(row.responseByteRate)), row.responseByteRate == 0 ? .dim : .text)
            case .pending:
                text = sample.pendingBytes == 0 ? view.glyphs.dot : GridFigure.shortBytes(sample.pendingBytes)
                role = sample.pendingBytes == 0 ? .dim : .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds))
            case .age:
                let waits = sample.pendingBytes > 0
                text = waits ? GridFigure.duration(sample.oldestAgeNanoseconds, view.glyphs) : view.glyphs.dot
                role = waits ? .scale(.age, PendingPanel.age(sample.oldestAgeNanoseconds)) : .dim
            case .waits:
                let waited = sample.oldestRequestNanoseconds
                text = waited > 0 ? GridFigure.duration(waited, view.glyphs) : view.glyphs.dot
                role = waited > 0 ? .scale(.age, PendingPanel.age(waited)) : .dim
            case .arena:
                ArenaStrip(sample, scale: scale).draw(x, y, width: width, &frame, view.glyphs)
            case .kernel:
                let bytes = sample.kernel?.queuedBytes
                text = bytes.map { $0 == 0 ? view.glyphs.dot : GridFigure.shortBytes($0) } ?? "-"
                role = (bytes ?? 0) == 0 ? .dim : .text
            case .roundTrip: (text, role) = (sample.kernel.map { GridFigure.duration($0.roundTripNanoseconds, view.glyphs) } ?? "-", .dim)
            case .window:
                let share = sample.kernel?.windowLimitedShare
                (text, role) = (share.map { GridFigure.wholePercent($0) } ?? "-", (share ?? 0) > 0.5 ? .warn : .dim)
            case .used: (text, role) = (GridFigure.shortBytes(sample.arenaUsedBytes), sample.arenaUsedBytes == 0 ? .dim : .text)
            }
            // Of a long peer the end tells more: the port.
            let fitted = text.columns > width ? text.suffix(columns: width) : text
            if column != .arena { frame.text(column.isRight ? fitted.right(width) : fitted, x, y, role) }
            x += width + 1
        }
    }

    private func sum(_ moment: Moment, _ view: View, width: Int) -> Line {
        var line = Line()
        line.add("\(view.glyphs.sum) ", .key)
        let open = (UInt64(max(0, moment.openConnections)), "open", Role.text)
        var parts: [(UInt64, String, Role)] = []
        if let counts = moment.server?.connectionCounts {
            parts = [
                open, (counts.accepted, "accepted", .text), (counts.refused, "refused", .crit), (counts.closed, "closed", .text),
                (UInt64(max(0, counts.paused)), "not read", .warn),
            ]
        } else if let counts = moment.client?.connectionCounts {
            parts = [open, (counts.opened, "opened", .text), (counts.reconnects, "reconnected", .text), (counts.failed, "failed", .crit)]
        }
        for (count, name, role) in parts where count > 0 || name != "not read" {
            guard ConnectionsPanel.isKnown(name, moment) else { continue }
            var part = Line()
            part.add(GridFigure.count(count), count == 0 ? .dim : role)
            part.add(" \(name)   ", .dim)
            if line.width + part.width <= width - 8 { line.add(part) }
        }
        return line
    }

    /// The source of the figures has this count.
    private static func isKnown(_ name: String, _ moment: Moment) -> Bool {
        switch name {
        case "open": moment.knows(.openConnections)
        case "accepted", "closed": moment.knows(.acceptances)
        case "refused", "not read": moment.knows(.httpDetails)
        default: true
        }
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
