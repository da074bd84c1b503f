package import Measurements

/// Everything on the screen, as a value: samples, events and keys go in, frames come out.
///
/// It knows no clock, no terminal and no source: live, worker or recording look the same.
package struct Dashboard: Sendable {
    /// What runs, in words. Change it when it changes.
    package var run: RunDescription
    package var glyphs: GlyphSet
    package var keys = KeyMap.standard
    /// Columns and rows of the last frame that was shown: where a click falls, and what lies next to what.
    package var size = (width: 120, height: 40)
    /// Names of the themes to choose from, and of the one in use.
    package var themes: [String] = []
    package var theme = ""
    package private(set) var history: History
    /// Oldest first.
    package private(set) var events: [Event] = []
    package internal(set) var focus = PanelKind.connections
    package internal(set) var zoomed: PanelKind?
    package internal(set) var showsHelp = false

    private var newest: Sample?
    /// What lists and meters show while the display runs: see `add`.
    private var calm: Moment?
    /// How much time a column of the graphs holds.
    package var timeBase = TimeBase()
    /// Which panels there are.
    package var panels = PanelChoice()
    package internal(set) var eventList = EventList()
    /// The next key is the answer.
    package internal(set) var question: Question?
    /// Lines of the help that are above its top.
    var helpOffset = 0
    /// What stands still while the display is paused.
    var held: Hold?
    /// A word about what a key did, until the next one.
    package var notice: String?
    /// The themes are laid out to choose from.
    package internal(set) var picker: ThemePicker?
    /// The chosen row of the list that has the focus.
    package internal(set) var selection = 0
    package internal(set) var table = ConnectionTable()
    /// The connection whose memory map the zoomed arena panel shows. The program asks the server for it.
    package internal(set) var inspected: ConnectionIdentity?
    /// Which of the two latencies the maps show.
    package internal(set) var latency = LatencyKind.response
    /// The connection that is looked at alone.
    package internal(set) var detail: ConnectionIdentity?

    /// Events kept: far more than a screen, far less than memory.
    package static let eventLimit = 1_000
    private static let calmNanoseconds: UInt64 = 500_000_000

    package init(run: RunDescription, glyphs: GlyphSet = .braille, capacity: Int = History.defaultCapacity) {
        self.run = run
        self.glyphs = glyphs
        history = History(capacity: capacity)
    }

    package var isPaused: Bool { held != nil }

    /// The next reading; the display shows it unless it is paused.
    package mutating func add(_ sample: Sample) {
        history.add(sample)
        newest = sample
        // Nobody reads figures by the dozen that change more often than twice a second.
        let slot = Dashboard.calmNanoseconds
        if calm.map({ $0.timeNanoseconds / slot != sample.timeNanoseconds / slot }) ?? true { calm = history.last }
    }

    /// The sample that the screen shows, and whether it is whole: of a past one the histograms are
    /// not kept, and not all connections.
    package var shownSample: (sample: Sample, isWhole: Bool)? {
        guard let held else { return newest.map { ($0, true) } }
        if held.end == history.added { return newest.map { ($0, true) } }
        return view.moment.map { moment in
            var server = moment.server
            server?.connections = moment.rows.map(\.sample)
            let sample = Sample(
                timeNanoseconds: moment.timeNanoseconds, intervalNanoseconds: 0, server: server, client: moment.client,
                process: moment.process)
            return (sample, false)
        }
    }

    /// What happened; the oldest events give way. The newest are read first, but those of one moment as
    /// they were told: a death, and then where it was.
    package mutating func add(_ event: Event) {
        if events.count == Dashboard.eventLimit { events.removeFirst() }
        let isLater = events.last?.timeNanoseconds != event.timeNanoseconds
        let place = isLater ? events.endIndex : events.lastIndex { $0.timeNanoseconds != event.timeNanoseconds }.map { $0 + 1 } ?? 0
        events.insert(event, at: place)
    }

    /// Forgets all samples and events, as before the first: a replay goes back. Focus and zoom stay.
    package mutating func forgetRun() {
        history = History(capacity: history.capacity)
        events = []
        held = nil
        detail = nil
        newest = nil
        calm = nil
        inspected = nil
    }

    /// Forgets all but the newest moment, from which rates go on; peaks begin anew.
    mutating func forgetPast() {
        history.forgetPast()
        events = []
        held = nil
    }

    /// The screen at this size. Any size, 0x0 included.
    package func frame(width: Int, height: Int) -> Frame {
        var frame = Frame(width: width, height: height)
        let view = view
        switch Layout(width: width, height: height, zoomed: shownZoom, panels) {
        case .oneLine: OneLine().draw(view, on: &frame)
        case .mini: Mini().draw(view, on: &frame)
        case .panels(let places):
            frame.draw(in: Region(x: 0, y: 0, width: width, height: 1)) { Header().draw(view, on: &$0) }
            for place in places { frame.draw(place.kind, in: place.region, view) }
            frame.draw(in: Region(x: 0, y: height - 1, width: width, height: 1)) { Footer().draw(view, on: &$0) }
        }
        if showsHelp { HelpOverlay().draw(view, on: &frame) }
        picker?.draw(view, on: &frame)
        return frame
    }

    /// The events that the display knows of, oldest first.
    private var knownEvents: [Event] { held?.events ?? events }

    /// Those of them that the list shows.
    var shownEvents: [Event] { eventList.events(knownEvents) }

    /// What lists and meters show.
    private var shownMoment: Moment? {
        guard let held else { return calm }
        let place = held.end - (held.history.added - held.history.count) - 1
        return place >= 0 && place < held.history.count ? held.history[place] : nil
    }

    /// Rows of the table of connections, of the moment that is shown.
    var shownRows: [ConnectionRow] { view.rows }

    /// The panel that has the screen to itself.
    var shownZoom: PanelKind? { detail == nil ? zoomed : .connections }

    var view: View {
        let shown = held?.history ?? history, end = held?.end ?? shown.added
        return View(
            run: run, history: shown, end: end, events: knownEvents, listedEvents: shownEvents, eventList: eventList, question: question, helpOffset: helpOffset,
            glyphs: glyphs, focus: shownZoom ?? focus, zoomed: shownZoom, selection: selection, table: table, detail: detail, isPaused: isPaused,
            keys: keys, notice: notice, theme: theme,
            inspected: inspected, latency: latency,
            axis: TimeAxis(timeBase, shown, upTo: end), calm: shownMoment,
            newestNanoseconds: history.last?.timeNanoseconds ?? 0)
    }
}
