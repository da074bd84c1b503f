import Measurements

/// All that a panel may look at: one moment, those before it, and the settings of the screen.
struct View {
    let run: RunDescription
    let known: KnownRun
    /// The moments that may be shown, up to `end` as `History.added` counts: the newest, or the one that stands still.
    let history: History
    let end: Int
    /// The events that the list shows, and how they were chosen.
    let listedEvents: [Event]
    let eventList: EventList
    /// The next key is the answer to this.
    let question: Question?
    /// Lines of the help that are above its top.
    let helpOffset: Int
    let glyphs: GlyphSet
    let focus: PanelKind
    let zoomed: PanelKind?
    /// The chosen row of the list that has the focus.
    let selection: Int
    let table: ConnectionTable
    /// The connection that has the table's place.
    let detail: ConnectionIdentity?
    let keys: KeyMap
    /// A word about the last key's effect.
    let notice: String?
    /// The name of the theme in use.
    let theme: String
    /// The connection whose memory map is shown.
    let inspected: ConnectionIdentity?
    /// Which of the two latencies the maps show.
    let latency: LatencyKind
    /// Where moments fall in graphs.
    let axis: TimeAxis

    /// What the clients speak: HTTP/1.1 where they fell back to it.
    var protocolName: String {
        guard let counts = moment?.client?.connectionCounts, counts.http1 > 0, counts.http1 == counts.open else { return run.protocolName }
        return switch run.protocolName {
        case "h2c": "h1"
        case "TLS": "h1 TLS"
        case let name: name
        }
    }

    /// All events that may be shown, oldest first.
    var events: [Event] { known.events }
    var isPaused: Bool { known.isHeld }
    /// The moment of lists and meters.
    var listedMoment: Moment? { known.listedMoment }

    /// How far behind the newest sample the shown one is; nil while the display runs.
    var pausedNanoseconds: UInt64? {
        let newest = known.history.last?.timeNanoseconds ?? 0, shown = moment?.timeNanoseconds ?? 0
        return isPaused ? newest - min(newest, shown) : nil
    }

    /// The moment that is shown; nil before the first sample.
    var moment: Moment? { known.shownMoment }

    /// Requests are out, and for two seconds none of them was answered.
    var isStalled: Bool {
        var index = end - (history.added - history.count) - 1
        guard index >= 0, index < history.count else { return false }
        let now = history[index].timeNanoseconds
        while index >= 0, let client = history[index].client, client.requests.inFlight > 0, history[index].rates.requests == 0 {
            if history[index].timeNanoseconds + View.stalledNanoseconds <= now { return true }
            index -= 1
        }
        return false
    }

    private static let stalledNanoseconds: UInt64 = 2_000_000_000

    /// The panels at their places, and the lines above and below them.
    func frame(_ layout: Layout, width: Int, height: Int) -> Frame {
        var frame = Frame(width: width, height: height)
        switch layout {
        case .oneLine: OneLine().draw(self, on: &frame)
        case .mini: Mini().draw(self, on: &frame)
        case .panels(let places):
            frame.draw(in: Region(x: 0, y: 0, width: width, height: 1)) { Header().draw(self, on: &$0) }
            for place in places { frame.draw(place.kind, in: place.region, self) }
            frame.draw(in: Region(x: 0, y: height - 1, width: width, height: 1)) { Footer().draw(self, on: &$0) }
        }
        return frame
    }

    /// The table's rows, filtered and in their order.
    var rows: [ConnectionRow] { listedMoment.map { table.rows(of: $0, isHeld: !known.isScrubbed) } ?? [] }

    /// The connections that hold the most arena memory, the fullest first.
    var busiest: [ConnectionRow] {
        if known.isScrubbed || table.busiest.isEmpty { return RowHold.busiest(listed) }
        let wanted = Set(table.busiest)
        let rows = Dictionary(listed.filter { wanted.contains($0.identity) }.map { ($0.identity, $0) }) { first, _ in first }
        return table.busiest.compactMap { rows[$0] }
    }

    /// Connections as the lists have them, the one in most trouble first.
    var listed: [ConnectionRow] { listedMoment?.rows ?? [] }

    /// The last values of a figure, two for each of `cells` columns of a graph.
    func recent(_ cells: Int, _ rule: SlotRule = .mean, _ value: (Moment) -> Double?) -> [Double?] {
        history.slots(cells, axis, upTo: end, rule, value)
    }

    /// Latencies of the last ten seconds, or of the last sample if that is longer.
    func window(_ buckets: (Moment) -> LatencyBuckets) -> LatencyBuckets {
        window(buckets, endingAt: end - (history.added - history.count) - 1)
    }

    /// The same so many seconds earlier; nil where nothing is kept of then.
    func window(_ buckets: (Moment) -> LatencyBuckets, secondsAgo seconds: UInt64) -> LatencyBuckets? {
        guard let now = moment?.timeNanoseconds, now > seconds * 1_000_000_000 else { return nil }
        let index = history.index(atNanoseconds: now - seconds * 1_000_000_000)
        guard index > 0, index < history.count else { return nil }
        return window(buckets, endingAt: index)
    }

