import Load
import Measurements

extension Dashboard {
    /// Does what a key asks for; answers what only the program can do.
    package mutating func handle(_ key: Key) -> Action? {
        if key == .hangup { return .quit }
        notice = nil
        if case .mouse(let mouse) = key { return handle(mouse) }
        if let question {
            // A pasted letter must not confirm anything.
            if case .paste = key { return nil }
            return answer(question, key)
        }
        if eventList.isTyping, eventList.type(key) {
            selection = 0
            return nil
        }
        if table.isTyping, table.type(key) {
            selection = 0
            return nil
        }
        if case .paste = key { return nil }
        guard let command = keys[key] else {
            // Over what it covers, help takes any key as the way back.
            if picker == nil { showsHelp = false }
            return nil
        }
        return perform(command)
    }

    /// What a key would do now; nil for nothing, or where keys are text.
    package func command(for key: Key) -> Command? { isAsking ? nil : keys[key] }

    /// The next key is text or an answer, and no command.
    private var isAsking: Bool { table.isTyping || eventList.isTyping || question != nil }

    /// Does what a key is bound to; answers what only the program can do.
    package mutating func perform(_ command: Command) -> Action? {
        if picker != nil { return performInPicker(command) }
        if showsHelp, let answer = performInHelp(command) { return answer.action }
        switch command {
        case .quit: return .quit
        case .quitAndLeave: return .quitAndLeaveScreen
        case .suspend: return .suspend
        case .redraw: return .redraw
        case .export: return .export
        case .mouse: return .toggleMouse
        case .help:
            showsHelp = true
            helpOffset = 0
        case .shorterTime: stretchTime(-1)
        case .longerTime: stretchTime(1)
        case .nextLayout: show(panels: { $0 = $0.preset(1); return true }, else: "")
        case .previousLayout: show(panels: { $0 = $0.preset(-1); return true }, else: "")
        case .showPanel: question = .panel
        case .keepScreen: return .keepScreen
        case .reload: return .reload
        case .copy: return copyRow()
        case .closeConnection: askToClose()
        case .forget: question = run.intervalMilliseconds == nil ? nil : .forget
        case .eventLevel:
            if focus != .events { setFocus(.events) }
            eventList.nextLevel()
            selection = 0
        case .themes: picker = themes.isEmpty ? nil : ThemePicker(themes, theme)
        case .nextTheme: return useNextTheme()
        case .pause: togglePause()
        case .loadUp: return stepLoad(1)
        case .loadDown: return stepLoad(-1)
        case .loadPause: return changeClients(.hold(!run.load.isHeld))
        case .loadQuantity: chooseNextQuantity()
        case .writePolicy: return nextWritePolicy()
        case .cacheScope: return nextCacheScope()
        case .reconnectAll: return changeClients(.reconnectAll)
        case .slowReader: return change(.slowReader(seconds: Dashboard.slowReaderSeconds))
        case .shorterInterval: return .changeInterval(steps: -1)
        case .longerInterval: return .changeInterval(steps: 1)
        case .glyphs:
            glyphs = glyphs.next
            notice = "glyphs: \(glyphs.name)"
            return .keepGlyphs(glyphs)
        case .latency: latency = latency.other
        case .zoom: toggleZoom()
        case .open: open()
        case .back: goBack()
        case .nextPanel: moveFocus(1)
        case .previousPanel: moveFocus(-1)
        case .panel1, .panel2, .panel3, .panel4, .panel5, .panel6, .panel7:
            if let panel = command.panel { choose(panel) }
        case .filter where focus == .events && detail == nil: eventList.beginTyping()
        case .focusLeft: moveFocus(x: -1, y: 0)
        case .focusRight: moveFocus(x: 1, y: 0)
        case .focusUp: moveFocus(x: 0, y: -1)
        case .focusDown: moveFocus(x: 0, y: 1)
        case .left: sideways(-1)
        case .right: sideways(1)
        case .momentBack: scrub(-1)
        case .momentForth: scrub(1)
        case .leapBack: scrub(-Dashboard.leap)
        case .leapForth: scrub(Dashboard.leap)
        // Only a replay has a start and an end.
        case .toStart, .toEnd: break
        case .up: step(-1)
        case .down: step(1)
        case .pageUp: select(selection - Dashboard.page)
        case .pageDown: select(selection + Dashboard.page)
        case .first: select(0)
        case .last: select(Int.max)
        case .sortReverse where run.state == .dead: return .runAgain
        case .filter, .nextMatch, .previousMatch, .sortNext, .sortPrevious, .sortReverse:
            if run.hasServer { arrange(command) }
        }
        return nil
    }

