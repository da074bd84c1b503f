import Measurements

/// The list of events, the newest on top.
struct EventsPanel: Panel {
    func badge(_ view: View) -> String {
        let list = view.eventList
        if list.isFiltered {
            let text = list.filterText.isEmpty ? "" : "/" + list.filterText.left(min(40, list.filterText.count))
            return [list.levelName, text, "\(view.listedEvents.count) of \(view.events.count)"].filter { !$0.isEmpty }.joined(separator: " ")
        }
        return view.events.isEmpty ? "" : view.focus == .events ? "\(view.keys.label(.open, glyphs: view.glyphs)): go there" : "newest first"
    }

    func draw(_ view: View, on frame: inout Frame) {
        if view.events.isEmpty {
            frame.note("nothing has happened yet")
            return
        }
        guard !view.listedEvents.isEmpty else {
            frame.note("none of \(view.events.count) events passes")
            return
        }
        let newest = view.listedEvents.count - 1
        let chosen = min(view.selection, newest)
        let isFocused = view.focus == .events
        let first = isFocused ? ListWindow.first(chosen: chosen, count: newest + 1, room: frame.height) : 0
        let shown = view.moment?.timeNanoseconds ?? .max
        for y in 0..<min(frame.height, newest - first + 1) {
            let event = view.listedEvents[newest - first - y]
            frame.line(EventsPanel.line(event, isAhead: view.isPaused && event.timeNanoseconds > shown), 1, y)
            if isFocused && first + y == chosen {
                frame.text(view.glyphs.selection, 0, y, .key)
                frame.ground(.selected, Region(x: 0, y: y, width: frame.width, height: 1))
            }
        }
    }

    /// - Parameter isAhead: it happened after the moment that is shown.
    static func line(_ event: Event, isAhead: Bool) -> Line {
        var line = Line()
        line.add(GridFigure.preciseClock(event.timeNanoseconds) + " ", .dim)
        switch event.level {
        case _ where isAhead: line.add("later ", .dim)
        case .info: line.add("info  ", .ok)
        case .warning: line.add("WARN  ", .warn)
        case .error: line.add("ERROR ", .crit)
        }
        line.add(event.source.left(8), .dim)
        line.add(event.text, isAhead ? .dim : event.level == .info ? .text : .strong)
        return line
    }
}
