internal import HTTP2
internal import Load
package import Loop
package import Measurements

/// The load of one loop on one origin: runs its clients by its schedule, and counts the outcome.
///
/// Everything here belongs to the loop's thread.
package final class LoadGenerator: TimerTarget, PreciseTimerTarget {
    /// Where it lives.
    package let loop: EventLoop
    let configuration: ClientConfiguration
    let clock = LoopClock()
    let accounts: LoadAccounts
    let schedule: LoadSchedule
    let requests: RequestFactory
    let clients: ClientPool
    let connectTurns: ConnectTurns
    let caches: LoopCaches
    /// Retries and the circuit breaker; nil when both are off.
    let resilience: Resilience?
    let judge: AnswerJudge
    let sessions: SessionFactory
    var tls: ClientTLS
    var destination: Destination
    /// Connections with room for a request, in turn; only an open load asks.
    private var available = ConnectionQueue()
    /// Why a client could not connect, the last time.
    package var lastConnectError: ConnectError?

    private enum State { case running, stopping, ended }
    private var state = State.running
    private let timers: LoadTimers
    private var onDone: (() -> Void)?
    private let onEnd: () -> Void

    /// Shortest pause between two looks at the schedule. Requests that are due within it go out together:
    /// beyond 20 000 a second a look for each would cost more than it makes punctual.
    private static let paceNanoseconds: UInt64 = 50_000
    /// Longest pause, also when nothing is due for days.
    private static let longestPaceNanoseconds: UInt64 = 1_000_000_000

    /// - Parameters:
    ///   - onDone: called once, on the loop, when all requests have ended or no client can connect.
    ///   - onEnd: called once, on the loop, when `stop` is through.
    package init(
        loop: EventLoop, configuration: ClientConfiguration, onDone: @escaping () -> Void, onEnd: @escaping () -> Void
    ) throws(ConnectError) {
        // A load client makes the checks that it needs itself, and saves the library's validation.
        guard let sessions = SessionFactory(messageCheck: .none, sentHeadByteLimit: RequestKind.headByteLimit) else {
            throw .system(LoopError(call: "nghttp2_session_callbacks_new", code: LoopError.noMemory))
        }
        tls = try ClientTLS(configuration, configuration.caches, loop)
        do { timers = try LoadTimers(loop: loop) } catch { throw .system(error) }
        do { connectTurns = try ConnectTurns(loop: loop) } catch {
            timers.close()
            throw .system(error)
        }
        self.loop = loop
        self.configuration = configuration
        self.sessions = sessions
        self.onDone = onDone
        self.onEnd = onEnd
        destination = Destination(configuration)
        schedule = LoadSchedule(configuration)
        accounts = LoadAccounts(
            clock, kinds: RequestKind.names(of: configuration.kinds), hasResponseTimes: schedule.isOpen || configuration.retries != nil,
            keepsExcerpts: configuration.options.keepsAnswerBytes, origin: configuration.origin.isWhole ? nil : configuration.authority)
        requests = RequestFactory(configuration)
        judge = AnswerJudge(accounts, requests)
        clients = ClientPool(streamLimit: configuration.streams)
        caches = LoopCaches(configuration.caches)
        resilience = Resilience(configuration, loop)
        timers.pace.target = self
        timers.drain.target = self
        timers.beat.target = self
        resilience?.generator = self
    }

    /// Connects all clients. On the loop's thread, once.
    package func start() {
        clock.watch(true)
        timers.beat.setDeadline(nanoseconds: clock.beat())
        schedule.begin(atNanoseconds: clock.nowNanoseconds)
        setConnections(configuration.connections)
        lookAtSchedule()
        // A loop without a share finishes at once.
        reportIfDone()
    }

    // MARK: Asking

    /// The next request for a connection of this client; nil: none is to be sent now.
    func takeRequest(for client: HTTPClient) -> UnsafeMutablePointer<RequestRecord>? {
        if let resilience { return unsafe takeRequest(for: client, resilience) }
        return unsafe takeNewRequest(for: client)
    }

    /// The same, without a look at retries and the circuit breaker: first those that the client's last peer has not looked at.
    func takeNewRequest(for client: HTTPClient) -> UnsafeMutablePointer<RequestRecord>? {
        if let record = unsafe client.takeResend() { return unsafe record }
        if clock.hasStoodStill { skipMissed() }
        let now = clock.nowNanoseconds
        guard let due = schedule.takeRequest(atNanoseconds: now) else { return nil }
        accounts.requestDidStart()
        return unsafe requests.make(turn: client.takeTurn(), due, atNanoseconds: now)
    }

    /// A connection has room for a request, and there was none for it.
    func connectionIsAvailable(_ connection: ClientConnection) {
        if schedule.isOpen { available.append(connection) }
    }

    /// A connection takes no requests any more.
    func connectionIsUnavailable(_ connection: ClientConnection) {
        if schedule.isOpen { available.remove(connection) }
    }

    /// Hands the due requests to the connections that have room, each in turn.
    private func sendWhatIsDue() {
        guard schedule.isOpen else { return }
        if clock.hasStoodStill { skipMissed() }
        var due = schedule.dueCount(atNanoseconds: clock.nowNanoseconds)
        while due > 0, let connection = available.popFirst() {
            // A fair share for each, so that one connection does not take everything that is due.
            let share = max(1, Int(clamping: due) / (available.count + 1))
            let before = accounts.counters.requests.started
            let hasMore = connection.start(upTo: share)
            if connection.hasRoom { available.append(connection) }
            if !hasMore { return }
            due -= min(due, accounts.counters.requests.started - before)
        }
        if due > 0 { accounts.connectionsAreFull(clients.count) }
    }

    /// The load goes on after a standstill: what was due by now is left out, where that is asked for.
    private func skipMissed() {
        clock.catchUp()
        guard configuration.options.catchUp == .skip else { return }
        while schedule.skipScheduled(atNanoseconds: clock.nowNanoseconds) { accounts.counters.requests.skipped += 1 }
        reportIfDone()
    }

    /// Enters the phase of now, sends the due requests, and comes back for the next.
    func lookAtSchedule() {
        guard state == .running else { return }
        let wasWarmup = schedule.isWarmup
        if schedule.enterPhase(atNanoseconds: clock.nowNanoseconds) {
            if wasWarmup && !schedule.isWarmup { endWarmup() }
            refillAll()
        }
        sendWhatIsDue()
        let next = schedule.nextNanoseconds
        guard next < .max else { return timers.pace.stop() }
        timers.pace.setDeadline(nanoseconds: max(
            clock.nowNanoseconds + LoadGenerator.paceNanoseconds,
            min(next, clock.nowNanoseconds + LoadGenerator.longestPaceNanoseconds)))
    }

    /// Failures count from here on: of each kind the first one is told again.
    private func endWarmup() {
        accounts.forgetExamples()
        judge.tellAgain()
    }

    /// Asks every client whether it has room for more.
    func refillAll() { clients.forEach { $0.refill() } }

    /// Time to look at the schedule.
    package func deadlineDidPass(of timer: PreciseTimer) {
        clock.refresh()
        lookAtSchedule()
    }

    /// The time of the drain is over; or it is time for a look at the clock.
    package func timerDidFire(_ timer: Timer) {
        guard timer !== timers.beat else { return timer.setDeadline(nanoseconds: clock.beat()) }
        clock.refresh()
        accounts.drainDidEnd()
        clients.forEach { $0.abort() }
    }

    // MARK: Events of the clients

    /// Reads the answers of one client, with the caches that are chosen now.
    func makeAnswerReader(clientNumber: Int) -> AnswerReader {
        AnswerReader(caches.make(), accounts, judge, requests.checker, clientNumber: clientNumber)
    }

    /// Whether the load has an end beside that of its requests. Until then clients go on trying to reach a server
    /// that was there; without such an end they would try for ever.
    var hasEndOfItsOwn: Bool {
        configuration.requests == nil || configuration.durationNanoseconds != nil || !configuration.phases.isEmpty
    }

    /// A server did not answer HTTP/2 by prior knowledge with HTTP/2. - Returns: whether HTTP/1.1 is tried instead.
    func fallBack() -> Bool {
        guard tls.context == nil, configuration.httpVersion == .negotiated, !hasEverConnected || destination.hasFallenBack
        else { return false }
        if destination.fallBack() {
            accounts.note(.warning, "the server does not speak HTTP/2 by prior knowledge: HTTP/1.1 is spoken (--h2c insists)")
        }
        return true
    }

    /// Whether any client has ever been connected.
    var hasEverConnected: Bool { accounts.counters.connectionCounts.opened > 0 }

    /// A client could not connect.
    func attemptDidFail(_ error: ConnectError) {
        let error = configuration.origin.isWhole ? error : .ofOrigin(configuration.authority, error)
        accounts.attemptDidFail(error)
        lastConnectError = error
        resilience?.connectDidFail(atNanoseconds: clock.nowNanoseconds)
    }

    /// A request is over, unless it is one to be sent again.
    /// - Parameters:
    ///   - reason: nil where it was answered in full, or the failure says it.
    ///   - evidence: bytes of the peer's that show it, and their place.
    func requestDidEnd(
        _ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?, _ reason: FailureReason?, evidence: String = "",
        _ answers: AnswerReader
    ) {
        let status = unsafe record.pointee.status
        // How most requests end, without a look at words.
        if failure == nil, status < 400, resilience == nil, unsafe !answers.checks(record) { return unsafe finish(record, nil, nil) }
        let came = evidence.isEmpty ? "" : ", " + evidence
        if let resilience, unsafe keepForRetry(record, failure, answers, resilience) {
            return accounts.noteFailure(
                reason ?? failure?.reason ?? .status(status), of: .attempt, unsafe requests.text(of: record.pointee) + came)
        }
        switch unsafe answers.finish(record, failure) {
        case .wrong(let fault, let words):
            let more = reason.map { ", \($0.text)" } ?? ""
            unsafe finish(record, failure, fault, words.isEmpty ? came : ": " + words + more + came)
        case .expected: unsafe finish(record, failure, failure == nil ? nil : reason ?? failure?.reason, came)
        case .unchecked:
            unsafe finish(record, failure, failure == nil ? status < 400 ? nil : .status(status) : reason ?? failure?.reason, came)
        }
    }

    /// Counts a request that is over, and takes its record back.
    /// - Parameters:
    ///   - reason: why it has failed; nil: it has succeeded.
    ///   - words: what shows it, behind the request's name.
    func finish(
        _ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?, _ reason: FailureReason?, _ words: String = ""
    ) {
        if let reason {
            let request = unsafe (number: record.pointee.number, kindIndex: record.pointee.kindIndex, turnCount: requests.turnCount)
            accounts.noteFailure(reason, of: .request, at: request, unsafe requests.text(of: record.pointee) + words + accounts.excerpt(of: record.pointee))
        }
        unsafe accounts.requestDidEnd(record.pointee, failure, hasSucceeded: reason == nil)
        reportIfDone()
        unsafe requests.give(record)
    }

    func clientDidEnd(_ client: HTTPClient) {
        clients.remove(client)
        if state == .stopping && clients.isEmpty { end() }
    }

    /// A client could not connect any more, and has ended. Without clients, requests that were never sent are errors.
    func clientDidGiveUp() {
        guard clients.isEmpty else { return }
        resilience?.endWaiting()
        if let limit = configuration.requests { accounts.countUnasked(of: UInt64(limit)) }
        report()
    }

    // MARK: The end

    /// All requests of this loop have been asked and have ended.
    private var isDone: Bool {
        guard let limit = configuration.requests else { return false }
        return accounts.counters.requests.done + accounts.counters.requests.skipped >= UInt64(limit)
    }

    /// Says once that all requests have ended, when they have.
    func reportIfDone() { if isDone { report() } }

    private func report() {
        guard let onDone else { return }
        self.onDone = nil
        onDone()
    }

    /// Whether `stop` was called: no new requests.
    var isStopping: Bool { state != .running }

    /// Starts nothing more, waits for requests in flight, and drops the rest at the deadline.
    ///
    /// - Parameter askedNanoseconds: when the end was decided. A request that was due by then is still
    ///   sent where a connection has room for it, and dropped where none has. Later requests were never wanted.
    package func stop(askedNanoseconds: UInt64, withinNanoseconds nanoseconds: UInt64) {
        guard state == .running else { return }
        clock.refresh()
        schedule.freeze(atNanoseconds: askedNanoseconds)
        sendWhatIsDue()
        dropWhatIsDue()
        schedule.stop()
        state = .stopping
        timers.pace.close()
        resilience?.endWaiting()
        timers.drain.setDeadline(nanoseconds: clock.nowNanoseconds + nanoseconds)
        clients.forEach { $0.retire() }
        if clients.isEmpty { end() }
    }

    /// Accounts for the time that the requests have waited which no connection had room for.
    private func dropWhatIsDue() {
        let now = clock.nowNanoseconds
        // Neighbours are taken together where they are very many: their times hardly differ.
        let count = 1 + schedule.dueCount(atNanoseconds: now) / LoadGenerator.droppedTimeLimit
        while let dropped = schedule.takeScheduled(upTo: count, atNanoseconds: now) {
            accounts.requestsWereDropped(dropped.count, waitedNanoseconds: now - dropped.intendedNanoseconds)
        }
    }

    /// Times of dropped requests that are told apart: some milliseconds of work at the end.
    private static let droppedTimeLimit: UInt64 = 100_000

    private func end() {
        guard state == .stopping else { return }
        state = .ended
        clock.watch(false)
        timers.close()
        connectTurns.close()
        resilience?.close()
        onEnd()
    }

    // MARK: Samples

    /// This loop's reading, now, with the latencies since the reading before.
    package func sample() -> ClientSample {
        clock.refresh()
        // Requests that are due by now go out before the reading: those that still wait have no room.
        sendWhatIsDue()
        var sample = accounts.take()
        sample.requests.scheduled = max(
            sample.requests.started, schedule.scheduledCount(atNanoseconds: clock.nowNanoseconds))
        sample.requests.queued = isStopping ? 0 : Int(sample.requests.scheduled - min(sample.requests.scheduled, sample.requests.started + sample.requests.skipped))
        caches.add(to: &sample)
        requests.checker?.add(to: &sample)
        resilience?.add(to: &sample)
        clients.forEach { $0.add(to: &sample) }
        accounts.setPendingHighWater(of: &sample)
        if !configuration.origin.isWhole {
            let counts = sample.connectionCounts
            sample.origins = [OriginSample(configuration.authority, opened: counts.opened, failed: counts.failed)]
        }
        return sample
    }
}