    /// Rows a page key moves by: no more than the smallest table shows.
    private static let page = 5
    /// Moments that < and > go at a time: five seconds of the usual interval.
    private static let leap = 10
    /// Long enough to look at each panel in turn while a client does not read.
    private static let slowReaderSeconds = 10.0

    /// Rows may have changed places since the one was chosen that is looked at.
    mutating func step(_ rows: Int) {
        if detail != nil { stay() }
        select(selection + rows)
    }

    /// Help takes the keys that would otherwise act on what it covers.
    private mutating func performInHelp(_ command: Command) -> (action: Action?, Void)? {
        switch command {
        case .quit, .quitAndLeave, .glyphs, .nextTheme, .redraw, .suspend, .export, .mouse: return nil
        case .up: scrollHelp(-1)
        case .down: scrollHelp(1)
        case .pageUp: scrollHelp(-Dashboard.page * 2)
        case .pageDown: scrollHelp(Dashboard.page * 2)
        default:
            showsHelp = false
        }
        return (nil, ())
    }

    /// As far as there is more of it.
    mutating func scrollHelp(_ lines: Int) {
        helpOffset = max(0, min(helpOffset + lines, HelpOverlay().hiddenLines(view, width: size.width, height: size.height)))
    }

    // MARK: Themes

    private mutating func useNextTheme() -> Action? {
        guard !themes.isEmpty else { return nil }
        let place = themes.firstIndex(of: theme).map { ($0 + 1) % themes.count } ?? 0
        notice = "theme: \(themes[place])"
        return .keepTheme(themes[place])
    }

    /// Each step shows the theme that it goes to; Esc goes back to the one there was.
    private mutating func performInPicker(_ command: Command) -> Action? {
        switch command {
        case .quit, .quitAndLeave, .redraw, .suspend, .export: return perform(outsidePicker: command)
        case .up, .focusUp, .left: picker?.move(by: -1)
        case .down, .focusDown, .right, .nextTheme: picker?.move(by: 1)
        case .pageUp: picker?.move(by: -Dashboard.page)
        case .pageDown: picker?.move(by: Dashboard.page)
        case .first: picker?.move(by: -themes.count)
        case .last: picker?.move(by: themes.count)
        case .back:
            defer { picker = nil }
            return picker.map { .showTheme($0.former) }
        default:
            defer { picker = nil }
            return picker.map { .keepTheme($0.chosen) }
        }
        return picker.map { .showTheme($0.chosen) }
    }

    private mutating func perform(outsidePicker command: Command) -> Action? {
        let picker = picker
        self.picker = nil
        defer { self.picker = picker }
        return perform(command)
    }

    // MARK: Time

    private mutating func togglePause() {
        if held == nil { held = Hold(history, events) } else { goLive() }
    }

    private mutating func goLive() {
        held = nil
        stay()
    }

