internal import Loop
internal import Measurements
internal import Memory

/// The accounts of one loop's clients: counters, latencies, events.
///
/// `@safe`: the pointer to its counters is its own.
@safe
final class LoadAccounts {
    private let clock: LoopClock
    /// The server, where the load has several: events name it.
    private let origin: String?
    /// The counts so far; gauges that cost a walk are filled in for a reading.
    ///
    var counters: ClientSample {
        _read { yield unsafe books.pointee.counters }
        _modify { yield unsafe &books.pointee.counters }
    }
    /// What each request changes, behind a pointer: as stored properties each change would be checked for exclusive
    /// access at run time, 80 instructions a time.
    private struct Books {
        var counters = ClientSample()
        var gaps = AnswerGaps()
    }
    private let books: UnsafeMutablePointer<Books>
    /// Requests that have ended, by kind. The totals are their sums, which a reading makes.
    private let requests: RequestAccounts
    private let scheduleDelays = LatencyRecorder()
    /// Events since the last reading.
    private var events: [ClientEvent] = []
    /// The shapes of answers that clients have met.
    private var shapes: Set<String> = []
    private var pendingByteHighWater = 0
    private var cutOff = CutOff()
    private var excerpts: AnswerExcerpts?
    /// When requests that were due last found no connection with room for one.
    private var fullNanoseconds: UInt64 = 0
    /// When the first of the connections that are open was made, or the first after all were lost.
    private var reachedNanoseconds: UInt64 = 0
    /// Those that `counters.errors.reasons` counts, in the same order.
    private var reasons: [KnownReason] = []
    /// A reason, and which requests failed for it.
    private struct KnownReason {
        let reason: FailureReason
        let subject: FailureCount.Subject
        var rhythm: FailureRhythm
        /// By kind; empty where there is one.
        var kinds: [UInt64]

        /// This request has failed.
        mutating func add(_ number: UInt64, _ kindIndex: Int) {
            rhythm.add(number)
            if !kinds.isEmpty { kinds[kindIndex] += 1 }
        }
    }

    /// Shapes that are told of; a server that has more has nothing steady about it.
    private static let shapeLimit = 16

    /// Gaps of a loop that become events: enough to see whether they recur. The first of them are warnings, and all count.
    private static let gapLimit: UInt64 = 64
    private static let warnedGapLimit: UInt64 = 3

    /// Letters of an example: a request, what shows its failure, and the beginning of an answer.
    private static let exampleLimit = 500

    /// - Parameters:
    ///   - kinds: the names of the kinds of requests.
    ///   - hasResponseTimes: response times differ from service times: by a schedule, or by retries.
    ///   - keepsExcerpts: a failure's example shows how the body of its answer begins.
    ///   - origin: the server, where the load has several.
    init(_ clock: LoopClock, kinds: [String], hasResponseTimes: Bool, keepsExcerpts: Bool = true, origin: String? = nil) {
        excerpts = keepsExcerpts ? AnswerExcerpts() : nil
        self.clock = clock
        self.origin = origin
        requests = RequestAccounts(kinds, hasResponseTimes: hasResponseTimes)
        unsafe books = .allocate(capacity: 1)
        unsafe books.initialize(to: Books())
        counters.loops.count = 1
    }

    deinit {
        unsafe books.deinitialize(count: 1)
        unsafe books.deallocate()
    }

    // MARK: Connections

    func connectionDidOpen() {
        if counters.connectionCounts.open == 0 { reachedNanoseconds = clock.nowNanoseconds }
        counters.connectionCounts.opened += 1
        counters.connectionCounts.open += 1
        counters.connectionCounts.openHighWater = max(counters.connectionCounts.openHighWater, counters.connectionCounts.open)
        cutOff.connectionDidOpen(atNanoseconds: clock.nowNanoseconds)
    }

    /// An established connection is closing.
    func connectionWillClose(_ ending: ConnectionLife.Ending) {
        counters.connectionCounts.open -= 1
        cutOff.connectionDidEnd(ending, isLast: counters.connectionCounts.open == 0, atNanoseconds: clock.nowNanoseconds)
    }

