internal import Measurements

// Requests that may be sent again, and those that the circuit breaker holds back. A load without
// policies passes none of this.
extension LoadGenerator {
    /// The next request, as the policies have it; nil: there is none that may be sent now.
    func takeRequest(for client: HTTPClient, _ resilience: Resilience) -> UnsafeMutablePointer<RequestRecord>? {
        var isProbe = false
        switch resilience.ask(atNanoseconds: clock.nowNanoseconds) {
        case .pass: break
        case .probe: isProbe = true
        case .refuse:
            refuseDue()
            return nil
        }
        guard let record = unsafe takeRetryOrNew(for: client, resilience) else {
            if isProbe { resilience.probeWasAbandoned() }
            return nil
        }
        unsafe record.pointee.isProbe = isProbe
        return unsafe record
    }

    private func takeRetryOrNew(for client: HTTPClient, _ resilience: Resilience) -> UnsafeMutablePointer<RequestRecord>? {
        if let record = unsafe resilience.takeRetry(atNanoseconds: clock.nowNanoseconds) {
            accounts.counters.requests.retried += 1
            return unsafe record
        }
        guard let record = unsafe takeNewRequest(for: client) else { return nil }
        resilience.requestDidStart()
        return unsafe record
    }

    /// The circuit breaker is open: a request that is due by the schedule fails at once. A closed load waits.
    private func refuseDue() {
        while schedule.skipScheduled(atNanoseconds: clock.nowNanoseconds) { accounts.requestWasRefused() }
        reportIfDone()
    }

    /// A request is over, with an answer or without. - Returns: whether it is kept, to be sent once more.
    func keepForRetry(
        _ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?, _ answers: AnswerReader, _ resilience: Resilience
    ) -> Bool {
        // A request that we ended ourselves says nothing about the origin.
        if failure == .aborted || failure == .abandoned {
            if unsafe record.pointee.isProbe { resilience.probeWasAbandoned() }
            return false
        }
        let now = clock.nowNanoseconds
        let status = unsafe record.pointee.status
        unsafe resilience.requestDidEnd(
            isFailure: failure != nil || status >= 500, wasProbe: record.pointee.isProbe, atNanoseconds: now)
        let isTemporary =
            switch failure {
            case nil: RetryPolicy.isTemporary(status: status)
            case .closed, .reset, .refused, .unprocessed, .timeout: true
            case .protocolError, .aborted, .abandoned, .circuit: false
            }
        guard isTemporary, !isStopping else { return false }
        // A request that the peer has not looked at may be sent again whatever it is (RFC 9113, 8.7).
        guard let pause = unsafe resilience.pause(
            afterRetries: record.pointee.repeats.retries,
            isRepeatable: failure == .unprocessed || failure == .refused || requests.isIdempotent(record.pointee))
        else { return false }
        unsafe answers.finishAttempt(record, failure)
        unsafe record.pointee.failure = failure
        unsafe resilience.wait(record, untilNanoseconds: now + pause)
        return true
    }
}
