import Load
package import Measurements

/// Something that is done only when somebody says yes; any other key leaves it.
package enum Question: Equatable, Sendable {
    /// The server closes this connection under its requests.
    case closeConnection(ConnectionIdentity)
    /// The screen forgets what was.
    case forget
    /// Not whether, but which: the panel that is shown or hidden.
    case panel

    /// As the footer asks it.
    var words: String {
        switch self {
        case .closeConnection(let connection): "close connection \(connection.id) under its requests?  y: yes, any other key: no"
        case .forget: "forget what was, on this screen only?  y: yes, any other key: no"
        case .panel: "which panel to show or hide?  1 to 7"
        }
    }
}

extension Dashboard {
    /// The key that comes after a question.
    mutating func answer(_ question: Question, _ key: Key) -> Action? {
        self.question = nil
        switch question {
        case .closeConnection(let connection):
            if key == .character("y") { return change(.closeConnection(connection), notice: "connection \(connection.id) is closed") }
            notice = "left as it is"
        case .forget:
            guard key == .character("y") else {
                notice = "left as it is"
                return nil
            }
            forgetPast()
            notice = "forgotten here; a recording has it all"
        case .panel:
            guard let command = keys[key], let kind = command.panel else {
                notice = "left as it is"
                return nil
            }
            show(panels: { $0.toggle(kind) }, else: "one panel stays")
        }
        return nil
    }

    /// Another choice of panels. What has the focus is one of them.
    mutating func show(panels change: (inout PanelChoice) -> Bool, else refusal: String) {
        guard change(&panels) else { return notice = refusal }
        notice = "panels: \(panels.name)"
        if zoomed == nil, !panels.shows(focus), let first = PanelKind.allCases.first(where: { panels.shows($0) }) { setFocus(first) }
    }

    /// Another time base, where there is one.
    mutating func stretchTime(_ step: Int) {
        if let next = timeBase.next(step) { timeBase = next }
        let shown = TimeBase(slotNanoseconds: view.axis.slotNanoseconds)
        notice = "graphs: \(timeBase.name) a column" + (shown.cellMilliseconds > timeBase.cellMilliseconds ? ", but samples come for \(shown.name)" : "")
    }

    /// Asks before the chosen connection is closed.
    mutating func askToClose() {
        let rows = shownRows
        guard focus == .connections, run.hasServer, run.intervalMilliseconds != nil, !rows.isEmpty else {
            return notice = "choose a connection of the server first"
        }
        let chosen = rows.first { $0.identity == detail } ?? rows[min(selection, rows.count - 1)]
        question = .closeConnection(chosen.identity)
    }

    /// The chosen row in words, for the clipboard.
    mutating func copyRow() -> Action? {
        let rows = shownRows, events = shownEvents
        switch focus {
        case .connections where !rows.isEmpty:
            let chosen = rows.first { $0.identity == detail } ?? rows[min(selection, rows.count - 1)]
            return .copy(chosen.words)
        case .events where !events.isEmpty:
            let event = events[events.count - 1 - min(selection, events.count - 1)]
            return .copy("\(GridFigure.preciseClock(event.timeNanoseconds)) \(event.level.rawValue) \(event.source) \(event.text)")
        default:
            notice = "connections and events have rows to copy"
            return nil
        }
    }
}

extension ConnectionRow {
    /// All of it in a line.
    fileprivate var words: String {
        "connection \(sample.id) of loop \(sample.loop), \(sample.peer): \(sample.state.words), \(sample.streams) streams, "
            + "\(GridFigure.count(requestRate)) req/s, \(sample.pendingBytes) bytes pending for \(GridFigure.duration(sample.oldestAgeNanoseconds, .ascii)), "
            + "arena \(sample.arenaUsedBytes) of \(sample.arenaReservedBytes) bytes, \(sample.arenaHighWaterBytes) at most"
    }
}

extension Command {
    /// The panel that it goes to.
    var panel: PanelKind? {
        switch self {
        case .panel1: .throughput
        case .panel2: .latency
        case .panel3: .connections
        case .panel4: .pending
        case .panel5: .arena
        case .panel6: .caches
        case .panel7: .events
        default: nil
        }
    }
}