    /// Back in time holds the display by itself; forth only where it stands.
    mutating func scrub(_ moments: Int) {
        if held == nil && moments < 0 { held = Hold(history, events) }
        held?.scrub(moments)
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

    /// To the moment of the chosen event.
    private mutating func jump() {
        guard selection < shownEvents.count else { return }
        let event = shownEvents[shownEvents.count - 1 - selection]
        if held == nil {
            let before = shownEvents.count
            held = Hold(history, events)
            selection = max(0, selection - (before - shownEvents.count))
        }
        held?.look(atNanoseconds: event.timeNanoseconds)
    }

    // MARK: Panels

    mutating func open() {
        switch focus {
        case .events: jump()
        case .connections where run.hasServer: toggleDetail()
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
    private mutating func inspect(_ step: Int) {
        let rows = shownRows
        guard zoomed == .arena, !rows.isEmpty else { return }
        let place = rows.firstIndex { $0.identity == inspected } ?? 0
        inspected = rows[max(0, min(place + max(-rows.count, min(step, rows.count)), rows.count - 1))].identity
    }

    /// One step back: the row, the filter, zoom, then pause. Never out of the program.
    private mutating func goBack() {
        if detail != nil {
            detail = nil
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

    private mutating func moveFocus(_ step: Int) {
        let all = PanelKind.allCases.filter { panels.shows($0) || $0 == focus }
        let place = (all.firstIndex(of: focus) ?? 0) + step + all.count
        setFocus(all[place % all.count])
    }

    /// The first press of a digit goes to the panel, the second makes it large.
    private mutating func choose(_ kind: PanelKind) {
        if !panels.shows(kind) { show(panels: { $0.toggle(kind) }, else: "") }
        if focus == kind { toggleZoom() } else { setFocus(kind) }
    }

    /// To the nearest panel on that side of the screen; where there is none, it stays.
    private mutating func moveFocus(x: Int, y: Int) {
        guard case .panels(let places) = Layout(width: size.width, height: size.height, zoomed: nil, panels),
            let from = places.first(where: { $0.kind == focus })?.region
        else { return moveFocus(x + y) }
        // Twice the middle, so that it stays a whole number. What lies aside counts more than what lies far.
        func distance(_ region: Region) -> Int? {
            let right = (region.x * 2 + region.width) - (from.x * 2 + from.width), below = (region.y * 2 + region.height) - (from.y * 2 + from.height)
            let ahead = x * right + y * below * 2, aside = x == 0 ? abs(right) : abs(below) * 2
            let isAhead = x > 0 ? region.x >= from.x + from.width : x < 0 ? region.x + region.width <= from.x
                : y > 0 ? region.y >= from.y + from.height : region.y + region.height <= from.y
            return isAhead ? ahead + 2 * aside : nil
        }
        let nearest = places.compactMap { place in distance(place.region).map { (place.kind, $0) } }.min { $0.1 < $1.1 }
        if let nearest { setFocus(nearest.0) }
    }

    mutating func setFocus(_ kind: PanelKind) {
        focus = kind
        selection = 0
        detail = nil
        if zoomed != nil { zoomed = kind }
        inspectFirst()
    }

    mutating func select(_ row: Int) {
        // Nothing is chosen in this panel, so a row is a step; the first one is all the way up.
        if focus == .arena { return inspect(row == 0 ? -Int.max : row) }
        let rows = switch focus {
        case .connections: shownRows.count
        case .events: shownEvents.count
        case .throughput, .latency, .pending, .arena, .caches: 0
        }
        selection = max(0, min(row, rows - 1))
        if detail != nil { follow() }
    }

    // MARK: The table

    /// Left and right: a column of the table that runs, else a moment.
    private mutating func sideways(_ step: Int) {
        if focus == .connections && held == nil && detail == nil && run.hasServer { sort(step) } else { scrub(step) }
    }

    private mutating func arrange(_ command: Command) {
        if command == .filter {
            if focus != .connections || detail != nil { setFocus(.connections) }
            table.beginTyping()
            return
        }
        guard focus == .connections, detail == nil else { return }
        switch command {
        case .sortNext: sort(1)
        case .sortPrevious: sort(-1)
        case .sortReverse:
            table.order.reverse()
            selection = 0
        case .nextMatch: turn(1)
        case .previousMatch: turn(-1)
        default: break
        }
    }

    private mutating func sort(_ step: Int) {
        table.order.next(step)
        selection = 0
    }

    /// To the next row that passes the filter, and from the last to the first.
    private mutating func turn(_ step: Int) {
        let count = shownRows.count
        guard table.isFiltered, count > 0 else { return }
        select((min(selection, count - 1) + step + count) % count)
    }

    /// The row alone is the chosen one.
    private mutating func follow() {
        let rows = shownRows
        if rows.indices.contains(selection) { detail = rows[selection].identity }
    }
}
