extension Metric {
    /// What the clients count.
    static let client: [Metric] =
        clientRequests + clientResponses + clientBodies + clientConnections + clientGroup.inner(\.tls).metrics + clientBytes
        + clientGroup.inner(\.writes).metrics
        + clientGroup.inner(\.sessions).metrics("cache.tls")
        + clientGroup.inner(\.strings).metrics("cache.strings") + clientGroup.inner(\.buffers).metrics("cache.buffers")
        + [clientGroup.counter("cache.corruptions", .error, \.cacheCorruptions, "Faults found in caches without a lock; 0 in every guarded scope")]
        + clientLoops

    private static let clientGroup = MetricGroup<ClientSample>(
        prefix: "client",
        part: { $0.client },
        update: { sample, change in
            var part = sample.client ?? ClientSample()
            change(&part)
            sample.client = part
        })

    private static let clientRequests: [Metric] = [
        clientGroup.counter("requests.scheduled", .request, \.scheduledRequests, "Wanted by the schedule so far; in a closed load: the same as started"),
        clientGroup.counter("requests.started", .request, \.startedRequests, "Handed to a connection, or refused by the circuit breaker"),
        clientGroup.counter("requests.done", .request, \.doneRequests, "Ended: succeeded or failed"),
        clientGroup.counter("requests.succeeded", .request, \.succeededRequests, "Answered in full with a status below 400"),
        clientGroup.counter("requests.failed", .request, \.failedRequests, "Ended any other way: 4xx, 5xx, errored, timed out"),
        clientGroup.counter("requests.errored", .request, \.erroredRequests, "Ended without a full answer"),
        clientGroup.counter("requests.timed_out", .request, \.timedOutRequests, "Ended by the request timeout; among the errored"),
        clientGroup.counter("requests.retried", .request, \.retriedRequests, "Attempts after the first, of requests that had failed (--retries)"),
        clientGroup.gauge("requests.retry_waiting", .request, \.waitingRetries, "Failed, and waiting to be sent again, now"),
        clientGroup.counter("circuit.openings", .error, \.circuitOpenings, "Times that a circuit breaker opened; each loop has one (--circuit-breaker)"),
        clientGroup.gauge("circuit.open", .loop, \.openCircuits, "Loops whose circuit breaker is open or half-open, now"),
        clientGroup.gauge("requests.in_flight", .request, \.inFlightRequests, "Sent and not answered, now"),
        clientGroup.gauge("requests.queued", .request, \.queuedRequests, "Due by the schedule and not sent for want of a stream, now"),
        clientGroup.histogram("service_time", \.serviceTime, "From sending a request to the end of its answer"),
        clientGroup.histogram("response_time", \.responseTime, "From when the schedule meant to send a request to the end of its answer"),
        clientGroup.histogram("schedule_delay", \.scheduleDelay, "From when the schedule meant to send a request to when it was sent"),
    ]

    private static let clientResponses: [Metric] =
        clientGroup.inner(\.statuses).metrics + [
            clientGroup.counter("responses.checked", .response, \.expectations.checked, "Whole answers that were compared with a scenario's 'expect'"),
            clientGroup.counter("responses.unexpected", .response, \.expectations.unexpected, "Compared, and not as expected: the sum of the next four"),
            clientGroup.counter("responses.unexpected_status", .response, \.expectations.status, "Compared: of another status"),
            clientGroup.counter("responses.unexpected_header", .response, \.expectations.header, "Compared: without a header, or with another value"),
            clientGroup.counter("responses.unexpected_length", .response, \.expectations.length, "Compared: with a longer or shorter body"),
            clientGroup.counter("responses.unexpected_checksum", .response, \.expectations.checksum, "Compared: with a body of another CRC-32"),
            clientGroup.counter("errors.connect", .request, \.errors.connect, "Errored: no connection could be made"),
            clientGroup.counter("errors.closed", .request, \.errors.closed, "Errored: the connection ended under the request"),
            clientGroup.counter("errors.reset", .request, \.errors.reset, "Errored: the peer reset the stream"),
            clientGroup.counter("errors.goaway", .request, \.errors.goaway, "Errored: the peer said GOAWAY and had not processed the request"),
            clientGroup.counter("errors.timeout", .request, \.errors.timeout, "Errored: no full answer within the request timeout"),
            clientGroup.counter("errors.protocol", .request, \.errors.protocolError, "Errored: the peer broke the protocol"),
            clientGroup.counter("errors.circuit", .request, \.errors.circuit, "Errored: not sent, for the circuit breaker was open"),
            clientGroup.counter("errors.abandoned", .request, \.errors.abandoned, "Errored: we closed the connection within the answer, as asked (--early-close)"),
            clientGroup.counter("errors.aborted", .request, \.errors.aborted, "Errored: still open when the run and its drain time were over"),
        ]

