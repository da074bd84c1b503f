import Measurements

/// The run as far as the display knows it: its moments and its events, and the moment at which the display stands still.
struct KnownRun: Sendable {
    private(set) var history: History
    /// All of them, oldest first.
    private(set) var allEvents: [Event] = []
    /// Warnings and errors since the events were looked at.
    var unread = UnreadEvents()
    private var newest: Sample?
    private var found = FoundBugs()
    /// The moment of lists and meters while the display runs. See `add`.
    private var settled: Moment?
    /// The moments and events of the display while it is held.
    private var held: Hold?

    /// Events kept: far more than a screen, far less than memory.
    static let eventLimit = 1_000
    private static let settledNanoseconds: UInt64 = 500_000_000

    init(capacity: Int) { history = History(capacity: capacity) }

    /// The next reading.
    mutating func add(_ sample: Sample) {
        history.add(sample)
        newest = sample
        for place in found.update(sample.findingCounts) { count(found.bugs[place], atNanoseconds: sample.timeNanoseconds) }
        // Figures by the dozen that change more often than twice a second cannot be read.
        let slot = KnownRun.settledNanoseconds
        if settled.map({ $0.timeNanoseconds / slot != sample.timeNanoseconds / slot }) ?? true { settled = history.last }
    }

    /// Something that has happened; the oldest events give way. The newest are read first, but those of one moment
    /// in the order in which they came: a death, and then its place. A bug that is found again is counted where it stands.
    ///
    /// - Parameter isRead: the events are looked at.
    mutating func add(_ event: Event, isRead: Bool) {
        var event = event
        if let finding = event.brokenWrite {
            let (place, isNew) = found.note(finding)
            guard isNew else { return count(found.bugs[place], atNanoseconds: event.timeNanoseconds) }
            event.brokenWrite = found.bugs[place]
        }
        if isRead { unread.read() } else { unread.count(event) }
        insert(event)
    }

    private mutating func insert(_ event: Event) {
        if allEvents.count == KnownRun.eventLimit { allEvents.removeFirst() }
        let isLater = allEvents.last?.timeNanoseconds != event.timeNanoseconds
        let place = isLater ? allEvents.endIndex : allEvents.lastIndex { $0.timeNanoseconds != event.timeNanoseconds }.map { $0 + 1 } ?? 0
        allEvents.insert(event, at: place)
    }

    /// Counts a bug in its event. A bug whose event was forgotten, or had to give way, gets another one, at the time of now.
    private mutating func count(_ bug: BrokenWrite, atNanoseconds now: UInt64) {
        func isIt(_ finding: BrokenWrite) -> Bool { bug.number == nil ? finding.isSameBug(as: bug) : finding.number == bug.number }
        guard let place = allEvents.lastIndex(where: { $0.brokenWrite.map(isIt) ?? false }) else {
            return insert(Event(timeNanoseconds: now, level: .error, source: "finding", text: bug.sentence, brokenWrite: bug))
        }
        // The cause of it may have come since.
        if allEvents[place].brokenWrite?.kind != bug.kind { allEvents[place].text = bug.sentence }
        allEvents[place].brokenWrite = bug
    }

    /// Forgets all samples and events, as before the first.
    mutating func forget() { self = KnownRun(capacity: history.capacity) }

    /// Forgets all but the newest moment, from which rates go on; peaks start over.
    mutating func forgetPast() {
        history.forgetPast()
        unread.read()
        allEvents = []
        found.restart()
        held = nil
    }

    // MARK: The moment that is shown

    var isHeld: Bool { held != nil }

    /// The display stands still at another moment than the one at which it stopped.
    var isScrubbed: Bool { held.map { $0.end != $0.history.added } ?? false }

    /// Stands still at the newest moment.
    mutating func hold() { if held == nil { held = Hold(history, allEvents) } }

    mutating func goLive() { held = nil }

    /// So many moments further, or back where it is negative. Back holds the display by itself; on moves only one that is held.
    mutating func scrub(_ moments: Int) {
        if moments < 0 { hold() }
        held?.scrub(moments)
    }

    /// Stands still at the first moment that knows of a time.
    mutating func look(atNanoseconds time: UInt64) {
        hold()
        held?.look(atNanoseconds: time)
    }

    /// The moments that the display may show, and up to which of them, as `History.added` counts.
    var shownHistory: History { held?.history ?? history }
    var end: Int { held?.end ?? history.added }

    /// The events that the display may show.
    var events: [Event] { held?.events ?? allEvents }

    /// The moment of lists and meters: the shown one, or while the display runs one up to half a second before.
    var listedMoment: Moment? {
        isHeld ? shownMoment : settled
    }

    /// The moment that is shown; nil before the first sample.
    var shownMoment: Moment? {
        let history = shownHistory, index = end - (history.added - history.count) - 1
        return index >= 0 && index < history.count ? history[index] : nil
    }

    /// The sample that is shown, and whether it is whole.
    var shownSample: (sample: Sample, isWhole: Bool)? {
        if held.map({ $0.end == history.added }) ?? true { return newest.map { ($0, true) } }
        return shownMoment.map { moment in
            var server = moment.server
            var client = moment.client
            if server == nil { client?.connections = moment.rows.map(\.sample) } else { server?.connections = moment.rows.map(\.sample) }
            var sample = Sample(
                timeNanoseconds: moment.timeNanoseconds, intervalNanoseconds: 0, server: server, client: client,
                process: moment.process)
            sample.watch = moment.watch
            sample.unknown = moment.unknown
            sample.parts = moment.parts
            sample.phase = moment.phase
            sample.isWarmup = moment.isWarmup
            return (sample, false)
        }
    }
}
