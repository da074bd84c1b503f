/// What a server reports at one tick: of one loop, or of all loops merged.
///
/// Counters count since the server started and only grow; gauges hold now. Plain values,
/// filled by the loop that owns them and copied out whole.
package struct ServerSample: Sendable, Equatable {
    // Connections
    /// Connections open now, and by protocol. The rest have not said yet.
    package var openConnections = 0
    /// The most at once; loops' peaks added.
    package var openConnectionsHighWater = 0
    package var openHTTP1Connections = 0
    package var openHTTP2Connections = 0
    /// Those among them that are over TLS, the handshake done.
    package var openTLSConnections = 0
    /// Connections accepted, closed, and refused for want of room, since the start; the refused are among the others.
    package var acceptedConnections: UInt64 = 0
    package var closedConnections: UInt64 = 0
    package var refusedConnections: UInt64 = 0
    /// Closed as soon as they were accepted, since the process had no file descriptor left.
    package var starvedConnections: UInt64 = 0
    package var tls = TLSSample()

    // Requests
    /// Requests whose head was complete or that were refused before, and those answered in full (handed to
    /// the socket's queue).
    package var startedRequests: UInt64 = 0
    package var completedRequests: UInt64 = 0
    /// Answered before they had come whole.
    package var earlyResponses: UInt64 = 0
    /// Requests started and not yet answered, now. HTTP/2: open streams with a request.
    package var activeRequests = 0
    /// Answers by class of status.
    package var statuses = StatusCounts()
    /// Peers that broke the protocol, and connections or requests that ran out of time.
    package var protocolErrors: UInt64 = 0
    package var timeouts: UInt64 = 0
    /// HTTP/2: RST_STREAM received and sent, GOAWAY received and sent.
    package var streamResets: UInt64 = 0
    package var goaways: UInt64 = 0

    // Bytes on the sockets
    package var receivedBytes: UInt64 = 0
    package var sentBytes: UInt64 = 0

    // Writes
    package var writes = WriteSample()
    /// Times that reading from a connection stopped because its unsent bytes passed the limit.
    package var readPauses: UInt64 = 0
    /// Connections not being read for that reason, now.
    package var pausedConnections = 0

    // Memory
    package var arena = ArenaSample()

    /// What an audit found; all zero without one.
    package var audit = AuditSample()

    // The loops themselves
    /// Number of loops merged into this value.
    package var loopCount = 0
    /// CPU time of the loops' threads, nanoseconds since the start.
    package var cpuNanoseconds: UInt64 = 0
    /// Calls of malloc and its kin by the loops' threads since they began.
    package var allocations: UInt64 = 0
    /// The longest that a loop took to answer the request for this sample, nanoseconds.
    package var loopLagNanoseconds: UInt64 = 0

    /// The connection that somebody looks at closely, while it is open.
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

    /// Adds another loop's reading to this one.
    package mutating func merge(_ other: ServerSample) {
        openConnections += other.openConnections
        openConnectionsHighWater += other.openConnectionsHighWater
        openHTTP1Connections += other.openHTTP1Connections
        openHTTP2Connections += other.openHTTP2Connections
        openTLSConnections += other.openTLSConnections
        acceptedConnections += other.acceptedConnections
        closedConnections += other.closedConnections
        refusedConnections += other.refusedConnections
        starvedConnections += other.starvedConnections
        tls.merge(other.tls)
        startedRequests += other.startedRequests
        completedRequests += other.completedRequests
        earlyResponses += other.earlyResponses
        activeRequests += other.activeRequests
        statuses.merge(other.statuses)
        protocolErrors += other.protocolErrors
        timeouts += other.timeouts
        streamResets += other.streamResets
        goaways += other.goaways
        receivedBytes += other.receivedBytes
        sentBytes += other.sentBytes
        writes.merge(other.writes)
        readPauses += other.readPauses
        pausedConnections += other.pausedConnections
        arena.merge(other.arena)
        loopCount += other.loopCount
        cpuNanoseconds += other.cpuNanoseconds
        allocations += other.allocations
        loopLagNanoseconds = max(loopLagNanoseconds, other.loopLagNanoseconds)
        inspection = inspection ?? other.inspection
        connections += other.connections
        pendingWrites += other.pendingWrites
        audit.merge(other.audit)
    }
}

