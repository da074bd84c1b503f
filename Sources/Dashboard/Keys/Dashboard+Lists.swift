import Measurements

// The table of connections and the list of events.
extension Dashboard {
    /// Rows may have changed places since the one was chosen that is looked at.
    mutating func step(_ rows: Int) {
        if detail != nil { selection = shownRows.firstIndex { $0.identity == detail } ?? selection }
        select(selection + rows)
    }

    /// The row on top is the chosen one, whichever that is.
    mutating func selectTop() { (selection, table.chosen) = (0, nil) }

    mutating func select(_ row: Int) {
        // This panel has no chosen row, so a row is a step; the first one is all the way up.
        if focus == .arena { return inspect(row == 0 ? -Int.max : row) }
        let rows = switch focus {
        case .connections: shownRows.count
        case .events: shownEvents.count
        case .throughput, .latency, .pending, .arena, .caches: 0
        }
        selection = max(0, min(row, rows - 1))
        if focus == .connections { table.chosen = selection > 0 ? shownRows[selection].identity : nil }
        if detail != nil { follow() }
    }

    /// The row alone is the chosen one.
    private mutating func follow() {
        let rows = shownRows
        if rows.indices.contains(selection) { detail = rows[selection].identity }
    }

    /// Left and right: a column of the table that runs, else a moment.
    mutating func sideways(_ step: Int) {
        if focus == .connections && !isPaused && detail == nil && run.hasTable { sort(step) } else { scrub(step) }
    }

    mutating func beginFilter() {
        if focus == .events && detail == nil { return eventList.beginTyping() }
        guard run.hasTable else { return }
        if focus != .connections || detail != nil { setFocus(.connections) }
        table.beginTyping()
    }

    mutating func showNextEventLevel() {
        if focus != .events { setFocus(.events) }
        eventList.nextLevel()
        selectTop()
    }

    /// Whether the table of connections is there to be sorted.
    private var arrangesTable: Bool { run.hasTable && focus == .connections && detail == nil }

    mutating func sortTable(_ step: Int) { if arrangesTable { sort(step) } }

    private mutating func sort(_ step: Int) {
        table.order.next(step, run.listed)
        selectTop()
    }

    /// Turns the order round; a run whose process has died is run again.
    mutating func turnOrderRound() -> Action? {
        if run.state == .dead { return .runAgain }
        guard arrangesTable else { return nil }
        table.order.reverse()
        selectTop()
        return nil
    }

    /// To the next row that passes the filter, and from the last to the first.
    mutating func turn(_ step: Int) {
        let count = shownRows.count
        guard arrangesTable, table.isFiltered, count > 0 else { return }
        select((min(selection, count - 1) + step + count) % count)
    }

    /// Asks before the chosen connection is closed.
    mutating func askToClose() {
        guard focus == .connections, run.hasServer, run.intervalMilliseconds != nil, let row = view.chosenRow else {
            return notice = "choose a connection of the server first"
        }
        question = .closeConnection(row.identity)
    }

    /// Asks before the past is forgotten. In a replay there is nothing that would be lost, nor asked.
    mutating func askToForget() { question = run.intervalMilliseconds == nil ? nil : .forget }

    /// The chosen row in words, for the clipboard.
    mutating func copyRow() -> Action? {
        if let words = view.chosenWords { return .copy(words) }
        notice = "connections and events have rows to copy"
        return nil
    }
}

extension View {
    /// The connection that is looked at alone, or the chosen row; nil: there are none.
    fileprivate var chosenRow: ConnectionRow? {
        let rows = rows
        return rows.first { $0.identity == detail } ?? rows.dropFirst(max(0, min(selection, rows.count - 1))).first
    }

    /// The chosen row of the list that has the focus.
    fileprivate var chosenWords: String? {
        switch focus {
        case .connections: chosenRow?.words
        case .events: listedEvents.dropLast(max(0, min(selection, listedEvents.count - 1))).last?.words
        default: nil
        }
    }
}

extension Event {
    /// All of it in a line.
    fileprivate var words: String { "\(GridFigure.preciseClock(timeNanoseconds)) \(level.rawValue) \(source) \(text)" }
}

extension ConnectionRow {
    /// All of it in a line.
    fileprivate var words: String {
        let both = "\(sample.peer): \(sample.stateWords), \(sample.streams) streams, \(GridFigure.count(requestRate)) req/s, "
            + "\(sample.pendingBytes) bytes pending for \(GridFigure.duration(sample.oldestAgeNanoseconds, .ascii))"
        if isClients { return "client \(sample.id), \(both), oldest request \(GridFigure.duration(sample.oldestRequestNanoseconds, .ascii))" }
        return "connection \(sample.id) of loop \(sample.loop), \(both), arena \(sample.arenaUsedBytes) of \(sample.arenaReservedBytes) bytes, \(sample.arenaHighWaterBytes) at most"
    }
}
