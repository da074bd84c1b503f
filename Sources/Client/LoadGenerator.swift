internal import HTTP2
internal import Load
package import Loop
internal import Measurements
internal import TLS

/// The clients of one loop, and the decision when each asks for something.
///
/// Closed load: a client asks again as soon as it was answered. Open load: the schedule
/// says when, by arithmetic, whatever the answers do; what no client has a stream for
/// waits and is counted, and its response time runs from when it was due.
///
/// Everything here belongs to the loop's thread.
///
/// `@safe`: the pointer to its counters is its own.
@safe
package final class LoadGenerator: TimerTarget {
    let loop: EventLoop
    var configuration: ClientConfiguration
    let sessions: SessionFactory
    let records: RequestRecordPool
    let templates: RequestTemplates
    /// nil: answers are not looked at.
    let checker: BodyChecker?

    /// In no order: a client that ends gives its place to the last one.
    var clients: [HTTPClient] = []
    /// Clients with a stream to spare, in turn; only an open load asks.
    var available = ClientQueue()
    private var nextClientNumber = 0

    /// nil: closed load. Behind a pointer, as the counters.
    var schedule: OpenSchedule? {
        _read { yield unsafe scheduleStorage.pointee }
        _modify { yield unsafe &scheduleStorage.pointee }
    }
    private let scheduleStorage: UnsafeMutablePointer<OpenSchedule?>
    var timeline: PhaseTimeline
    /// Each stream asks again as soon as it was answered. With phases: in this one.
    var isClosed: Bool
    /// Requests that no schedule wanted.
    private(set) var unscheduledCount: UInt64 = 0
    private let share: (rate: Double, phase: Double)?
    private let pace: Timer
    var isPaused = false
    /// The drain's deadline has been set: no new requests.
    package private(set) var isStopping = false
    private let drainTimer: Timer

    private(set) var nowNanoseconds = EventLoop.monotonicNanoseconds()
    /// What has been counted so far; gauges that cost a walk are filled in by `sample`.
    ///
    /// Behind a pointer: as a stored property each of a request's counts would be checked for
    /// exclusive access at run time, 80 instructions a time.
    var counters: ClientSample {
        _read { yield unsafe countersStorage.pointee }
        _modify { yield unsafe &countersStorage.pointee }
    }
    private let countersStorage: UnsafeMutablePointer<ClientSample>
    let serviceTimes = LatencyRecorder()
    let responseTimes = LatencyRecorder()
    let scheduleDelays = LatencyRecorder()
    /// What the caches of clients that have ended counted.
    var endedCaches = ClientSample()
    /// The caches that new clients here use; nil when each has its own.
    var commonCaches: Caches?
    /// Those and the ones of before, which clients of then still use, and which count on.
    var allCommonCaches: [CacheScope: Caches] = [:]
    /// Goes up with each choice of who owns the caches: clients of another number have others.
    var cacheChoice = 0
    /// What happened since the last reading.
    var events: [ClientEvent] = []
    /// Shapes of answers that were told of.
    var toldShapes: Set<String> = []
    /// Of what is random in requests.
    let requestSeed: UInt64
    private var nextNumber: UInt64
    private let numberStride: UInt64
    /// Values of headers that were not as expected, of answers that are not judged yet.
    var otherValues: [(number: UInt64, name: String, value: String)] = []
    /// Retries and the circuit breaker; nil when both are off.
    let resilience: Resilience?
    var pendingByteHighWater = 0
    private var givenUpCount = 0
    private var earlyCloseCredit = 0.0
    /// Why a client could not connect, the last time.
    package internal(set) var lastConnectError: ConnectError?

    /// This loop's TLS; nil: in the clear.
    var tlsContext: TLSContext?
    /// Whom sessions are good for.
    let origin: TLSOrigin
    private var onEnd: (() -> Void)?
    private var onDone: (() -> Void)?

    /// Shortest pause between two looks at the schedule: libuv's timers know milliseconds.
    private static let paceNanoseconds: UInt64 = 1_000_000
    /// Longest pause, also when nothing is due for days.
    private static let longestPaceNanoseconds: UInt64 = 1_000_000_000

    /// - Parameters:
    ///   - share: this loop's part of an open load, requests per second and the part of a
    ///     period by which it is later than the first loop's; nil for a closed load.
    ///   - onDone: called once, on the loop, when all requests have ended or nobody can connect.
    ///   - onEnd: called once, on the loop, when `stop` is through.
    package init(
        loop: EventLoop, configuration: ClientConfiguration, share: (rate: Double, phase: Double)?,
        onDone: @escaping () -> Void, onEnd: @escaping () -> Void
    ) throws(ConnectError) {
        // A load client checks what it needs itself, and saves the library's validation.
        guard let sessions = SessionFactory(validatesMessages: false) else {
            throw .system(LoopError(call: "nghttp2_session_callbacks_new", code: LoopError.noMemory))
        }
        tlsContext = try LoadGenerator.makeContext(configuration, loop)
        origin = TLSOrigin(
            host: configuration.tls?.serverName ?? "", port: configuration.address.port,
            protocols: configuration.httpVersion.protocols)
        unsafe countersStorage = .allocate(capacity: 1)
        unsafe countersStorage.initialize(to: ClientSample())
        unsafe scheduleStorage = .allocate(capacity: 1)
        unsafe scheduleStorage.initialize(to: nil)
        self.loop = loop
        self.configuration = configuration
        self.sessions = sessions
        self.share = share
        timeline = PhaseTimeline([], startNanoseconds: 0)
        isClosed = share == nil
        self.onDone = onDone
        self.onEnd = onEnd
        templates = RequestTemplates(configuration)
        records = RequestRecordPool(textByteCount: templates.expandedByteLimit)
        requestSeed = configuration.requestSeed
        nextNumber = configuration.firstSeed
        numberStride = configuration.seedStride
        checker = configuration.checkedTargets.map {
            BodyChecker($0, firstSeed: configuration.firstSeed, seedStride: configuration.seedStride)
        }
        resilience = Resilience(configuration, loop)
        pace = Timer(loop: loop)
        drainTimer = Timer(loop: loop)
        useCaches(configuration.caches)
        counters.loopCount = 1
        pace.target = self
        drainTimer.target = self
        resilience?.generator = self
    }

    static func makeContext(_ configuration: ClientConfiguration, _ loop: EventLoop) throws(ConnectError) -> TLSContext? {
        guard var tls = configuration.tls?.configuration else { return nil }
        tls.protocols = configuration.httpVersion.protocols
        tls.takesSessions = tls.takesSessions && configuration.caches.keepsSessions
        do { return try TLSContext(tls, pool: loop.arenas) } catch { throw .setup(error) }
    }

    deinit {
        unsafe countersStorage.deinitialize(count: 1)
        unsafe countersStorage.deallocate()
        unsafe scheduleStorage.deinitialize(count: 1)
        unsafe scheduleStorage.deallocate()
    }

    /// Connects all clients. On the loop's thread, once.
    package func start() {
        refreshNow()
        if !configuration.phases.isEmpty {
            let start = configuration.startNanoseconds ?? nowNanoseconds
            timeline = PhaseTimeline(configuration.phases, startNanoseconds: start)
            if configuration.phases.contains(where: \.isOpen) {
                schedule = OpenSchedule(PhaseSchedule(
                    configuration.phases, startNanoseconds: start, phase: share?.phase ?? 0, seed: configuration.seed))
            }
            // Until the first phase, which `lookAtSchedule` enters.
            isClosed = false
        } else if let share {
            schedule = OpenSchedule(
                rate: share.rate, phase: share.phase, startNanoseconds: nowNanoseconds,
                duration: configuration.durationNanoseconds, limit: configuration.requests)
        }
        setConnections(configuration.connections)
        lookAtSchedule()
        // A loop whose part of a few requests is none is through at once.
        reportIfDone()
    }

    /// Once an event: reading the clock for each request costs more than the request's histogram.
    func refreshNow() { nowNanoseconds = EventLoop.monotonicNanoseconds() }

    // MARK: What to ask next

    /// When the next request was meant to be sent, if there is one to send now; `anyTime` when
    /// nobody meant any time.
    func nextRequest() -> UInt64? {
        guard !isStopping && !isPaused else { return nil }
        if schedule != nil, let intended = schedule?.takeRequest(atNanoseconds: nowNanoseconds) { return intended }
        // The timer enters the next phase; a closed load does not outlive its own.
        guard isClosed, nowNanoseconds < timeline.nextNanoseconds else { return nil }
        if let limit = configuration.requests, counters.startedRequests >= UInt64(limit) { return nil }
        unscheduledCount += 1
        return LoadGenerator.anyTime
    }

    /// The number of the next request, which no other loop's has.
    func takeNumber() -> UInt64 {
        defer { nextNumber &+= numberStride }
        return nextNumber &+ 1
    }

    /// A closed load asks as soon as it can.
    static let anyTime: UInt64 = 0

    /// Whether the next request is one of those whose connection is closed early: a share of
    /// them, spread evenly.
    func takesEarlyClose(share: Double) -> Bool {
        earlyCloseCredit += share
        guard earlyCloseCredit >= 1 else { return false }
        earlyCloseCredit -= 1
        return true
    }

    func clientIsAvailable(_ client: HTTPClient) {
        if schedule != nil { available.append(client) }
    }

    /// Hands what is due to the clients that have room, each in turn.
    func sendWhatIsDue() {
        guard schedule != nil, !isStopping, !isPaused else { return }
        var due = schedule?.dueCount(atNanoseconds: nowNanoseconds) ?? 0
        while due > 0, let client = available.popFirst() {
            // A fair share for each, so that one connection does not take the whole tick.
            let share = max(1, Int(clamping: due) / (available.count + 1))
            let before = counters.startedRequests
            let hasMore = client.start(upTo: share)
            client.flush()
            if client.spareStreamCount > 0 { available.append(client) }
            if !hasMore { return }
            due -= min(due, counters.startedRequests - before)
        }
    }

    /// Sends what is due and comes back for the next.
    func lookAtSchedule() {
        guard !isStopping else { return }
        enterPhaseOfNow()
        sendWhatIsDue()
        let next = min(isPaused ? .max : schedule?.nextNanoseconds ?? .max, timeline.nextNanoseconds)
        guard next < .max else { return pace.stop() }
        pace.setDeadline(nanoseconds: max(
            nowNanoseconds + LoadGenerator.paceNanoseconds,
            min(next, nowNanoseconds + LoadGenerator.longestPaceNanoseconds)))
    }

    /// Time to look at the schedule, or the end of the drain.
    package func timerDidFire(_ timer: Timer) {
        refreshNow()
        if timer === pace { return lookAtSchedule() }
        for client in Array(clients) { client.abort() }
    }

    // MARK: Clients

    /// The caches of a client.
    func makeCaches() -> Caches { commonCaches ?? Caches(configuration.caches, .one) }

    /// Another client, which connects.
    ///
    /// - Parameter former: one that has ended, whose place it takes with other caches.
    func addClient(insteadOf former: HTTPClient? = nil) {
        let client = HTTPClient(generator: self, number: nextClientNumber)
        nextClientNumber += 1
        if let former { client.goOn(for: former) }
        client.index = clients.count
        clients.append(client)
        client.connect()
    }

    func clientDidEnd(_ client: HTTPClient) {
        if client.ownsCaches { client.caches.add(to: &endedCaches) }
        available.remove(client)
        let last = clients.removeLast()
        if last !== client {
            clients[client.index] = last
            last.index = client.index
        }
        if isStopping && clients.isEmpty { end() }
    }

    /// A client could not connect any more. When none is left, what was to be asked is counted as errored.
    func clientDidGiveUp() {
        givenUpCount += 1
        guard clients.isEmpty else { return }
        resilience?.endWaiting()
        countUnasked()
        reportIfDone()
    }

    // MARK: The end

    /// All requests of this loop have been asked and have ended.
    package var isDone: Bool {
        guard let limit = configuration.requests else { return false }
        return counters.doneRequests >= UInt64(limit)
    }

    /// No client is left, and none of them ended because it was told to.
    package var hasGivenUp: Bool { !isStopping && clients.isEmpty && givenUpCount > 0 }

    func reportIfDone() {
        guard let onDone, isDone || hasGivenUp else { return }
        self.onDone = nil
        onDone()
    }

    /// Starts nothing more, waits for what is in flight, and drops the rest at the deadline.
    ///
    /// - Parameter askedNanoseconds: when the end was decided. What was due by then is still sent
    ///   where there is a stream for it; what is not was dropped. Later requests were never wanted.
    package func stop(askedNanoseconds: UInt64, withinNanoseconds nanoseconds: UInt64) {
        guard !isStopping else { return }
        refreshNow()
        schedule?.freeze(atNanoseconds: askedNanoseconds)
        sendWhatIsDue()
        isStopping = true
        pace.close()
        resilience?.endWaiting()
        drainTimer.setDeadline(nanoseconds: nowNanoseconds + nanoseconds)
        for client in Array(clients) { client.retire() }
        if clients.isEmpty { end() }
    }

    private func end() {
        guard let onEnd else { return }
        self.onEnd = nil
        drainTimer.close()
        resilience?.close()
        onEnd()
    }
}