    /// A client could not connect.
    func attemptDidFail(_ error: ConnectError) {
        noteFailure(.notConnected(error, isFirst: counters.connectionCounts.opened == 0), of: .connection, "")
        counters.connectionCounts.failed += 1
        cutOff.attemptDidFail()
    }

    /// Takes over the counts of a connection that has ended.
    func absorb(_ stream: TCPStream) {
        counters.receivedBytes += stream.receivedBytes
        counters.sentBytes += stream.sentBytes
        counters.writes.direct += stream.directFlushes
        counters.writes.queued += stream.queuedWrites
    }

    // MARK: Requests

    /// A connection takes a new request.
    func requestDidStart() {
        if counters.requests.started == counters.requests.done { unsafe books.pointee.gaps.waitDidBegin(atNanoseconds: clock.nowNanoseconds) }
        counters.requests.started += 1
    }

    /// Requests are due, and each open connection has as many in flight as it takes.
    /// - Parameter clientCount: there is one for each client, unless some are still being made.
    func connectionsAreFull(_ clientCount: Int) {
        if counters.connectionCounts.open >= clientCount { fullNanoseconds = clock.nowNanoseconds }
    }

    /// The request goes out with this flush.
    func requestWillBeSent(_ record: inout RequestRecord) {
        guard unsafe record.repeats.resends == 0 else { return }
        let now = clock.nowNanoseconds
        unsafe record.sentNanoseconds = now
        // A retry is meant for the time of its first attempt, and is late by that attempt, not by us.
        guard unsafe record.repeats.retries == 0 else { return }
        if unsafe !record.isScheduled {
            // A request of a closed load is meant for the moment at which it is sent.
            unsafe record.intendedNanoseconds = now
        } else {
            scheduleDelays.record(nanoseconds: unsafe now - record.intendedNanoseconds)
            if unsafe record.intendedNanoseconds <= fullNanoseconds && record.intendedNanoseconds >= reachedNanoseconds { counters.requests.delayed += 1 }
        }
    }

    /// Some of an answer's body has come.
    func bodyDidCome(_ bytes: UnsafeRawBufferPointer, _ record: borrowing RequestRecord) {
        unsafe books.pointee.gaps.bytesDidCome(atNanoseconds: clock.nowNanoseconds)
        unsafe requests.countBody(bytes.count, record)
        if unsafe record.status >= 400 { unsafe keepExcerpt(bytes, record) }
    }

    /// How the first failed answer of each status begins is told with it.
    private func keepExcerpt(_ bytes: UnsafeRawBufferPointer, _ record: borrowing RequestRecord) {
        let status = unsafe record.status
        guard excerpts != nil, !hasExample(of: .status(status)) else { return }
        unsafe excerpts?.keep(bytes, ofRequest: record.number)
    }

    /// How the body of this request's answer begins, behind the words of its failure; empty where that is not known.
    func excerpt(of record: borrowing RequestRecord) -> String {
        guard let text = unsafe excerpts?.take(ofRequest: record.number) else { return "" }
        return ", answered '\(text)'"
    }

    private func hasExample(of reason: FailureReason) -> Bool {
        reasons.firstIndex { $0.reason == reason && $0.subject == .request }.map { !counters.errors.reasons[$0].example.isEmpty } ?? false
    }

    /// "request 12 of the run": numbers are those of `{{seq}}`, from the first request on, and so those of the warm-up go before.
    static func text(ofRequest number: UInt64) -> String { "request \(number) of the run" }

    /// A request is over: with a whole answer where there is no failure.
    /// - Parameter hasSucceeded: the answer has a status below 400, or the expected one, and no check found it wrong.
    func requestDidEnd(_ record: borrowing RequestRecord, _ failure: RequestFailure?, hasSucceeded: Bool) {
        guard let failure else {
            if let gap = unsafe books.pointee.gaps.answerDidCome(atNanoseconds: clock.nowNanoseconds) { note(gap: gap) }
            counters.requests.done += 1
            return unsafe requests.countAnswer(record, hasSucceeded: hasSucceeded, atNanoseconds: clock.nowNanoseconds)
        }
        counters.requests.done += 1
        unsafe requests.countFailure(failure, record, atNanoseconds: clock.nowNanoseconds)
        switch failure {
        case .closed: counters.errors.closed += 1
        case .reset, .refused: counters.errors.reset += 1
        case .unprocessed: counters.errors.goaway += 1
        case .protocolError: counters.errors.protocolError += 1
        case .circuit: counters.errors.circuit += 1
        case .abandoned: counters.errors.abandoned += 1
        case .aborted: counters.errors.aborted += 1
        case .timeout: counters.errors.timeout += 1
        }
    }

