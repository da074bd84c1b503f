extension ClientSample: SamplePart {
    package static let table = MetricTable<ClientSample>(
        requestRows + gapRows + responseRows + BodyCheckCounts.table.rows(within: \.bodies, "bodies") + connectionRows
            + TLSSample.table.rows(within: \.tls, "tls") + byteRows + WriteSample.table.rows(within: \.writes, "writes")
            + CacheSample.table.rows(within: \.caches.sessions, "cache.tls") + CacheSample.table.rows(within: \.caches.strings, "cache.strings")
            + CacheSample.table.rows(within: \.caches.buffers, "cache.buffers") + cacheRows + loopRows,
        others: [
            .rows(\.connectionCounts.rows), .happenings(\.events), .happenings(\.bodyViolations), .now { $0.failures.merge($1.failures) },
            .now { $0.statusNumbers.merge($1.statusNumbers) }, .parts(\.requests.byKind, name: { $0.name }, limit: RequestSample.limit),
            .parts(\.connectionCounts.origins, name: { $0.name }, limit: OriginSample.limit),
        ])

    private static let requestRows: [MetricRow<ClientSample>] = [
        .counter("requests.scheduled", .request, \.requests.scheduled, "Wanted by the schedule so far; in a closed load: the same as started"),
        .counter("requests.started", .request, \.requests.started, "Handed to a connection, or refused by the circuit breaker"),
        .counter("requests.done", .request, \.requests.done, better: .higher, "Ended: succeeded or failed"),
        .counter("requests.succeeded", .request, \.requests.succeeded, better: .higher, "Answered in full below status 400, or as a scenario expects, and not found wrong"),
        .counter("requests.failed", .request, \.requests.failed, better: .zero, "Ended any other way: 4xx, 5xx, wrong bodies, errored, timed out"),
        .counter("requests.errored", .request, \.requests.errored, better: .zero, "Ended without a full answer"),
        .counter("requests.timed_out", .request, \.requests.timedOut, better: .zero, "Ended by the request timeout; among the errored"),
        .counter("requests.skipped", .request, \.requests.skipped, better: .lower, "Due while the load stood still, and left out (--catch-up skip)"),
        .counter("requests.retried", .request, \.requests.retried, "Attempts after the first, of requests that had failed (--retries)"),
        .counter("requests.resent", .request, \.requests.resent, "Sent again on the next connection: the peer had said that it had not looked at them"),
        .counter("requests.delayed", .request, \.requests.delayed, better: .lower, "Sent after they were due, since until then all connections were waiting for answers"),
        .gauge("requests.retry_waiting", .request, \.requests.retryWaiting, "Waiting to be sent again, now"),
        .counter("circuit.openings", .error, \.circuits.openings, "Times that a circuit breaker opened; each loop has one (--circuit-breaker)"),
        .gauge("circuit.open", .loop, \.circuits.open, "Loops whose circuit breaker is open or half-open, now"),
        .gauge("requests.in_flight", .request, \.requests.inFlight, "Sent and not answered, now"),
        .gauge("requests.queued", .request, \.requests.queued, better: .lower, "Due by the schedule and not sent for want of a stream, now"),
        .histogram("service_time", \.serviceTime, "From sending a request to the end of its answer"),
        .histogram("response_time", \.responseTime, "From its planned moment, or in a closed load its first attempt, to the end of its answer"),
        .histogram("schedule_delay", \.scheduleDelay, "From when the schedule meant to send a request to when it was sent"),
    ]

    private static let gapRows: [MetricRow<ClientSample>] = [
        .sharedCounter("gaps.count", .gap, \.requests.gaps.count, better: .lower, "Times without an answer, 100 ms or longer and far beyond the usual; most of one loop").unlessUnknown(.gaps),
        .longestOfInterval("gaps.longest_in_interval", \.requests.gaps.longestNanoseconds, better: .lower, "The longest of them that ended since the sample before; 0: none did").unlessUnknown(.gaps),
    ]

    private static let responseRows: [MetricRow<ClientSample>] =
        StatusCounts.table.rows(within: \.statuses, "responses") + [
            .counter("responses.ended_by_close", .response, \.requests.endedByClose, "Answers without a length, ended by their connection: a cut one looks the same"),
            .counter("responses.checked", .response, \.expectations.checked, "Whole answers that were compared with a scenario's 'expect'"),
            .counter("responses.unexpected", .response, \.expectations.unexpected, better: .zero, "Compared, and not as expected: the sum of the next five"),
            .counter("responses.unexpected_status", .response, \.expectations.status, better: .zero, "Compared: of another status"),
            .counter("responses.unexpected_header", .response, \.expectations.header, better: .zero, "Compared: without a header, or with another value"),
            .counter("responses.unexpected_length", .response, \.expectations.length, better: .zero, "Compared: with a longer or shorter body"),
            .counter("responses.unexpected_checksum", .response, \.expectations.checksum, better: .zero, "Compared: with a body of another CRC-32"),
            .counter("responses.unexpected_grpc", .response, \.expectations.grpc, better: .zero, "Compared: of another grpc-status, or without one; failed requests"),
            .counter("errors.connect", .request, \.errors.connect, better: .zero, "Errored: no connection could be made"),
            .counter("errors.closed", .request, \.errors.closed, better: .zero, "Errored: the connection ended under the request"),
            .counter("errors.reset", .request, \.errors.reset, better: .zero, "Errored: the peer reset the stream"),
            .counter("errors.goaway", .request, \.errors.goaway, better: .zero, "Errored: the peer took no more requests and had not looked at this one, again and again"),
            .counter("errors.timeout", .request, \.errors.timeout, better: .zero, "Errored: no full answer within the request timeout"),
            .counter("errors.protocol", .request, \.errors.protocolError, better: .zero, "Errored: the peer broke the protocol"),
            .counter("errors.circuit", .request, \.errors.circuit, better: .zero, "Errored: not sent, for the circuit breaker was open"),
            .counter("errors.abandoned", .request, \.errors.abandoned, better: .lower, "Errored: we closed the connection within the answer, as asked (--early-close)"),
            .counter("errors.aborted", .request, \.errors.aborted, better: .zero, "Errored: still open when the run and its drain time were over"),
        ]

    private static let connectionRows: [MetricRow<ClientSample>] = [
        .gauge("connections.open", .connection, \.connectionCounts.open, "Open now"),
        .gauge("connections.open_high_water", .connection, \.connectionCounts.openHighWater, "Most open at once; loops' peaks added").highWater(of: "connections.open"),
        .gauge("connections.http1", .connection, \.connectionCounts.http1, "Open now, and speaking HTTP/1.1"),
        .counter("connections.opened", .connection, \.connectionCounts.opened, "Established"),
        .counter("connections.failed", .attempt, \.connectionCounts.failed, better: .zero, "Attempts to connect that failed"),
        .counter("connections.reconnects", .connection, \.connectionCounts.reconnects, better: .lower, "Established in place of one that was lost"),
        .counter("connections.renewed", .connection, \.connectionCounts.renewed, "Established in place of one that we ended (--reconnect, --half-close, --early-close)"),
        .counter("connections.broken", .connection, \.connectionCounts.broken, better: .zero, "Established, and ended by us: the peer broke the protocol with no request out"),
        .counter("connections.waits", .connection, \.connectionCounts.waits, better: .lower, "Waits before a new connection: an attempt had failed, or the last one answered nothing"),
        .timeCounter("connections.wait_time", \.connectionCounts.waitedNanoseconds, better: .lower, "Time of these waits; clients added"),
        .gauge("cut_off.loops", .loop, \.connectionCounts.cutOffLoops, better: .lower, "Loops that have lost all their connections and cannot connect again, now"),
        .gauge("cut_off.connections", .connection, \.connectionCounts.lost, better: .lower, "Connections that those loops had"),
        .timeCounter("cut_off.time", \.connectionCounts.cutOffNanoseconds, better: .zero, "Time in which a server that was reached could not be reached any more; loops added"),
        .gauge("slow_readers.open", .connection, \.slowReaders.open, "Connections beside the load that read at a trickle, now"),
        .counter("slow_readers.answered", .response, \.slowReaders.answeredRequests, "Answers that they have read to the end"),
        .counter("slow_readers.received_bytes", .bytes, \.slowReaders.receivedBytes, "Bytes that they have read"),
    ]

    private static let byteRows: [MetricRow<ClientSample>] = [
        .counter("bytes.received", .bytes, \.receivedBytes, "Read from sockets"),
        .counter("bytes.sent", .bytes, \.sentBytes, "Written to sockets"),
        .counter("bytes.received_body", .bytes, \.responseBytes.body, "Response bodies"),
        .counter("bytes.received_header", .bytes, \.responseBytes.header, "Response headers as the peer sent them"),
        .counter("bytes.decoded_header", .bytes, \.responseBytes.decodedHeader, "Response headers after HPACK decoding"),
    ]

    private static let loopRows: [MetricRow<ClientSample>] = [
        .gauge("loop.count", .loop, \.loops.count, "Event loops, a thread each"),
        .timeCounter("loop.cpu", \.loops.cpuNanoseconds, "CPU time of the clients' threads"),
        .counter("loop.allocations", .allocation, \.loops.allocations, "Calls of malloc and its kin by the clients' threads"),
        .timeCounter("loop.stood_still", \.requests.standstillNanoseconds, better: .lower, "Time without a turn: the process was stopped, or had no CPU; loops added"),
        .counter("loop.beats", .check, \.requests.beats, "Looks at the clock that were due, ten a second"),
        .counter("loop.late_beats", .check, \.requests.lateBeats, better: .lower, "Those that came more than 20 ms late: the thread had no CPU, or was stopped"),
        .timeGauge("loop.lag", \.loops.lagNanoseconds, better: .lower, "The longest that a loop took to answer for this sample"),
    ]

    private static let cacheRows: [MetricRow<ClientSample>] = [
        .counter("cache.corruptions", .error, \.caches.corruptions, better: .zero, "Faults found in caches without a lock; 0 in every guarded scope"),
    ]
}
