import Measurements

/// What happened, the newest on top.
struct EventsPanel: Panel {
    func badge(_ view: View) -> String { view.events.isEmpty ? "" : "newest first" }

    func draw(_ view: View, on frame: inout Frame) {
        if view.events.isEmpty {
            frame.note("nothing has happened yet")
            return
        }
        let newest = view.events.count - 1
        let first = view.focus == .events ? min(view.selection, max(0, newest)) : 0
        for y in 0..<min(frame.height, newest - first + 1) {
            frame.line(EventsPanel.line(view.events[newest - first - y]), 1, y)
        }
    }

    static func line(_ event: Event) -> Line {
        var line = Line()
        line.add(GridFigure.preciseClock(event.timeNanoseconds) + " ", .dim)
        switch event.level {
        case .info: line.add("info  ", .ok)
        case .warning: line.add("WARN  ", .warn)
        case .error: line.add("ERROR ", .crit)
        }
        line.add(event.source.left(8), .dim)
        line.add(event.text, event.level == .info ? .text : .strong)
        return line
    }
}
