package import Measurements

/// Everything on the screen, as a value: samples, events and keys go in, frames come out.
///
/// It knows no clock, no terminal and no source: live, worker or recording look the same.
package struct Dashboard: Sendable {
    /// What runs, in words. Change it when it changes.
    package var run: RunDescription
    package var glyphs: GlyphSet
    package private(set) var history: History
    /// Oldest first.
    package private(set) var events: [Event] = []
    package private(set) var focus = PanelKind.connections
    package private(set) var zoomed: PanelKind?
    package private(set) var showsHelp = false

    /// What stands still while the display is paused: a copy that shares its moments with `history` until either changes.
    private var held: History?
    private var selection = 0

    /// Events kept: far more than a screen, far less than memory.
    package static let eventLimit = 1_000

    package init(run: RunDescription, glyphs: GlyphSet = .braille, capacity: Int = History.defaultCapacity) {
        self.run = run
        self.glyphs = glyphs
        history = History(capacity: capacity)
    }

    package var isPaused: Bool { held != nil }

    /// The next reading; the display shows it unless it is paused.
    package mutating func add(_ sample: Sample) {
        history.add(sample)
    }

    /// What happened; the oldest events give way.
    package mutating func add(_ event: Event) {
        if events.count == Dashboard.eventLimit { events.removeFirst() }
        events.append(event)
    }

    /// Forgets all samples and events, as before the first: a replay goes back. Focus and zoom stay.
    package mutating func forgetRun() {
        history = History(capacity: history.capacity)
        events = []
        held = nil
    }

    /// Does what a key asks for; answers what only the program can do.
    package mutating func handle(_ key: Key) -> Action? {
        if showsHelp, let answer = handleInHelp(key) { return answer.action }
        switch key {
        case .character("q"), .control("c"), .control("\\"), .hangup: return .quit
        case .character("Q"): return .quitAndLeaveScreen
        case .control("z"): return .suspend
        case .control("l"): return .redraw
        case .character("?"), .function(1): showsHelp = true
        case .character(" "): togglePause()
        case .character("+"), .character("="): return run.hasClients ? .changeLoad(steps: 1) : nil
        case .character("-"), .character("_"): return run.hasClients ? .changeLoad(steps: -1) : nil
        case .character("0"): return run.hasClients ? .togglePauseLoad : nil
        case .character("b"): glyphs = glyphs.other
        case .character("z"), .enter: toggleZoom()
        case .escape: goBack()
        case .tab: moveFocus(1)
        case .backTab: moveFocus(-1)
        case .character(let digit) where ("1"..."7").contains(digit): choose(digit)
        case .up, .character("k"): select(selection - 1)
        case .down, .character("j"): select(selection + 1)
        case .pageUp, .control("u"): select(selection - Dashboard.page)
        case .pageDown, .control("d"): select(selection + Dashboard.page)
        case .home, .character("g"): select(0)
        case .end, .character("G"): select(Int.max)
        default: break
        }
        return nil
    }

    /// The screen at this size. Any size, 0x0 included.
    package func frame(width: Int, height: Int) -> Frame {
        var frame = Frame(width: width, height: height)
        let view = view
        switch Layout(width: width, height: height, zoomed: zoomed) {
        case .oneLine: OneLine().draw(view, on: &frame)
        case .mini: Mini().draw(view, on: &frame)
        case .panels(let places):
            frame.draw(in: Region(x: 0, y: 0, width: width, height: 1)) { Header().draw(view, on: &$0) }
            for place in places { frame.draw(place.kind, in: place.region, view) }
            frame.draw(in: Region(x: 0, y: height - 1, width: width, height: 1)) { Footer().draw(view, on: &$0) }
        }
        if showsHelp { HelpOverlay().draw(view, on: &frame) }
        return frame
    }

    /// Rows a page key moves by: no more than the smallest table shows.
    private static let page = 5

    private var view: View {
        let shown = held ?? history
        let now = history.last?.timeNanoseconds ?? 0, then = shown.last?.timeNanoseconds ?? 0
        return View(
            run: run, history: shown, end: shown.added,
            events: isPaused ? events.filter { $0.timeNanoseconds <= then } : events,
            glyphs: glyphs, focus: zoomed ?? focus, zoomed: zoomed, selection: selection,
            pausedNanoseconds: isPaused ? now - min(now, then) : nil)
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

    private mutating func togglePause() {
        held = held == nil ? history : nil
    }

    private mutating func toggleZoom() {
        zoomed = zoomed == nil ? focus : nil
    }

    /// One step back: zoom, then pause. Never out of the program.
    private mutating func goBack() {
        if zoomed != nil { zoomed = nil } else { held = nil }
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
        if zoomed != nil { zoomed = kind }
    }

    private mutating func select(_ row: Int) {
        let rows = switch focus {
        case .connections: (held ?? history).last?.rows.count ?? 0
        case .events: events.count
        case .throughput, .latency, .pending, .arena, .caches: 0
        }
        selection = max(0, min(row, rows - 1))
    }
}
