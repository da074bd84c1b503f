internal import Load
internal import Loop
internal import Measurements

/// The policies of a loop's clients about failures: the circuit breaker before a request, retries after it.
///
/// All clients of a generator ask one origin, so there is one breaker. The machines decide; this type holds
/// the requests that wait, and the timer that wakes the clients.
final class Resilience: TimerTarget {
    weak var generator: LoadGenerator?
    private var breaker: CircuitBreaker?
    private var retries: RetryPolicy?
    private var queue = RetryQueue()
    private let timer: Timer
    private var openingCount: UInt64 = 0

    /// nil when the configuration has neither.
    init?(_ configuration: ClientConfiguration, _ loop: EventLoop) {
        guard configuration.retries != nil || configuration.circuitBreaker != nil else { return nil }
        breaker = configuration.circuitBreaker.map { CircuitBreaker($0) }
        // Loops do not draw the same pauses.
        retries = configuration.retries.map { RetryPolicy($0, seed: configuration.requestShare.index) }
        timer = Timer(loop: loop)
        timer.target = self
    }

    // MARK: The breaker

    /// Whether the next request may be sent.
    func ask(atNanoseconds now: UInt64) -> CircuitBreaker.Answer {
        guard let (answer, change) = breaker?.ask(atNanoseconds: now) else { return .pass }
        tell(change)
        return answer
    }

    /// A request has ended, with an answer or without.
    func requestDidEnd(isFailure: Bool, wasProbe: Bool, atNanoseconds now: UInt64) {
        tell(breaker?.requestDidEnd(isFailure: isFailure, wasProbe: wasProbe, atNanoseconds: now) ?? nil)
    }

    /// No connection could be made: a failure as well.
    func connectDidFail(atNanoseconds now: UInt64) {
        requestDidEnd(isFailure: true, wasProbe: false, atNanoseconds: now)
    }

    /// There was no request to probe with, or we ended it ourselves.
    func probeWasAbandoned() { breaker?.probeWasAbandoned() }

    private func tell(_ change: CircuitBreaker.Change?) {
        switch change {
        case nil: return
        case .opened:
            openingCount += 1
            generator?.accounts.note(.warning, "circuit breaker opens: requests fail, and no more are sent for now")
        case .halfOpened: generator?.accounts.note(.info, "circuit breaker half-open: one request is sent as a probe")
        case .closed:
            generator?.accounts.note(.info, "circuit breaker closes: the probe was answered")
            // All clients may ask again, at once.
            return timer.setDeadline(nanoseconds: 1)
        }
        arm()
    }

    // MARK: Retries

    /// A request was taken up.
    func requestDidStart() { retries?.requestDidStart() }

    /// - Returns: how long to wait before it is sent again; nil when it has failed for good.
    func pause(afterRetries count: Int, isRepeatable: Bool) -> UInt64? {
        retries?.pause(afterRetries: count, isRepeatable: isRepeatable) ?? nil
    }

    /// Keeps a request until it is due.
    func wait(_ record: UnsafeMutablePointer<RequestRecord>, untilNanoseconds due: UInt64) {
        unsafe queue.append(record, dueNanoseconds: due)
        arm()
    }

    /// A request that is due to be sent again, ready for it.
    func takeRetry(atNanoseconds now: UInt64) -> UnsafeMutablePointer<RequestRecord>? {
        guard let due = queue.nextNanoseconds, due <= now else { return nil }
        let record = unsafe queue.removeFirst()
        unsafe record.pointee = unsafe record.pointee.nextAttempt()
        return unsafe record
    }

    /// No more retries: requests that wait have failed, as they did the last time.
    func endWaiting() {
        while queue.nextNanoseconds != nil { unsafe end(queue.removeFirst()) }
    }

    private func end(_ record: UnsafeMutablePointer<RequestRecord>) {
        unsafe generator?.finish(record, record.pointee.failure, .notRetried)
    }

    // MARK: Time

    /// Sets the timer to when something can go on: the probe, or the first retry.
    private func arm(notBeforeNanoseconds earliest: UInt64 = 1) {
        let next: UInt64? =
            switch breaker?.state {
            case .open(let until): until
            // Its end is the next event.
            case .halfOpen(isProbing: true): nil
            case .halfOpen(isProbing: false), .closed, nil: queue.nextNanoseconds
            }
        if let next { timer.setDeadline(nanoseconds: max(next, earliest)) } else { timer.stop() }
    }

    func timerDidFire(_ timer: Timer) {
        guard let generator, !generator.isStopping else { return }
        generator.clock.refresh()
        generator.refillAll()
        // A retry that is due and found no connection with room is tried again soon.
        if !timer.isSet { arm(notBeforeNanoseconds: generator.clock.nowNanoseconds + Resilience.lookAgainNanoseconds) }
    }

    /// Time until the next look when a retry is due and no connection has room.
    private static let lookAgainNanoseconds: UInt64 = 10_000_000

    func close() { timer.close() }

    /// Adds the waiting requests and the state of the breaker.
    func add(to sample: inout ClientSample) {
        sample.requests.retryWaiting += queue.count
        sample.circuits.openings += openingCount
        switch breaker?.state {
        case .open, .halfOpen: sample.circuits.open += 1
        case .closed, nil: break
        }
    }
}
