package import Measurements

/// Everything on the screen, as a value: samples, events and keys go in, frames come out.
///
/// It knows no clock, no terminal and no source: live, worker or recording look the same.
package struct Dashboard: Sendable {
    /// The run in words. The program changes it when the run changes.
    package var run: RunDescription
    package var glyphs: GlyphSet
    package var keys = KeyMap.standard
    /// Columns and rows of the last frame that was shown: for the place of a click, and for the panels next to each other.
    package var size = (width: 120, height: 40)
    package var themes = ThemeChoice()
    /// Time in a column of the graphs.
    package var timeBase = TimeBase()
    /// Which panels there are.
    package var panels = PanelChoice()
    /// The samples and events of the run, and the moment that is shown.
    var known: KnownRun

    package internal(set) var focus = PanelKind.connections
    package internal(set) var zoomed: PanelKind?
    /// The chosen row of the list that has the focus.
    package internal(set) var selection = 0
    package internal(set) var table = ConnectionTable()
    package internal(set) var eventList = EventList()
    /// The connection that is looked at alone.
    package internal(set) var detail: ConnectionIdentity?
    /// The connection whose memory map the zoomed arena panel shows. The program asks the server for it.
    package internal(set) var inspected: ConnectionIdentity?
    /// Which of the two latencies the maps show.
    package internal(set) var latency = LatencyKind.response
    /// The next key is the answer.
    package internal(set) var question: Question?
    /// Lines of the help that are above its top; nil while it is not shown.
    var helpOffset: Int?
    /// A word about a key's effect, until the next key.
    package var notice: String?

    package init(run: RunDescription, glyphs: GlyphSet = .braille, capacity: Int = History.defaultCapacity) {
        self.run = run
        self.glyphs = glyphs
        known = KnownRun(capacity: capacity)
    }

    package var history: History { known.history }
    package var events: [Event] { known.allEvents }
    package var isPaused: Bool { known.isHeld }
    package var showsHelp: Bool { helpOffset != nil }

    /// The next reading; the display shows it unless it is paused.
    package mutating func add(_ sample: Sample) {
        known.add(sample)
        guard !isPaused, let moment = known.listedMoment else { return }
        table.arrange(moment, isChoosing: focus == .connections, &selection)
    }

    /// Something that has happened. The chosen row of the list stays on its event.
    package mutating func add(_ event: Event) {
        let count = focus == .events && selection > 0 ? shownEvents.count : nil
        known.add(event, isRead: focus == .events)
        if let count { selection += shownEvents.count - count }
    }

    /// Forgets all samples and events, as before the first: a replay goes back. Focus and zoom stay.
    package mutating func forgetRun() {
        known.forget()
        table.forgetOrder()
        detail = nil
        inspected = nil
    }

    /// The sample that the screen shows, and whether it is whole: of a past one the histograms are
    /// not kept, and not all connections.
    package var shownSample: (sample: Sample, isWhole: Bool)? { known.shownSample }

    /// The screen at this size. Any size, 0x0 included.
    package func frame(width: Int, height: Int) -> Frame {
        let view = view
        var frame = view.frame(Layout(width: width, height: height, zoomed: shownZoom, panels), width: width, height: height)
        if showsHelp { HelpOverlay().draw(view, on: &frame) }
        themes.picker?.draw(view, on: &frame)
        return frame
    }

    /// The events that the list shows, oldest first.
    var shownEvents: [Event] { eventList.events(known.events) }

    /// Rows of the table of connections, of the moment that is shown.
    var shownRows: [ConnectionRow] { view.rows }

    /// The panel that has the screen to itself.
    var shownZoom: PanelKind? { detail == nil ? zoomed : .connections }

    var view: View {
        View(
            run: run, known: known, history: known.shownHistory, end: known.end, listedEvents: shownEvents, eventList: eventList,
            question: question, helpOffset: helpOffset ?? 0, glyphs: glyphs, focus: shownZoom ?? focus, zoomed: shownZoom, selection: selection,
            table: table, detail: detail, keys: keys, notice: notice, theme: themes.current, inspected: inspected, latency: latency,
            axis: TimeAxis(timeBase, known.shownHistory, upTo: known.end))
    }
}
