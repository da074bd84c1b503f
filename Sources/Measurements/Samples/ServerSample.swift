/// The reading of a server at one tick: of one loop, or of all loops merged.
///
/// Counters count since the server started and only grow; gauges hold now. Plain values,
/// filled by the loop that owns them and copied out whole.
package struct ServerSample: Sendable, Equatable {
    package var connectionCounts = ServerConnectionCounts()
    package var tls = TLSSample()
    package var requests = ServerRequestCounts()
    /// Responses by class of status.
    package var statuses = StatusCounts()
    /// Peers that broke the protocol, and connections or requests that ran out of time.
    package var protocolErrors: UInt64 = 0
    package var timeouts: UInt64 = 0
    /// HTTP/2: RST_STREAM received and sent, GOAWAY received and sent.
    package var streamResets: UInt64 = 0
    package var goaways: UInt64 = 0
    /// Bytes on the sockets.
    package var receivedBytes: UInt64 = 0
    package var sentBytes: UInt64 = 0
    /// Of a server that is watched with the probe: pending writes of libuv, elsewhere bytes that the server offered and
    /// its socket did not take, a lower bound. From outside: bytes that the kernel holds for the peers.
    package var writes = WriteSample()
    /// Times that reading from a connection stopped because its unsent bytes passed the limit.
    package var readPauses: UInt64 = 0
    package var arena = ArenaSample()
    /// Counts of the audit; always 0 without one.
    package var audit = AuditSample()
    package var loops = LoopSample()

    /// The connection that the dashboard's user has opened, while it is open.
    package var inspection: ConnectionInspection?

    /// One row for each open connection, up to `connectionRowLimit` a loop.
    package var connections: [ConnectionSample] = []

    /// Rows that one loop publishes: as many as it takes connections by default.
    package static let connectionRowLimit = 10_000

    /// The ledger of an audit: writes that libuv has not finished, the oldest of each connection.
    package var pendingWrites: [PendingWriteSample] = []

    /// Rows of the ledger that one connection publishes, one that is inspected, and one loop.
    package static let pendingWriteRowsPerConnection = 4
    package static let inspectedPendingWriteRows = 64
    package static let pendingWriteRowLimit = 256

    package init() {}
}

/// Connections of a server.
package struct ServerConnectionCounts: Sendable, Equatable {
    /// Open now, and by protocol once their first bytes have told it.
    package var open = 0
    /// The most at once; loops' peaks added.
    package var openHighWater = 0
    package var openHTTP1 = 0
    package var openHTTP2 = 0
    /// Those among them that are over TLS, the handshake done.
    package var openTLS = 0
    /// Not being read, now, because of their unsent bytes.
    package var paused = 0
    /// Accepted, closed, and refused for want of room, since the start; the refused are among the others.
    package var accepted: UInt64 = 0
    package var closed: UInt64 = 0
    package var refused: UInt64 = 0
    /// Closed as soon as they were accepted, since the process had no file descriptor left.
    package var starved: UInt64 = 0

    package init() {}
}

/// Requests that a server has read.
package struct ServerRequestCounts: Sendable, Equatable {
    /// Requests whose head was complete, or that were refused before.
    package var started: UInt64 = 0
    /// Answered in full: handed to the socket's queue.
    package var completed: UInt64 = 0
    /// Answered before they had come whole.
    package var answeredEarly: UInt64 = 0
    /// Started and not yet answered, now. HTTP/2: open streams with a request.
    package var active = 0

    package init() {}
}

/// The event loops of one side.
package struct LoopSample: Sendable, Equatable {
    /// Loops merged into this value.
    package var count = 0
    /// CPU time of the loops' threads, since the start.
    package var cpuNanoseconds: UInt64 = 0
    /// Calls of malloc and its kin by the loops' threads since they began.
    package var allocations: UInt64 = 0
    /// The longest that a loop took to answer the request for this sample.
    package var lagNanoseconds: UInt64 = 0

    package init() {}
}

/// Arenas of exchanges, and the pool they come from.
package struct ArenaSample: Sendable, Equatable {
    /// Arenas with an owner or a lease, now and at most.
    package var inUse = 0
    package var inUseHighWater = 0
    /// Arenas whose exchange has ended but whose leases have not, now.
    package var retired = 0
    /// Leases out, now.
    package var leases = 0
    /// Arenas waiting in the pool, now.
    package var idle = 0
    /// Bytes handed out by the arenas of open exchanges, now.
    package var usedBytes = 0
    /// Bytes of all chunks, in use and idle, now and at most.
    package var reservedBytes = 0
    package var reservedBytesHighWater = 0
    /// The most that one exchange has used.
    package var exchangeBytesHighWater = 0
    /// Bytes of bodies that many requests share, which are in no exchange's arena, now.
    package var sharedBytes = 0
    /// Arenas taken from the pool; those that came warm; and resets.
    package var taken: UInt64 = 0
    package var reused: UInt64 = 0
    package var resets: UInt64 = 0
    /// Bytes handed out and since recycled.
    package var recycledBytes: UInt64 = 0

    package init() {}
}

/// Counts of an audit of the server's memory. Always 0 under `lease` and `copy`.
package struct AuditSample: Sendable, Equatable {
    /// Loops that are audited.
    package var loops = 0
    /// Arenas reset while libuv had a write of their bytes.
    package var unsafeResets: UInt64 = 0
    /// Writes whose arena had another generation when libuv called back.
    package var staleCompletions: UInt64 = 0
    /// Writes whose bytes had changed when libuv called back.
    package var changedWrites: UInt64 = 0

    package init() {}

    /// Violations of all three kinds.
    package var violations: UInt64 { unsafeResets + staleCompletions + changedWrites }
}
