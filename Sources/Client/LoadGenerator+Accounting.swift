internal import HTTP1
internal import HTTP2
internal import Loop
package import Measurements
internal import Memory

// What became of the requests, and the loop's reading.
extension LoadGenerator {
    /// The request goes out with this flush.
    func requestWillBeSent(_ record: inout RequestRecord) {
        unsafe record.sentNanoseconds = nowNanoseconds
        if unsafe !record.isScheduled {
            // Nobody meant a closed load's request for any other time.
            unsafe record.intendedNanoseconds = nowNanoseconds
        } else {
            scheduleDelays.record(nanoseconds: unsafe nowNanoseconds - record.intendedNanoseconds)
        }
    }

    func requestDidEnd(_ record: borrowing RequestRecord, _ failure: RequestFailure?) {
        counters.doneRequests += 1
        if let failure {
            counters.failedRequests += 1
            counters.erroredRequests += 1
            switch failure {
            case .closed: counters.errors.closed += 1
            case .reset: counters.errors.reset += 1
            case .goaway: counters.errors.goaway += 1
            case .protocolError: counters.errors.protocolError += 1
            case .aborted: counters.errors.aborted += 1
            case .circuit: counters.errors.circuit += 1
            case .abandoned: counters.errors.abandoned += 1
            case .timeout:
                counters.errors.timeout += 1
                counters.timedOutRequests += 1
                // A request that ran out of time took at least that long: leaving it out would flatter.
                unsafe recordLatency(record)
            }
        } else {
            unsafe counters.statuses.count(record.status)
            if unsafe record.status < 400 { counters.succeededRequests += 1 } else { counters.failedRequests += 1 }
            unsafe recordLatency(record)
        }
        if let limit = configuration.requests, counters.doneRequests >= UInt64(limit) { reportIfDone() }
    }

    private func recordLatency(_ record: borrowing RequestRecord) {
        serviceTimes.record(nanoseconds: unsafe nowNanoseconds - record.sentNanoseconds)
        // In a closed load both are the same, and `sample` copies the one.
        if schedule != nil {
            responseTimes.record(nanoseconds: unsafe nowNanoseconds - record.intendedNanoseconds)
        }
    }

    /// What was to be asked, and nobody is left to ask it.
    func countUnasked() {
        guard let limit = configuration.requests else { return }
        let missing = UInt64(limit) - min(UInt64(limit), counters.startedRequests)
        counters.doneRequests += missing
        counters.failedRequests += missing
        counters.erroredRequests += missing
        counters.errors.connect += missing
    }

    /// Takes over the counts of a connection that has ended.
    func absorb(_ stream: TCPStream) {
        counters.receivedBytes += stream.receivedBytes
        counters.sentBytes += stream.sentBytes
        counters.writes.direct += stream.directFlushes
        counters.writes.queued += stream.queuedWrites
    }

    func absorb(_ session: Session) { counters.receivedHeaderBytes += session.receivedHeaderByteCount }

    /// Takes over the counts of a connection over HTTP/1.1 that has ended.
    func absorb(_ pipeline: Pipeline) { counters.receivedHeaderBytes += pipeline.parser.receivedHeaderByteCount }

    // MARK: Samples

    /// This loop's reading, now, with what the histograms recorded since the reading before.
    package func sample() -> ClientSample {
        refreshNow()
        // What is due by the reading's time goes out before it: what then waits has no stream.
        sendWhatIsDue()
        var sample = counters
        sample.serviceTime = serviceTimes.take()
        sample.responseTime = schedule == nil ? sample.serviceTime : responseTimes.take()
        sample.scheduleDelay = scheduleDelays.take()
        sample.cpuNanoseconds = EventLoop.threadCPUNanoseconds()
        sample.allocations = Allocations.byThisThread
        sample.scheduledRequests = max(
            counters.startedRequests, unscheduledCount + (schedule?.scheduledCount(atNanoseconds: nowNanoseconds) ?? 0))
        sample.queuedRequests = isStopping ? 0 : Int(sample.scheduledRequests - sample.startedRequests)
        sample.strings = endedCaches.strings.withoutGauges
        sample.buffers = endedCaches.buffers.withoutGauges
        sample.sessions = endedCaches.sessions.withoutGauges
        for caches in allCommonCaches.values { caches.add(to: &sample) }
        checker?.addSample(to: &sample)
        resilience?.add(to: &sample)
        sample.events = events
        events = []
        for client in clients { client.addSample(to: &sample) }
        pendingByteHighWater = max(pendingByteHighWater, sample.writes.pendingBytes)
        sample.writes.pendingBytesHighWater = pendingByteHighWater
        return sample
    }
}

extension CacheSample {
    /// The counts alone: what was in the cache went with it.
    fileprivate var withoutGauges: CacheSample {
        var counts = self
        counts.entries = 0
        counts.entryLimit = 0
        counts.bytes = 0
        counts.byteLimit = 0
        return counts
    }
}
