internal import HTTP2
package import Loop
package import Measurements

/// The clients of one loop, and the decision when each asks for something.
///
/// Closed load: a client asks again as soon as it was answered. Open load: the schedule
/// says when, by arithmetic, whatever the answers do; what no client has a stream for
/// waits and is counted, and its response time runs from when it was due.
///
/// Everything here belongs to the loop's thread.
package final class LoadGenerator: TimerTarget {
    let loop: EventLoop
    var configuration: ClientConfiguration
    let sessions: SessionFactory
    let records = RequestRecordPool()
    let request: RequestTemplate

    private var clients: [HTTPClient] = []
    /// Clients with a stream to spare, in turn; only an open load asks.
    private var available: [HTTPClient] = []
    private var nextClientNumber = 0

    /// nil: closed load.
    private var schedule: Schedule?
    private let share: (rate: Double, phase: Double)?
    private let pace: Timer
    private var isPaused = false
    /// The drain's deadline has been set: no new requests.
    private var isStopping = false
    private let drainTimer: Timer

    private(set) var nowNanoseconds = EventLoop.monotonicNanoseconds()
    var counters = ClientSample()
    private var startedOfSchedule: UInt64 = 0
    private var pendingByteHighWater = 0
    private var givenUpCount = 0
    /// Why a client could not connect, the last time.
    package internal(set) var lastConnectError: LoopError?
    private var onEnd: (() -> Void)?
    private var onDone: (() -> Void)?

    /// Shortest pause between two looks at the schedule: libuv's timers know milliseconds.
    private static let paceNanoseconds: UInt64 = 1_000_000

    /// - Parameters:
    ///   - share: this loop's part of an open load, requests per second and the part of a
    ///     period by which it is later than the first loop's; nil for a closed load.
    ///   - onDone: called once, on the loop, when all requests have ended or nobody can connect.
    ///   - onEnd: called once, on the loop, when `stop` is through.
    package init(
        loop: EventLoop, configuration: ClientConfiguration, share: (rate: Double, phase: Double)?,
        onDone: @escaping () -> Void, onEnd: @escaping () -> Void
    ) throws(LoopError) {
        // A load client checks what it needs itself, and saves the library's validation.
        guard let sessions = SessionFactory(validatesMessages: false) else {
            throw LoopError(call: "nghttp2_session_callbacks_new", code: -12)
        }
        self.loop = loop
        self.configuration = configuration
        self.sessions = sessions
        self.share = share
        self.onDone = onDone
        self.onEnd = onEnd
        request = RequestTemplate(configuration)
        pace = Timer(loop: loop)
        drainTimer = Timer(loop: loop)
        counters.loopCount = 1
        pace.target = self
        drainTimer.target = self
    }

    /// Connects all clients. On the loop's thread, once.
    package func start() {
        refreshNow()
        if let share { schedule = Schedule(rate: share.rate, startNanoseconds: nowNanoseconds, phase: share.phase) }
        setConnections(configuration.connections)
        lookAtSchedule()
    }

    /// Once an event: reading the clock for each request costs more than the request's histogram.
    func refreshNow() { nowNanoseconds = EventLoop.monotonicNanoseconds() }

    // MARK: What to ask next

    /// When the next request was meant to be sent, if there is one to send now.
    func nextRequest() -> UInt64? {
        guard !isStopping && !isPaused else { return nil }
        if let limit = configuration.requests, counters.startedRequests >= UInt64(limit) { return nil }
        guard let schedule else { return nowNanoseconds }
        guard startedOfSchedule < schedule.dueCount(atNanoseconds: nowNanoseconds) else { return nil }
        defer { startedOfSchedule += 1 }
        return schedule.intendedNanoseconds(ofRequest: startedOfSchedule)
    }

    func clientIsAvailable(_ client: HTTPClient) {
        guard schedule != nil, !client.isAvailable else { return }
        client.isAvailable = true
        available.append(client)
    }

    /// Hands what is due to the clients that have room, each in turn, and comes back.
    private func lookAtSchedule() {
        guard let schedule, !isStopping else { return }
        var waiting = available
        available.removeAll(keepingCapacity: true)
        for client in waiting { client.isAvailable = false }
        while !waiting.isEmpty {
            let dueCount = schedule.dueCount(atNanoseconds: nowNanoseconds)
            let due = dueCount - min(startedOfSchedule, dueCount)
            // A fair share for each, so that one connection does not take the whole tick.
            let share = max(1, Int(due) / waiting.count)
            let round = waiting
            waiting.removeAll(keepingCapacity: true)
            var isDry = due == 0
            for client in round {
                var started = 0
                while !isDry && started < share && client.spareStreamCount > 0 {
                    guard let intended = nextRequest() else { isDry = true; break }
                    client.start(intendedNanoseconds: intended)
                    started += 1
                }
                if started > 0 { client.flush() }
                if client.spareStreamCount > 0 {
                    if isDry {
                        // Those not reached stand first next time.
                        clientIsAvailable(client)
                    } else {
                        waiting.append(client)
                    }
                }
            }
            if isDry { for client in waiting { clientIsAvailable(client) }; break }
        }
        let next = schedule.intendedNanoseconds(ofRequest: startedOfSchedule) ?? .max
        let soonest = nowNanoseconds + LoadGenerator.paceNanoseconds
        pace.setDeadline(nanoseconds: max(soonest, min(next, nowNanoseconds + 1_000_000_000)))
    }

    /// Time to look at the schedule, or the end of the drain.
    package func timerDidFire(_ timer: Timer) {
        refreshNow()
        if timer === pace { return lookAtSchedule() }
        for client in Array(clients) { client.abort() }
    }

    // MARK: What became of it

    func requestWasSent(_ record: borrowing RequestRecord) {
        counters.scheduleDelay.record(nanoseconds: unsafe record.sentNanoseconds - min(record.intendedNanoseconds, record.sentNanoseconds))
    }

    func requestDidEnd(_ record: borrowing RequestRecord, _ failure: RequestFailure?) {
        counters.doneRequests += 1
        if let failure {
            counters.failedRequests += 1
            switch failure {
            case .closed: counters.errors.closed += 1
            case .reset: counters.errors.reset += 1
            case .goaway: counters.errors.goaway += 1
            case .protocolError: counters.errors.protocolError += 1
            case .aborted: counters.errors.aborted += 1
            case .timeout:
                counters.errors.timeout += 1
                counters.timedOutRequests += 1
                // A request that ran out of time took at least that long: leaving it out would flatter.
                unsafe recordLatency(record)
            }
            counters.erroredRequests += 1
        } else {
            unsafe counters.statuses.count(record.status)
            if unsafe record.status < 400 { counters.succeededRequests += 1 } else { counters.failedRequests += 1 }
            unsafe recordLatency(record)
        }
        if let limit = configuration.requests, counters.doneRequests >= UInt64(limit) { reportIfDone() }
    }

    private func reportIfDone() {
        guard let onDone, isDone || hasGivenUp else { return }
        self.onDone = nil
        onDone()
    }

    private func recordLatency(_ record: borrowing RequestRecord) {
        let sent = unsafe record.sentNanoseconds == 0 ? nowNanoseconds : record.sentNanoseconds
        let intended = unsafe min(record.intendedNanoseconds, sent)
        counters.serviceTime.record(nanoseconds: nowNanoseconds - min(sent, nowNanoseconds))
        counters.responseTime.record(nanoseconds: nowNanoseconds - min(intended, nowNanoseconds))
    }

    func absorb(_ stream: TCPStream) {
        counters.receivedBytes += stream.receivedBytes
        counters.sentBytes += stream.sentBytes
        counters.writes.direct += stream.directFlushes
        counters.writes.queued += stream.queuedWrites
    }

    /// A client could not connect any more. When none is left, what was to be asked is counted as errored.
    func clientDidGiveUp(_ client: HTTPClient) {
        givenUpCount += 1
        guard clients.isEmpty else { return }
        defer { reportIfDone() }
        guard let limit = configuration.requests else { return }
        let missing = UInt64(limit) - min(UInt64(limit), counters.startedRequests)
        counters.startedRequests += missing
        counters.doneRequests += missing
        counters.failedRequests += missing
        counters.erroredRequests += missing
        counters.errors.connect += missing
    }

    func clientDidEnd(_ client: HTTPClient) {
        endedStrings.merge(client.strings.counts)
        endedBuffers.merge(client.buffers.counts)
        clients.removeAll { $0 === client }
        available.removeAll { $0 === client }
        if isStopping && clients.isEmpty { end() }
    }

    private var endedStrings = CacheSample()
    private var endedBuffers = CacheSample()

    // MARK: Load under the fingers

    /// Requests per second of this loop from now on.
    package func setRate(_ rate: Double) {
        refreshNow()
        schedule?.setRate(isPaused ? 0 : rate, atNanoseconds: nowNanoseconds)
        lookAtSchedule()
    }

    /// Stops asking, or goes on. A pause of an open load does not pile up requests.
    package func setPaused(_ paused: Bool, rate: Double) {
        isPaused = paused
        setRate(rate)
        if !paused { refillAll() }
    }

    /// Most streams that each client opens from now on.
    package func setStreams(_ count: Int) {
        configuration.streams = count
        refreshNow()
        refillAll()
    }

    /// Clients of this loop from now on: new ones connect, surplus ones finish what they have in flight.
    package func setConnections(_ count: Int) {
        configuration.connections = count
        refreshNow()
        let active = clients.filter { !$0.isLeaving }
        if active.count > count {
            for client in active[count...] { client.retire() }
        } else {
            for _ in active.count..<count {
                let client = HTTPClient(generator: self, number: nextClientNumber)
                nextClientNumber += 1
                clients.append(client)
                client.connect()
            }
        }
    }

    private func refillAll() {
        for client in clients { client.refill() }
    }

    /// Starts nothing more, waits for what is in flight, and drops the rest at the deadline.
    package func stop(withinNanoseconds nanoseconds: UInt64) {
        guard !isStopping else { return }
        refreshNow()
        // What is due and not sent stays in the count of the scheduled: it was dropped.
        scheduledAtStop = scheduledCount
        isStopping = true
        pace.close()
        drainTimer.setDeadline(nanoseconds: nowNanoseconds + nanoseconds)
        for client in Array(clients) { client.retire() }
        if clients.isEmpty { end() }
    }

    private var scheduledAtStop: UInt64?

    private func end() {
        guard let onEnd else { return }
        self.onEnd = nil
        drainTimer.close()
        onEnd()
    }

    // MARK: Samples

    /// All requests of this loop have been asked and have ended.
    package var isDone: Bool {
        guard let limit = configuration.requests else { return false }
        return counters.doneRequests >= UInt64(limit)
    }

    /// No client is left, and none of them ended because it was told to.
    package var hasGivenUp: Bool { !isStopping && clients.isEmpty && givenUpCount > 0 }

    private var scheduledCount: UInt64 {
        if let scheduledAtStop { return scheduledAtStop }
        guard let schedule else { return counters.startedRequests }
        let due = schedule.dueCount(atNanoseconds: max(nowNanoseconds, 1))
        return min(due, configuration.requests.map { UInt64($0) } ?? .max)
    }

    /// This loop's reading, now, with what the histograms recorded since the reading before.
    package func sample() -> ClientSample {
        refreshNow()
        var sample = counters
        counters.serviceTime = LatencyHistogram()
        counters.responseTime = LatencyHistogram()
        counters.scheduleDelay = LatencyHistogram()
        sample.cpuNanoseconds = EventLoop.threadCPUNanoseconds()
        sample.scheduledRequests = scheduledCount
        sample.queuedRequests = isStopping ? 0 : Int(sample.scheduledRequests - min(sample.scheduledRequests, sample.startedRequests))
        sample.strings = endedStrings
        sample.buffers = endedBuffers
        sample.strings.entries = 0
        sample.buffers.entries = 0
        sample.strings.bytes = 0
        sample.buffers.bytes = 0
        sample.strings.entryLimit = 0
        sample.buffers.entryLimit = 0
        sample.strings.byteLimit = 0
        sample.buffers.byteLimit = 0
        for client in clients { client.addSample(to: &sample) }
        pendingByteHighWater = max(pendingByteHighWater, sample.writes.pendingBytes)
        sample.writes.pendingBytesHighWater = pendingByteHighWater
        return sample
    }
}