    /// The time of the drain is over, and the requests that are in flight are given up: a server that has ceased to answer has
    /// a gap that no answer ends.
    func drainDidEnd() {
        guard counters.requests.started > counters.requests.done,
            let gap = unsafe books.pointee.gaps.runDidEnd(atNanoseconds: clock.nowNanoseconds)
        else { return }
        note(gap: gap)
    }

    /// A request that was due ends without being sent: the circuit breaker is open.
    func requestWasRefused() {
        counters.requests.started += 1
        counters.requests.done += 1
        requests.countUnsent(1)
        counters.errors.circuit += 1
        noteFailure(.circuit, of: .request, "")
    }

    /// So many requests of an open load were due so long ago, and are not sent: no connection had room for them until
    /// the end. They have waited at least so long.
    func requestsWereDropped(_ count: UInt64, waitedNanoseconds: UInt64) {
        scheduleDelays.record(nanoseconds: waitedNanoseconds, count: count)
        requests.recordDropped(count, waitedNanoseconds: waitedNanoseconds)
    }

    /// Counts the requests that are missing from so many as failed: no client can connect any more.
    func countUnasked(of limit: UInt64) {
        let missing = limit - min(limit, counters.requests.started)
        counters.requests.done += missing
        requests.countUnsent(missing)
        counters.errors.connect += missing
        noteFailure(.neverSent, of: .request, count: missing, "")
    }

    /// Counts a failure by its reason.
    /// - Parameters:
    ///   - subject: what failed.
    ///   - request: its number, its kind, and in how many requests the kinds take turns; nil: it has none.
    ///   - example: made for the first of its kind.
    func noteFailure(
        _ given: FailureReason, of subject: FailureCount.Subject, count: UInt64 = 1, at request: (number: UInt64, kindIndex: Int, turnCount: Int)? = nil,
        _ example: @autoclosure () -> String
    ) {
        guard count > 0 else { return }
        let reason = given.common, afterAnswers = given.isAfterAnswers ? count : 0
        let others = reasons.count..<counters.errors.reasons.count
        let known = reasons.firstIndex { $0.reason == reason && $0.subject == subject }
        if let index = known ?? others.first(where: { counters.errors.reasons[$0].subject == subject }) {
            counters.errors.reasons[index].count += count
            guard known != nil else { return }
            counters.errors.reasons[index].afterAnswers += afterAnswers
            if let request { reasons[index].add(request.number, request.kindIndex) }
            if counters.errors.reasons[index].example.isEmpty { counters.errors.reasons[index].example = LoadAccounts.printable(example(), limit: LoadAccounts.exampleLimit) }
        } else if reasons.count < FailureCount.limit {
            var failure = FailureCount(
                reason: LoadAccounts.printable(reason.text, limit: 200), count: count,
                example: LoadAccounts.printable(example(), limit: LoadAccounts.exampleLimit), of: subject)
            failure.afterAnswers = afterAnswers
            counters.errors.reasons.append(failure)
            let tellsKinds = subject == .request && request != nil && requests.names.count > (origin == nil ? 1 : 0)
            reasons.append(KnownReason(
                reason: reason, subject: subject, rhythm: FailureRhythm(turnCount: request?.turnCount ?? 1),
                kinds: tellsKinds ? Array(repeating: 0, count: requests.names.count) : []))
            if let request { reasons[reasons.endIndex - 1].add(request.number, request.kindIndex) }
        } else {
            counters.errors.reasons.append(FailureCount(reason: "reasons beyond the first \(FailureCount.limit)", count: count, example: "", of: subject))
        }
    }

