import Measurements

extension Dashboard {
    /// Rows a page key moves by: no more than the smallest table shows.
    static let page = 5
    /// Moments that < and > go at a time: five seconds of the usual interval.
    static let leap = 10

    /// Does a key's command. - Returns: the part that only the program can do.
    package mutating func handle(_ key: Key) -> Action? {
        if key == .hangup { return .quit }
        notice = nil
        if case .mouse(let mouse) = key { return handle(mouse) }
        if let question {
            // A pasted letter must not confirm anything.
            if case .paste = key { return nil }
            return answer(question, key)
        }
        if eventList.isTyping && eventList.type(key) || table.isTyping && table.type(key) {
            selectTop()
            return nil
        }
        if case .paste = key { return nil }
        guard let command = keys[key] else {
            // Any key leads back from the help, which covers the rest.
            if themes.picker == nil { helpOffset = nil }
            return nil
        }
        return perform(command)
    }

    /// The command of a key; nil for none, or where keys are text or an answer.
    package func command(for key: Key) -> Command? {
        table.isTyping || eventList.isTyping || question != nil ? nil : keys[key]
    }

    /// Does a command. - Returns: the part that only the program can do.
    package mutating func perform(_ command: Command) -> Action? {
        if themes.picker != nil {
            switch command {
            case .quit, .quitAndLeave, .redraw, .suspend, .export: break
            default: return themes.perform(command, page: Dashboard.page)
            }
        } else if showsHelp, !Dashboard.throughHelp.contains(command) {
            performInHelp(command)
            return nil
        }
        return command.row.perform(&self)
    }

    /// Commands that do the same over the help as elsewhere.
    private static let throughHelp: Set<Command> = [.quit, .quitAndLeave, .glyphs, .nextTheme, .redraw, .suspend, .export, .mouse]

    /// The help takes the keys that would otherwise act on the panels that it covers.
    private mutating func performInHelp(_ command: Command) {
        switch command {
        case .up: scrollHelp(-1)
        case .down: scrollHelp(1)
        case .pageUp: scrollHelp(-Dashboard.page * 2)
        case .pageDown: scrollHelp(Dashboard.page * 2)
        default: helpOffset = nil
        }
    }

    /// As far as there is more of it.
    mutating func scrollHelp(_ lines: Int) {
        let hidden = HelpOverlay().hiddenLines(view, width: size.width, height: size.height)
        helpOffset = max(0, min((helpOffset ?? 0) + lines, hidden))
    }

    /// One step back: the row, the filter, zoom, then pause. Never out of the program.
    mutating func goBack() {
        if detail != nil {
            detail = nil
        } else if eventList.opened != nil {
            eventList.close()
            zoomed = nil
        } else if focus == .connections && !table.filterText.isEmpty {
            table.clearFilter()
        } else if focus == .events && eventList.isFiltered {
            eventList.clear()
        } else if zoomed != nil {
            zoomed = nil
            inspected = nil
        } else {
            goLive()
        }
    }

    // MARK: Looks

    mutating func useNextTheme() -> Action? {
        guard let next = themes.next else { return nil }
        notice = "theme: \(next)"
        return .keepTheme(next)
    }

    mutating func useNextGlyphs() -> Action? {
        glyphs = glyphs.next
        notice = "glyphs: \(glyphs.name)"
        return .keepGlyphs(glyphs)
    }

    // MARK: Time

    mutating func togglePause() {
        if isPaused { goLive() } else { known.hold() }
    }

    private mutating func goLive() {
        known.goLive()
        stay()
    }

    /// Back in time holds the display by itself; on only where it stands.
    mutating func scrub(_ moments: Int) {
        known.scrub(moments)
        stay()
    }

    /// After the moment has changed: within the list, and on the connection that is looked at.
    private mutating func stay() {
        if let detail {
            selection = shownRows.firstIndex { $0.identity == detail } ?? selection
        } else {
            select(selection)
        }
    }

