extension ServerSample: SamplePart {
    package static let table = MetricTable<ServerSample>(
        requestRows.map { $0.unlessUnknown($0.name == "requests.completed" ? .requests : .httpDetails) }
            + StatusCounts.table.rows(within: \.statuses, "responses").map { $0.unlessUnknown(.statuses) } + connectionRows
            + TLSSample.table.rows(within: \.tls, "tls").map { $0.unlessUnknown(completed.contains($0.name) ? .handshakes : .failedHandshakes) }
            + byteRows.map { $0.unlessUnknown(.traffic) }
            + WriteSample.table.rows(within: \.writes, "writes").map { $0.unlessUnknown(figures(ofWrites: $0.name)) }
            + arenaRows.map { $0.unlessUnknown(.arenas) } + loopRows,
        others: [.rows(\.connections), .rows(\.pendingWrites), .first(\.inspection)])

    /// The names of handshakes that were completed, and of writes as far as they are counted.
    private static let completed: Set = ["tls.handshakes", "tls.resumed"]
    private static let counted: Set = ["writes.direct", "writes.queued", "writes.pending"]

    private static func figures(ofWrites name: String) -> UnknownFigures {
        if counted.contains(name) { return .writeCounts }
        return name.hasPrefix("writes.pending_bytes_by_age") || name == "writes.oldest_age" ? .pendingAges : .pendingBytes
    }

    private static let requestRows: [MetricRow<ServerSample>] = [
        .counter("requests.started", .request, \.requests.started, "Requests whose head was complete, or that were refused before"),
        .counter("requests.completed", .request, \.requests.completed, better: .higher, "Requests answered in full, as handed to the socket's queue"),
        .counter("responses.early", .response, \.requests.answeredEarly, "Sent before their requests had come whole (/early)"),
        .gauge("requests.active", .request, \.requests.active, "Started and not yet answered, now"),
        .counter("errors.protocol", .error, \.protocolErrors, better: .zero, "Peers that broke the protocol"),
        .counter("errors.timeout", .error, \.timeouts, better: .zero, "Connections and requests that ran out of time"),
        .counter("streams.resets", .reset, \.streamResets, better: .lower, "RST_STREAM frames received and sent"),
        .counter("streams.goaways", .frame, \.goaways, better: .lower, "GOAWAY frames received and sent"),
    ]

    private static let connectionRows: [MetricRow<ServerSample>] = [
        .gauge("connections.open", .connection, \.connectionCounts.open, "Open now").unlessUnknown(.openConnections),
        .gauge("connections.open_high_water", .connection, \.connectionCounts.openHighWater, "Most open at once; loops' peaks added").highWater(of: "connections.open").unlessUnknown(.openConnections),
        .gauge("connections.open_http1", .connection, \.connectionCounts.openHTTP1, "Open now and speaking HTTP/1").unlessUnknown(.httpDetails),
        .gauge("connections.open_http2", .connection, \.connectionCounts.openHTTP2, "Open now and speaking HTTP/2").unlessUnknown(.httpDetails),
        .gauge("connections.open_tls", .connection, \.connectionCounts.openTLS, "Open now and over TLS, the handshake done").unlessUnknown(.httpDetails),
        .gauge("connections.paused", .connection, \.connectionCounts.paused, better: .lower, "Not read from, now, because of too many unsent bytes").unlessUnknown(.httpDetails),
        .counter("connections.accepted", .connection, \.connectionCounts.accepted, "Accepted").unlessUnknown(.acceptances),
        .counter("connections.closed", .connection, \.connectionCounts.closed, "Closed").unlessUnknown(.acceptances),
        .counter("connections.refused", .connection, \.connectionCounts.refused, better: .zero, "Accepted and closed at once: over the limit of connections").unlessUnknown(.httpDetails),
        .counter("connections.starved", .connection, \.connectionCounts.starved, better: .zero, "Accepted and closed at once: out of file descriptors").unlessUnknown(.httpDetails),
        .counter("reads.pauses", .pause, \.readPauses, better: .lower, "Times that reading stopped because of too many unsent bytes").unlessUnknown(.readPauses),
    ]

    private static let byteRows: [MetricRow<ServerSample>] = [
        .counter("bytes.received", .bytes, \.receivedBytes, "Read from sockets"),
        .counter("bytes.sent", .bytes, \.sentBytes, "Written to sockets"),
    ]

    private static let arenaRows: [MetricRow<ServerSample>] = [
        .gauge("arena.in_use", .arena, \.arena.inUse, "Arenas with an owner or a lease, now"),
        .gauge("arena.in_use_high_water", .arena, \.arena.inUseHighWater, "Most arenas in use at once; loops' peaks added").highWater(of: "arena.in_use"),
        .gauge("arena.retired", .arena, \.arena.retired, better: .lower, "Arenas whose exchange has ended and whose leases have not, now"),
        .gauge("arena.leases", .lease, \.arena.leases, "Leases out, now"),
        .gauge("arena.idle", .arena, \.arena.idle, "Arenas waiting in the pool, now"),
        .gauge("arena.used_bytes", .bytes, \.arena.usedBytes, better: .lower, "Bytes handed out to open exchanges, now"),
        .gauge("arena.reserved_bytes", .bytes, \.arena.reservedBytes, better: .lower, "Bytes of all chunks, in use and idle, now"),
        .gauge("arena.reserved_bytes_high_water", .bytes, \.arena.reservedBytesHighWater, better: .lower, "Most bytes of chunks at once; loops' peaks added").highWater(of: "arena.reserved_bytes"),
        .gauge("arena.shared_bytes", .bytes, \.arena.sharedBytes, better: .lower, "Bytes of bodies that many requests share, outside the exchanges' arenas, now"),
        .gauge("arena.exchange_bytes_high_water", .bytes, \.arena.exchangeBytesHighWater, merge: .greatest, better: .lower, "The most that one exchange has used").highWater(of: nil),
        .counter("arena.taken", .arena, \.arena.taken, "Arenas taken from the pool"),
        .counter("arena.reused", .arena, \.arena.reused, "Arenas taken that came warm, with memory"),
        .counter("arena.resets", .reset, \.arena.resets, "Arenas recycled: one an exchange, and with HTTP/2 one a flush of frames"),
        .counter("arena.recycled_bytes", .bytes, \.arena.recycledBytes, "Bytes handed out and since recycled"),
        .gauge("audit.loops", .loop, \.audit.loops, "Loops whose memory is audited; without any, the next three are always 0"),
        .counter("arena.unsafe_resets", .reset, \.audit.unsafeResets, better: .zero, "Arenas reset while libuv had a write of theirs, by the audit"),
        .counter("arena.stale_completions", .write, \.audit.staleCompletions, better: .zero, "Writes that found another generation when they were done, by the audit"),
        .counter("arena.changed_writes", .write, \.audit.changedWrites, better: .zero, "Writes whose bytes were changed under them, by the audit"),
    ]

    private static let loopRows: [MetricRow<ServerSample>] = [
        .gauge("loop.count", .loop, \.loops.count, "Event loops, a thread each").unlessUnknown(.loopDetails),
        .timeCounter("loop.cpu", \.loops.cpuNanoseconds, "CPU time of the server's threads").unlessUnknown(.cpu),
        .counter("loop.allocations", .allocation, \.loops.allocations, "Calls of malloc and its kin by the server's threads").unlessUnknown(.allocations),
        .timeGauge("loop.lag", \.loops.lagNanoseconds, better: .lower, "The longest that a loop took to answer for this sample").unlessUnknown(.loopLag),
    ]
}