    /// The kinds that failed for a reason; nil where they are not told.
    private func kinds(of known: KnownReason) -> [FailureCount.Kind]? {
        let kinds = known.kinds.enumerated().filter { $0.element > 0 }.map { FailureCount.Kind(name: requests.names[$0.offset], count: $0.element) }
        return kinds.isEmpty || kinds.count > FailureCount.kindLimit ? nil : kinds
    }

    /// The next failure of each kind becomes its example, and the first of its rhythm.
    func forgetExamples() {
        for index in counters.errors.reasons.indices { counters.errors.reasons[index].example = "" }
        for index in reasons.indices { reasons[index].rhythm.restart() }
    }

    // MARK: Events

    /// Something happened.
    func note(_ level: Event.Level, _ text: String) {
        guard events.count < ClientEvent.limit else { return }
        events.append(ClientEvent(monotonicNanoseconds: clock.nowNanoseconds, level: level, text: origin.map { "\($0): \(text)" } ?? text))
    }

    /// No answer came for so long. A gap in which the loop itself came late says nothing of the server.
    private func note(gap silence: AnswerGaps.Gap) {
        guard clock.lateNanoseconds + silence.nanoseconds < silence.endNanoseconds else { return }
        counters.requests.gaps.count += 1
        counters.requests.gaps.longestNanoseconds = max(counters.requests.gaps.longestNanoseconds, silence.nanoseconds)
        guard counters.requests.gaps.count <= LoadAccounts.gapLimit, events.count < ClientEvent.limit else { return }
        let done = counters.requests.done
        let gap = AnswerGap(
            durationNanoseconds: silence.nanoseconds, requestCount: counters.requests.started - min(done, counters.requests.started),
            answeredCount: done)
        events.append(ClientEvent(
            monotonicNanoseconds: silence.endNanoseconds, level: counters.requests.gaps.count > LoadAccounts.warnedGapLimit ? .info : .warning,
            text: origin.map { "\($0): \(gap.sentence)" } ?? gap.sentence, answerGap: gap))
    }

    /// A client has met a head that is new to it. A shape that several clients meet is told once; the
    /// first of all is how things are, and no event.
    func noteShape(_ text: String) {
        guard shapes.count < LoadAccounts.shapeLimit, shapes.insert(text).inserted, shapes.count > 1 else { return }
        note(.info, "response headers changed: \(LoadAccounts.printable(text))")
    }

    /// Text of a peer's, for a screen: one line of printable ASCII, not too long.
    static func printable(_ text: String, limit: Int = 120) -> String {
        String(text.unicodeScalars.prefix(limit).map { (32..<127).contains($0.value) ? Character($0) : "?" })
    }

    // MARK: Readings

    /// The counts so far, with the latencies and events since the last call.
    func take() -> ClientSample {
        var sample = counters
        for (index, known) in reasons.enumerated() where !known.reason.isOurs {
            sample.errors.reasons[index].rhythm = known.rhythm.finding
            sample.errors.reasons[index].kinds = kinds(of: known)
        }
        sample.setRequests(requests.take())
        sample.scheduleDelay = scheduleDelays.take()
        sample.loops.cpuNanoseconds = EventLoop.threadCPUNanoseconds()
        sample.loops.allocations = Allocations.byThisThread
        sample.requests.standstillNanoseconds = clock.standstillNanoseconds
        sample.requests.beats = clock.beats
        sample.requests.lateBeats = clock.lateBeats
        sample.connectionCounts.cutOffNanoseconds = cutOff.nanoseconds(atNanoseconds: clock.nowNanoseconds)
        if let count = cutOff.lostConnectionCount {
            sample.connectionCounts.cutOffLoops = 1
            sample.connectionCounts.lost = count
        }
        counters.requests.gaps.longestNanoseconds = 0
        sample.events = events
        events = []
        return sample
    }

    /// The high-water mark of unsent bytes, which this reading may raise.
    func setPendingHighWater(of sample: inout ClientSample) {
        pendingByteHighWater = max(pendingByteHighWater, sample.writes.pendingBytes)
        sample.writes.pendingBytesHighWater = pendingByteHighWater
    }
}