    /// The evidence of the chosen event, on the whole screen; of one without, and the second time, its moment.
    private mutating func openEvent() {
        let events = shownEvents
        guard selection < events.count else { return }
        if eventList.opened == nil, eventList.open(events[events.count - 1 - selection]) {
            zoomed = .events
        } else {
            if eventList.opened != nil { zoomed = nil }
            eventList.close()
            jump()
        }
    }

    /// To the moment of the chosen event.
    private mutating func jump() {
        let events = shownEvents
        guard selection < events.count else { return }
        let event = events[events.count - 1 - selection]
        known.look(atNanoseconds: event.timeNanoseconds)
        // Events that came after the last sample are not known at any moment yet.
        selection = max(0, selection - (events.count - shownEvents.count))
    }

    // MARK: Panels

    mutating func open() {
        switch focus {
        case .events: openEvent()
        case .connections where run.hasTable: toggleDetail()
        case .throughput, .latency, .connections, .pending, .arena, .caches: toggleZoom()
        }
    }

    private mutating func toggleDetail() {
        let rows = shownRows
        detail = detail != nil || rows.isEmpty ? nil : rows[min(selection, rows.count - 1)].identity
    }

    mutating func toggleZoom() {
        if detail != nil { detail = nil } else { zoomed = zoomed == nil ? focus : nil }
        inspectFirst()
    }

    /// The memory map begins with the connection that holds most.
    private mutating func inspectFirst() {
        guard zoomed == .arena else {
            inspected = nil
            return
        }
        if inspected == nil { inspected = shownRows.max { $0.sample.arenaUsedBytes < $1.sample.arenaUsedBytes }?.identity }
    }

    /// The memory map of a connection so many rows further; of the first one when its own is gone.
    mutating func inspect(_ step: Int) {
        let rows = shownRows
        guard zoomed == .arena, !rows.isEmpty else { return }
        let place = rows.firstIndex { $0.identity == inspected } ?? 0
        inspected = rows[max(0, min(place + max(-rows.count, min(step, rows.count)), rows.count - 1))].identity
    }

    mutating func moveFocus(_ step: Int) {
        let all = PanelKind.allCases.filter { panels.shows($0) || $0 == focus }
        let place = (all.firstIndex(of: focus) ?? 0) + step + all.count
        setFocus(all[place % all.count])
    }

    /// To the nearest panel on that side of the screen; where there is none, it stays.
    mutating func moveFocus(x: Int, y: Int) {
        let layout = Layout(width: size.width, height: size.height, zoomed: nil, panels)
        guard layout.shows(focus) else { return moveFocus(x + y) }
        if let nearest = layout.nearest(to: focus, x: x, y: y) { setFocus(nearest) }
    }

    /// The first press of a digit goes to the panel, the second makes it large.
    mutating func choose(_ kind: PanelKind) {
        if !panels.shows(kind) { show(panels: { $0.toggle(kind) }, else: "") }
        if focus == kind { toggleZoom() } else { setFocus(kind) }
    }

    mutating func setFocus(_ kind: PanelKind) {
        eventList.close()
        focus = kind
        if kind == .events { known.unread.read() }
        selectTop()
        detail = nil
        if zoomed != nil { zoomed = kind }
        inspectFirst()
    }

    /// Another choice of panels. The panel that has the focus is one of them.
    mutating func show(panels change: (inout PanelChoice) -> Bool, else refusal: String) {
        guard change(&panels) else { return notice = refusal }
        notice = "panels: \(panels.name)"
        if zoomed == nil, !panels.shows(focus), let first = PanelKind.allCases.first(where: { panels.shows($0) }) { setFocus(first) }
    }

    mutating func showPreset(_ step: Int) {
        show(panels: { $0 = $0.preset(step); return true }, else: "")
    }

    /// Another time base, where there is one.
    mutating func stretchTime(_ step: Int) {
        if let next = timeBase.next(step) { timeBase = next }
        let shown = TimeBase(slotNanoseconds: view.axis.slotNanoseconds)
        notice = "graphs: \(timeBase.name) a column" + (shown.cellMilliseconds > timeBase.cellMilliseconds ? ", but samples come for \(shown.name)" : "")
    }
}