    private static let clientBodies: [Metric] = [
        clientGroup.counter("bodies.checked", .response, \.bodies.checked, "Answers compared byte by byte with what they have to be (--body-check)"),
        clientGroup.counter("bodies.corrupted", .response, \.bodies.corrupted, "Checked: a byte was wrong"),
        clientGroup.counter("bodies.swapped", .response, \.bodies.swapped, "Checked: it was the answer to another request"),
        clientGroup.counter("bodies.truncated", .response, \.bodies.truncated, "Checked: the peer ended it before its last byte"),
        clientGroup.counter("bodies.wrong_length", .response, \.bodies.wrongLength, "Checked: it announced another length, or more bytes came"),
        clientGroup.counter("bodies.wrong_status", .response, \.bodies.wrongStatus, "Checked: it had another status than 200"),
    ]

    private static let clientConnections: [Metric] = [
        clientGroup.gauge("connections.open", .connection, \.openConnections, "Open now"),
        clientGroup.gauge("connections.open_high_water", .connection, \.openConnectionsHighWater, "Most open at once; loops' peaks added"),
        clientGroup.counter("connections.opened", .connection, \.openedConnections, "Established"),
        clientGroup.counter("connections.failed", .attempt, \.failedConnects, "Attempts to connect that failed"),
        clientGroup.counter("connections.reconnects", .connection, \.reconnects, "Established in place of one that was lost"),
        clientGroup.counter("connections.renewed", .connection, \.renewedConnections, "Established in place of one that we ended (--reconnect, --half-close, --early-close)"),
        clientGroup.gauge("slow_readers.open", .connection, \.slowReaders.open, "Connections beside the load that read at a trickle, now"),
        clientGroup.counter("slow_readers.answered", .response, \.slowReaders.answeredRequests, "Answers that they have read to the end"),
        clientGroup.counter("slow_readers.received_bytes", .bytes, \.slowReaders.receivedBytes, "Bytes that they have read"),
    ]

    private static let clientBytes: [Metric] = [
        clientGroup.counter("bytes.received", .bytes, \.receivedBytes, "Read from sockets"),
        clientGroup.counter("bytes.sent", .bytes, \.sentBytes, "Written to sockets"),
        clientGroup.counter("bytes.received_body", .bytes, \.receivedBodyBytes, "Response bodies"),
        clientGroup.counter("bytes.received_header", .bytes, \.receivedHeaderBytes, "Response headers as the peer sent them"),
        clientGroup.counter("bytes.decoded_header", .bytes, \.decodedHeaderBytes, "Response headers after HPACK decoding"),
    ]

    private static let clientLoops: [Metric] = [
        clientGroup.gauge("loop.count", .loop, \.loopCount, "Event loops, a thread each"),
        clientGroup.seconds("loop.cpu", .counter, \.cpuNanoseconds, "CPU time of the clients' threads"),
        clientGroup.counter("loop.allocations", .allocation, \.allocations, "Calls of malloc and its kin by the clients' threads"),
        clientGroup.seconds("loop.lag", .gauge, \.loopLagNanoseconds, "The longest that a loop took to answer for this sample"),
    ]
}

extension MetricGroup<StatusCounts> {
    /// Answers by class of status.
    var metrics: [Metric] {
        [
            counter("responses.1xx", .response, \.informational, "Informational"),
            counter("responses.2xx", .response, \.success, "Success"),
            counter("responses.3xx", .response, \.redirection, "Redirection"),
            counter("responses.4xx", .response, \.clientError, "Client errors"),
            counter("responses.5xx", .response, \.serverError, "Server errors, and what is no status"),
        ]
    }
}

