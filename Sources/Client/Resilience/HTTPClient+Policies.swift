internal import Measurements

// Requests that may be sent again, and those that the circuit breaker holds back. A load without
// policies comes past none of this.
extension HTTPClient {
    /// Starts the next request, as the policies have it. - Returns: whether there was one that may be sent.
    func startNextByPolicy() -> Bool {
        var isProbe = false
        switch generator.resilience?.ask(atNanoseconds: generator.nowNanoseconds) {
        case nil, .pass: break
        case .probe: isProbe = true
        case .refuse:
            generator.refuseDue()
            return false
        }
        guard let record = unsafe nextRecord() else {
            if isProbe { generator.resilience?.probeWasAbandoned() }
            return false
        }
        unsafe record.pointee.isProbe = isProbe
        unsafe submit(record)
        return true
    }

    private func nextRecord() -> UnsafeMutablePointer<RequestRecord>? {
        if let record = unsafe generator.resilience?.takeRetry(atNanoseconds: generator.nowNanoseconds) {
            generator.counters.retriedRequests += 1
            return unsafe record
        }
        guard let intended = generator.nextRequest() else { return nil }
        generator.resilience?.requestDidStart()
        return unsafe makeRecord(intendedNanoseconds: intended)
    }

    /// A request is over. - Returns: whether it is kept, to be sent once more.
    func endByPolicy(
        _ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?, _ resilience: Resilience
    ) -> Bool {
        // Our own doing says nothing about the origin.
        if failure == .aborted || failure == .abandoned {
            if unsafe record.pointee.isProbe { resilience.probeWasAbandoned() }
            return false
        }
        return unsafe retry(record, failure, resilience)
    }

    private func retry(
        _ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?, _ resilience: Resilience
    ) -> Bool {
        let now = generator.nowNanoseconds
        let status = unsafe record.pointee.status
        unsafe resilience.requestDidEnd(
            isFailure: failure != nil || status >= 500, wasProbe: record.pointee.isProbe, atNanoseconds: now)
        let isTemporary =
            switch failure {
            case nil: RetryPolicy.isTemporary(status: status)
            case .closed, .reset, .goaway, .timeout: true
            case .protocolError, .aborted, .abandoned, .circuit: false
            }
        guard isTemporary, !generator.isStopping else { return false }
        let isIdempotent = unsafe templates.all[record.pointee.kindIndex].isIdempotent
        // What the peer has not looked at may be sent again whatever it is (RFC 9113, 8.7).
        guard let pause = unsafe resilience.pause(
            afterRetries: record.pointee.retryCount, isRepeatable: isIdempotent || failure == .goaway)
        else { return false }
        if let check = unsafe record.pointee.check {
            // A 503 that is asked again is no answer, and nobody's fault.
            if failure == nil { unsafe record.pointee.status = 0 }
            unsafe endCheck(check, record.pointee, failure ?? .aborted)
            unsafe record.pointee.status = status
            unsafe record.pointee.check = nil
        }
        unsafe record.pointee.failure = failure
        unsafe resilience.wait(record, untilNanoseconds: now + pause)
        return true
    }
}

extension LoadGenerator {
    /// The circuit breaker is open: what is due by the clock fails at once. A closed load waits.
    func refuseDue() {
        guard !isStopping && !isPaused else { return }
        while schedule?.takeRequest(atNanoseconds: nowNanoseconds) != nil {
            counters.startedRequests += 1
            counters.doneRequests += 1
            counters.failedRequests += 1
            counters.erroredRequests += 1
            counters.errors.circuit += 1
        }
        reportIfDone()
    }
}
