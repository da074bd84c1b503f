extension Metric {
    /// What the server counts.
    static let server: [Metric] =
        serverRequests + serverGroup.inner(\.statuses).metrics + serverConnections
        + serverGroup.inner(\.tls).metrics + serverBytes
        + serverGroup.inner(\.writes).metrics + serverArenas + serverLoops

    private static let serverGroup = MetricGroup<ServerSample>(
        prefix: "server",
        part: { $0.server },
        update: { sample, change in
            var part = sample.server ?? ServerSample()
            change(&part)
            sample.server = part
        })

    private static let serverRequests: [Metric] = [
        serverGroup.counter("requests.started", .request, \.startedRequests, "Requests whose head was complete, or that were refused before"),
        serverGroup.counter("requests.completed", .request, \.completedRequests, "Requests answered in full, as handed to the socket's queue"),
        serverGroup.counter("responses.early", .response, \.earlyResponses, "Sent before their requests had come whole (/early)"),
        serverGroup.gauge("requests.active", .request, \.activeRequests, "Started and not yet answered, now"),
        serverGroup.counter("errors.protocol", .error, \.protocolErrors, "Peers that broke the protocol"),
        serverGroup.counter("errors.timeout", .error, \.timeouts, "Connections and requests that ran out of time"),
        serverGroup.counter("streams.resets", .reset, \.streamResets, "RST_STREAM frames received and sent"),
        serverGroup.counter("streams.goaways", .frame, \.goaways, "GOAWAY frames received and sent"),
    ]

    private static let serverConnections: [Metric] = [
        serverGroup.gauge("connections.open", .connection, \.openConnections, "Open now"),
        serverGroup.gauge("connections.open_high_water", .connection, \.openConnectionsHighWater, "Most open at once; loops' peaks added"),
        serverGroup.gauge("connections.open_http1", .connection, \.openHTTP1Connections, "Open now and speaking HTTP/1"),
        serverGroup.gauge("connections.open_http2", .connection, \.openHTTP2Connections, "Open now and speaking HTTP/2"),
        serverGroup.gauge("connections.open_tls", .connection, \.openTLSConnections, "Open now and over TLS, the handshake done"),
        serverGroup.gauge("connections.paused", .connection, \.pausedConnections, "Not read from, now, because of too many unsent bytes"),
        serverGroup.counter("connections.accepted", .connection, \.acceptedConnections, "Accepted"),
        serverGroup.counter("connections.closed", .connection, \.closedConnections, "Closed"),
        serverGroup.counter("connections.refused", .connection, \.refusedConnections, "Accepted and closed at once: over the limit of connections"),
        serverGroup.counter("connections.starved", .connection, \.starvedConnections, "Accepted and closed at once: out of file descriptors"),
        serverGroup.counter("reads.pauses", .pause, \.readPauses, "Times that reading stopped because of too many unsent bytes"),
    ]

    private static let serverBytes: [Metric] = [
        serverGroup.counter("bytes.received", .bytes, \.receivedBytes, "Read from sockets"),
        serverGroup.counter("bytes.sent", .bytes, \.sentBytes, "Written to sockets"),
    ]

    private static let serverArenas: [Metric] = [
        serverGroup.gauge("arena.in_use", .arena, \.arena.inUse, "Arenas with an owner or a lease, now"),
        serverGroup.gauge("arena.in_use_high_water", .arena, \.arena.inUseHighWater, "Most arenas in use at once; loops' peaks added"),
        serverGroup.gauge("arena.retired", .arena, \.arena.retired, "Arenas whose exchange has ended and whose leases have not, now"),
        serverGroup.gauge("arena.leases", .lease, \.arena.leases, "Leases out, now"),
        serverGroup.gauge("arena.idle", .arena, \.arena.idle, "Arenas waiting in the pool, now"),
        serverGroup.gauge("arena.used_bytes", .bytes, \.arena.usedBytes, "Bytes handed out to open exchanges, now"),
        serverGroup.gauge("arena.reserved_bytes", .bytes, \.arena.reservedBytes, "Bytes of all chunks, in use and idle, now"),
        serverGroup.gauge("arena.reserved_bytes_high_water", .bytes, \.arena.reservedBytesHighWater, "Most bytes of chunks at once; loops' peaks added"),
        serverGroup.gauge("arena.exchange_bytes_high_water", .bytes, \.arena.exchangeBytesHighWater, "The most that one exchange has used"),
        serverGroup.counter("arena.taken", .arena, \.arena.taken, "Arenas taken from the pool"),
        serverGroup.counter("arena.reused", .arena, \.arena.reused, "Arenas taken that came warm, with memory"),
        serverGroup.counter("arena.resets", .reset, \.arena.resets, "Arenas recycled: one an exchange, and with HTTP/2 one a flush of frames"),
        serverGroup.counter("arena.recycled_bytes", .bytes, \.arena.recycledBytes, "Bytes handed out and since recycled"),
        serverGroup.gauge("audit.loops", .loop, \.audit.loops, "Loops whose memory is audited; without any, the next three are no news"),
        serverGroup.counter("arena.unsafe_resets", .reset, \.audit.unsafeResets, "Arenas reset while libuv had a write of theirs, by the audit"),
        serverGroup.counter("arena.stale_completions", .write, \.audit.staleCompletions, "Writes that found another generation when they were done, by the audit"),
        serverGroup.counter("arena.changed_writes", .write, \.audit.changedWrites, "Writes whose bytes were changed under them, by the audit"),
    ]

    private static let serverLoops: [Metric] = [
        serverGroup.gauge("loop.count", .loop, \.loopCount, "Event loops, a thread each"),
        serverGroup.seconds("loop.cpu", .counter, \.cpuNanoseconds, "CPU time of the server's threads"),
        serverGroup.counter("loop.allocations", .allocation, \.allocations, "Calls of malloc and its kin by the server's threads"),
        serverGroup.seconds("loop.lag", .gauge, \.loopLagNanoseconds, "The longest that a loop took to answer for this sample"),
    ]

    /// What the system counts of this process.
    static let process: [Metric] = [
        processGroup.seconds("cpu", .counter, \.cpuNanoseconds, "CPU time of the whole process"),
        processGroup.seconds("own_cpu", .counter, \.ownCPUNanoseconds, "CPU time of the thread that samples and draws"),
        processGroup.gauge("memory.resident", .bytes, \.residentBytes, "Resident memory, now"),
        processGroup.gauge("files.open", .file, \.openFileDescriptors, "File descriptors open, now"),
    ]

    private static let processGroup = MetricGroup<ProcessSample>(
        prefix: "process",
        part: { $0.process },
        update: { sample, change in change(&sample.process) })
}