extension MetricGroup<TLSSample> {
    /// Handshakes, and why some failed.
    var metrics: [Metric] {
        [
            counter("tls.handshakes", .handshake, \.handshakes, "TLS handshakes completed, full and resumed"),
            counter("tls.resumed", .handshake, \.resumedHandshakes, "Completed by resuming a session, as the peer confirmed"),
            counter("tls.failed", .handshake, \.failedHandshakes, "TLS handshakes that failed"),
            counter("tls.failures.expired", .handshake, \.failures.expired, "Failed: the certificate is past its end, or before its beginning"),
            counter("tls.failures.self_signed", .handshake, \.failures.selfSigned, "Failed: the certificate vouches for itself"),
            counter("tls.failures.unknown_authority", .handshake, \.failures.unknownAuthority, "Failed: the certificate's authority is not trusted"),
            counter("tls.failures.wrong_name", .handshake, \.failures.wrongName, "Failed: the certificate is for other names"),
            counter("tls.failures.no_common_protocol", .handshake, \.failures.noCommonProtocol, "Failed: no application protocol in common (ALPN)"),
            counter("tls.failures.not_tls", .handshake, \.failures.notTLS, "Failed: what came was not TLS"),
            counter("tls.failures.peer", .handshake, \.failures.peer, "Failed: the peer ended it, with an alert or without a word"),
            counter("tls.failures.timeout", .handshake, \.failures.timeout, "Failed: not done in time"),
            counter("tls.failures.other", .handshake, \.failures.other, "Failed for any other reason"),
        ]
    }
}

extension MetricGroup<CacheSample> {
    func metrics(_ name: String) -> [Metric] {
        [
            counter("\(name).lookups", .lookup, \.lookups, "Look-ups"),
            counter("\(name).hits", .lookup, \.hits, "Look-ups that found an entry"),
            counter("\(name).misses", .lookup, \.misses, "Look-ups that did not"),
            counter("\(name).evictions", .eviction, \.evictions, "Entries thrown out for want of room"),
            gauge("\(name).entries", .entry, \.entries, "Entries now"),
            gauge("\(name).entry_limit", .entry, \.entryLimit, "Entries at most"),
            gauge("\(name).bytes", .bytes, \.bytes, "Bytes held now"),
            gauge("\(name).byte_limit", .bytes, \.byteLimit, "Bytes at most"),
            seconds("\(name).waited", .counter, \.waitedNanoseconds, "Time spent waiting for the lock"),
            ratio("\(name).hit_rate", "Hits in look-ups") { $0.hitRate },
        ]
    }
}

extension MetricGroup<WriteSample> {
    var metrics: [Metric] {
        [
            counter("writes.direct", .write, \.direct, "Flushes that the socket took whole, at once"),
            counter("writes.queued", .write, \.queued, "Writes left in the loop's queue"),
            gauge("writes.pending", .write, \.pending, "Writes not finished, now"),
            gauge("writes.pending_bytes", .bytes, \.pendingBytes, "Bytes of writes not finished, now"),
            gauge("writes.pending_bytes_high_water", .bytes, \.pendingBytesHighWater, "The most bytes that waited at once; loops' peaks added"),
            seconds("writes.oldest_age", .gauge, \.oldestAgeNanoseconds, "Age of the oldest write not finished"),
        ] + (0..<WriteSample.ageBucketCount).map(pendingBytes(ofAge:))
    }

    private func pendingBytes(ofAge bucket: Int) -> Metric {
        let isLast = bucket == WriteSample.ageBucketCount - 1
        // Milliseconds: bucket i ends at 2^i, and the last begins where the one before ends.
        let edge = 1 << (isLast ? bucket - 1 : bucket)
        return gauge(
            "writes.pending_bytes_by_age.\(isLast ? "from" : "below")_\(edge)ms", .bytes, \.pendingBytesByAge[bucket],
            isLast ? "Bytes whose write is \(edge) ms old or older" : "Bytes whose write is younger than \(edge) ms, and in no bucket before")
    }
}
