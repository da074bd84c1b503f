import Measurements

extension Dashboard {
    /// Does what a key asks for; answers what only the program can do.
    package mutating func handle(_ key: Key) -> Action? {
        if showsHelp, let answer = handleInHelp(key) { return answer.action }
        if table.isTyping, table.type(key) {
            selection = 0
            return nil
        }
        switch key {
        case .character("q"), .control("c"), .control("\\"), .hangup: return .quit
        case .character("Q"): return .quitAndLeaveScreen
        case .control("z"): return .suspend
        case .control("l"): return .redraw
        case .character("r") where run.state == .dead: return .runAgain
        case .character("?"), .function(1): showsHelp = true
        case .character(" "): togglePause()
        case .character("+"), .character("="): return run.hasClients ? .changeLoad(steps: 1) : nil
        case .character("-"), .character("_"): return run.hasClients ? .changeLoad(steps: -1) : nil
        case .character("0"): return run.hasClients ? .togglePauseLoad : nil
        case .character("D"): return .startSlowReader
        case .character("b"): glyphs = glyphs.other
        case .character("x"): latency = latency.other
        case .character("z"): toggleZoom()
        case .enter: open()
        case .escape: goBack()
        case .tab: moveFocus(1)
        case .backTab: moveFocus(-1)
        case .character(let digit) where ("1"..."7").contains(digit): choose(digit)
        case .left, .character("h"): sideways(-1)
        case .right, .character("l"): sideways(1)
        case .character(","): scrub(-1)
        case .character("."): scrub(1)
        case .character("<"): scrub(-Dashboard.leap)
        case .character(">"): scrub(Dashboard.leap)
        case .character("/"), .character("s"), .character("S"), .character("r"), .character("n"), .character("N"):
            if run.hasServer { arrange(key) }
        default: move(key)
        }
        return nil
    }

    /// Rows a page key moves by: no more than the smallest table shows.
    private static let page = 5
    /// Moments that < and > go at a time: five seconds of the usual interval.
    private static let leap = 10

    /// Up and down the list that has the focus.
    private mutating func move(_ key: Key) {
        switch key {
        case .up, .character("k"): step(-1)
        case .down, .character("j"): step(1)
        case .pageUp, .control("u"): select(selection - Dashboard.page)
        case .pageDown, .control("d"): select(selection + Dashboard.page)
        case .home, .character("g"): select(0)
        case .end, .character("G"): select(Int.max)
        default: break
        }
    }

    /// Rows may have changed places since the one was chosen that is looked at.
    private mutating func step(_ rows: Int) {
        if detail != nil { stay() }
        select(selection + rows)
    }

    /// Help takes the keys that would otherwise act on what it covers.
    private mutating func handleInHelp(_ key: Key) -> (action: Action?, Void)? {
        switch key {
        case .control, .hangup: return nil
        case .character("q"), .character("Q"), .character("b"): return nil
        default:
            showsHelp = false
            return (nil, ())
        }
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
    private mutating func scrub(_ moments: Int) {
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
            let hold = Hold(history, events)
            selection = max(0, selection - (events.count - hold.events.count))
            held = hold
        }
        held?.look(atNanoseconds: event.timeNanoseconds)
    }

    // MARK: Panels

    private mutating func open() {
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

    private mutating func toggleZoom() {
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
        } else if zoomed != nil {
            zoomed = nil
            inspected = nil
        } else {
            goLive()
        }
    }

    private mutating func moveFocus(_ step: Int) {
        let all = PanelKind.allCases
        let place = (all.firstIndex(of: focus) ?? 0) + step + all.count
        setFocus(all[place % all.count])
    }

    /// The first press of a digit goes to the panel, the second makes it large.
    private mutating func choose(_ digit: Unicode.Scalar) {
        guard let kind = PanelKind(rawValue: Int(digit.value) - 48) else { return }
        if focus == kind { toggleZoom() } else { setFocus(kind) }
    }

    private mutating func setFocus(_ kind: PanelKind) {
        focus = kind
        selection = 0
        detail = nil
        if zoomed != nil { zoomed = kind }
        inspectFirst()
    }

    private mutating func select(_ row: Int) {
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

    private mutating func arrange(_ key: Key) {
        if key == .character("/") {
            if focus != .connections || detail != nil { setFocus(.connections) }
            table.beginTyping()
            return
        }
        guard focus == .connections, detail == nil else { return }
        switch key {
        case .character("s"): sort(1)
        case .character("S"): sort(-1)
        case .character("r"):
            table.order.reverse()
            selection = 0
        case .character("n"): turn(1)
        case .character("N"): turn(-1)
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
