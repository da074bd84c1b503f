import Measurements

/// The list of events, the newest on top.
struct EventsPanel: Panel {
    func badge(_ view: View) -> String {
        let list = view.eventList
        if list.opened != nil { return "\(view.keys.label(.open, glyphs: view.glyphs)): go there" }
        if list.isFiltered {
            let text = list.filterText.isEmpty ? "" : "/" + list.filterText.left(min(40, list.filterText.count))
            return [list.levelName, text, "\(view.listedEvents.count) of \(view.events.count)"].filter { !$0.isEmpty }.joined(separator: " ")
        }
        return view.events.isEmpty ? "" : view.focus == .events ? "\(view.keys.label(.open, glyphs: view.glyphs)): \(hasEvidence(view) ? "all of it" : "go there")" : "newest first"
    }

    /// The chosen event has more to show than its line.
    private func hasEvidence(_ view: View) -> Bool {
        let events = view.listedEvents, place = events.count - 1 - min(view.selection, events.count - 1)
        return events.indices.contains(place) && events[place].evidence != nil
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
        if let opened = view.eventList.opened { return evidence(of: opened, view, &frame) }
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

    /// All that is known of a finding: how often, expected beside found, and both places in the code.
    private func evidence(of opened: Event, _ view: View, _ frame: inout Frame) {
        // It may have been found again since it was opened.
        let event = view.events.last { event in opened.brokenWrite.map { event.brokenWrite?.isSameBug(as: $0) == true } ?? (event == opened) } ?? opened
        var head = Line()
        head.add(GridFigure.preciseClock(event.timeNanoseconds) + " " + event.source.left(8), .dim)
        if let finding = event.brokenWrite {
            if let number = finding.number { head.add("\(number): ", .dim) }
            head.add(finding.count == 1 ? "found once" : "found \(GridFigure.count(finding.count)) times", .strong)
            head.add(finding.isLatent ? ", latent" : ", harmful", finding.isLatent ? .warn : .crit)
        }
        frame.line(head, 1, 0)
        let lines = event.evidence ?? []
        for (index, text) in lines.prefix(max(0, frame.height - 1)).enumerated() {
            let isBroken = text.contains("// should be") || text.contains("found  ") || index == 0
            frame.text(text, 1, index + 1, isBroken ? .crit : .text)
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
        if let count = event.brokenWrite?.count, count > 1 { line.add(GridFigure.count(count) + " times: ", isAhead ? .dim : .strong) }
        line.add(event.text, isAhead ? .dim : event.level == .info ? .text : .strong)
        return line
    }
}
