internal import Loop

// The time for connecting, and that of the requests.
extension ClientConnection {
    /// All requests have the same patience, so the oldest is the first to lose it.
    func armTimeout() {
        guard let oldest = unsafe requests.oldest else { return armTimeoutOfBarred() }
        timer.setDeadline(nanoseconds: unsafe oldest.pointee.sentNanoseconds + patienceNanoseconds)
    }

    /// Requests behind a stuck socket must time out too, when none before them does.
    func armTimeoutOfUnsent() { if requests.areAllUnsent { armTimeout() } }

    /// The time for connecting is over, or that of the oldest request.
    func deadlineDidPass() {
        switch life.state {
        case .opening, .greeting:
            attemptDidFail(wire.connectDidTimeOut())
        case .ready, .draining, .abandoning: timeOutRequests()
        case .closing: break
        }
    }

    private func timeOutRequests() {
        timeOutBarred()
        let now = clock.nowNanoseconds
        var each = unsafe requests.oldest
        while let record = unsafe each, unsafe record.pointee.sentNanoseconds + patienceNanoseconds <= now {
            unsafe each = unsafe record.pointee.next
            if unsafe record.pointee.failure == nil {
                unsafe record.pointee.failure = .timeout
                unsafe side?.cancel(record)
            }
        }
        if let side { flush(side) }
        // A stream that was reset is closed by the flush. A stuck socket keeps it, and so does a pipeline.
        if let record = unsafe requests.oldest, unsafe record.pointee.failure == .timeout { return drop(.timeout) }
        refill()
        endIfDrained()
        if life.isOpen { armTimeout() }
    }

    /// A peer that allows no streams at all makes requests wait that were never sent: they time out like any other.
    private func armTimeoutOfBarred() {
        guard isBarred else { return timer.stop() }
        if barredNanoseconds == 0 { barredNanoseconds = clock.nowNanoseconds }
        timer.setDeadline(nanoseconds: barredNanoseconds + patienceNanoseconds)
    }

    /// As many requests as would be in flight have waited long enough.
    private func timeOutBarred() {
        let begin = barredNanoseconds
        guard begin > 0, begin + patienceNanoseconds <= clock.nowNanoseconds, isBarred else { return }
        barredNanoseconds = 0
        for _ in 0..<generator.clients.streamLimit {
            guard isReady, let record = unsafe generator.takeRequest(for: client) else { return }
            // A request of a schedule waits from when it was due.
            if unsafe !record.pointee.isScheduled { unsafe record.pointee.intendedNanoseconds = begin }
            unsafe record.pointee.sentNanoseconds = unsafe max(begin, record.pointee.intendedNanoseconds)
            unsafe generator.requestDidEnd(record, .timeout, .noStream, answers)
        }
    }
}