/// Answers by the first digit of their status.
package struct StatusCounts: Sendable, Equatable {
    package var informational: UInt64 = 0
    package var success: UInt64 = 0
    package var redirection: UInt64 = 0
    package var clientError: UInt64 = 0
    package var serverError: UInt64 = 0

    package init() {}

    /// Counts one answer. A status outside 100 to 599 counts as a server error.
    @inlinable
    package mutating func count(_ status: Int) {
        switch status {
        case 200..<300: success &+= 1
        case 100..<200: informational &+= 1
        case 300..<400: redirection &+= 1
        case 400..<500: clientError &+= 1
        default: serverError &+= 1
        }
    }

    /// Adds another loop's counts.
    package mutating func merge(_ other: StatusCounts) {
        informational += other.informational
        success += other.success
        redirection += other.redirection
        clientError += other.clientError
        serverError += other.serverError
    }
}

/// Writes to sockets: what the kernel took at once, and what waits.
package struct WriteSample: Sendable, Equatable {
    /// Flushes that the socket took whole, at once; and writes left in libuv's queue.
    package var direct: UInt64 = 0
    package var queued: UInt64 = 0
    /// Writes that libuv has not finished, their bytes, and their age, now.
    package var pending = 0
    package var pendingBytes = 0
    package var pendingBytesHighWater = 0
    package var oldestAgeNanoseconds: UInt64 = 0
    /// Bytes waiting now by the age of their write: below 1, 2, 4 ... 64 ms, and older.
    package var pendingBytesByAge = [Int](repeating: 0, count: WriteSample.ageBucketCount)

    package static let ageBucketCount = 8

    /// The bucket for a write of this age: 0 below 1 ms, i below 2^i ms, the last for the rest.
    package static func ageBucket(nanoseconds: UInt64) -> Int {
        var bucket = 0
        var edge: UInt64 = 1_000_000
        while bucket < ageBucketCount - 1 && nanoseconds >= edge {
            bucket += 1
            edge *= 2
        }
        return bucket
    }

    package init() {}

    /// Adds another loop's writes; the oldest age is the greater one.
    package mutating func merge(_ other: WriteSample) {
        direct += other.direct
        queued += other.queued
        pending += other.pending
        pendingBytes += other.pendingBytes
        // An upper bound: the loops' peaks need not fall together.
        pendingBytesHighWater += other.pendingBytesHighWater
        oldestAgeNanoseconds = max(oldestAgeNanoseconds, other.oldestAgeNanoseconds)
        for bucket in 0..<WriteSample.ageBucketCount {
            pendingBytesByAge[bucket] += other.pendingBytesByAge[bucket]
        }
    }
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
    /// Arenas taken from the pool; those that came warm; and resets.
    package var taken: UInt64 = 0
    package var reused: UInt64 = 0
    package var resets: UInt64 = 0
    /// Bytes handed out and since recycled.
    package var recycledBytes: UInt64 = 0

    package init() {}

    /// Adds another loop's arenas; see each peak for what it becomes.
    package mutating func merge(_ other: ArenaSample) {
        inUse += other.inUse
        inUseHighWater += other.inUseHighWater
        retired += other.retired
        leases += other.leases
        idle += other.idle
        usedBytes += other.usedBytes
        reservedBytes += other.reservedBytes
        reservedBytesHighWater += other.reservedBytesHighWater
        exchangeBytesHighWater = max(exchangeBytesHighWater, other.exchangeBytesHighWater)
        taken += other.taken
        reused += other.reused
        resets += other.resets
        recycledBytes += other.recycledBytes
    }
}

/// What an audit of the server's memory counts. Zero for ever under `lease` and `copy`.
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

    /// Any of them.
    package var violations: UInt64 { unsafeResets + staleCompletions + changedWrites }

    /// Adds another loop's counts.
    package mutating func merge(_ other: AuditSample) {
        loops += other.loops
        unsafeResets += other.unsafeResets
        staleCompletions += other.staleCompletions
        changedWrites += other.changedWrites
    }
}