    private func window(_ buckets: (Moment) -> LatencyBuckets, endingAt place: Int) -> LatencyBuckets {
        var sum = LatencyBuckets()
        guard place >= 0, place < history.count else { return sum }
        let now = history[place].timeNanoseconds
        var index = place
        repeat {
            sum.merge(buckets(history[index]))
            index -= 1
        } while index >= 0 && history[index].timeNanoseconds + View.windowNanoseconds > now
        return sum
    }

    /// Long enough for a p99.9 at 1000 requests a second, short enough to follow a change.
    static let windowNanoseconds: UInt64 = 10_000_000_000
}

/// One box of the dashboard. It draws on a frame of its own, without the border.
protocol Panel {
    /// The words at the right of the border; empty for none.
    func badge(_ view: View) -> String
    func draw(_ view: View, on frame: inout Frame)
}

extension PanelKind {
    /// The panel of this run: another server has memory, but no arenas that could be seen.
    func panel(_ run: RunDescription) -> any Panel { self == .arena && run.isWatched ? MemoryPanel() : panel }

    /// The panel that takes its place when it has the screen to itself.
    func zoomedPanel(_ run: RunDescription) -> any Panel { self == .arena && run.isWatched ? MemoryZoom() : zoomedPanel }

    private var panel: any Panel {
        switch self {
        case .throughput: ThroughputPanel()
        case .latency: LatencyPanel()
        case .connections: ConnectionsPanel()
        case .pending: PendingPanel()
        case .arena: ArenaPanel()
        case .caches: CachesPanel()
        case .events: EventsPanel()
        }
    }

    private var zoomedPanel: any Panel {
        switch self {
        case .throughput: ThroughputZoom()
        case .latency: LatencyZoom()
        case .pending: PendingZoom()
        case .arena: ArenaZoom()
        case .caches: CachesZoom()
        case .connections, .events: panel
        }
    }
}

extension Frame {
    /// The border of a panel, with its number and name, and the panel in it.
    mutating func draw(_ kind: PanelKind, in region: Region, _ view: View) {
        guard region.width > 1, region.height > 1 else { return }
        // In less room than this the panel at a glance says more.
        let isRoomy = region.width >= 62 && region.height >= 14
        let panel = view.zoomed == kind && isRoomy ? kind.zoomedPanel(view.run) : kind.panel(view.run)
        let isFocused = view.focus == kind
        let role: Role = isFocused ? .focus(kind) : .border(kind)
        border(region, role, view.glyphs)
        let tab = view.glyphs.tab
        let badge = view.zoomed == kind ? "\(view.keys.label(.back, glyphs: view.glyphs)) back" : panel.badge(view)
        var title = Line()
        title.add(tab.open, role)
        title.add(view.glyphs.number(kind.rawValue), .key)
        let isWide = region.width >= kind.title(view.run).count + badge.columns + 12
        title.add(isWide ? kind.title(view.run) : kind.shortTitle(view.run), isFocused ? .strong : .title)
        title.add(tab.close, role)
        if title.width + 4 <= region.width { line(title, region.x + 2, region.y) }
        if !badge.isEmpty && title.width + badge.columns + 7 <= region.width {
            var right = Line()
            right.add(tab.open, role)
            right.add(badge, .dim)
            right.add(tab.close, role)
            line(right, region.x + region.width - 2 - right.width, region.y)
        }
        draw(in: region.inside) { inside in
            guard inside.width > 0, inside.height > 0 else { return }
            panel.draw(view, on: &inside)
        }
    }

    /// A line around a region.
    mutating func border(_ region: Region, _ role: Role, _ glyphs: GlyphSet) {
        let box = glyphs.box
        let right = region.x + region.width - 1, bottom = region.y + region.height - 1
        for x in region.x...max(region.x, right) {
            put(box.horizontal, x, region.y, role)
            put(box.horizontal, x, bottom, role)
        }
        for y in region.y...max(region.y, bottom) {
            put(box.vertical, region.x, y, role)
            put(box.vertical, right, y, role)
        }
        put(box.topLeft, region.x, region.y, role)
        put(box.topRight, right, region.y, role)
        put(box.bottomRight, right, bottom, role)
        put(box.bottomLeft, region.x, bottom, role)
    }

    /// Says in the middle why there is nothing else to see, in as many lines as it takes.
    /// Answers the row below.
    @discardableResult
    mutating func note(_ text: String) -> Int {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.columns + 1 + word.columns <= width - 2 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        let top = max(0, (height - lines.count) / 2)
        for (offset, line) in lines.enumerated() {
            self.text(line, max(0, (width - line.columns) / 2), top + offset, .dim)
        }
        return top + lines.count
    }
}
