/// One connection of the server in detail: the arenas of its open exchanges, and the memory that the
/// last ended exchanges had used. Only of the connection that the dashboard's user has opened.
package struct ConnectionInspection: Sendable, Equatable {
    /// As in `ConnectionSample`.
    package var id: UInt64 = 0
    package var loop = 0
    /// Open exchanges, the oldest first, at most `arenaLimit` of `openCount`.
    package var arenas: [ArenaReading] = []
    package var openCount = 0
    /// Arenas whose exchange has ended and whose bytes the peer has not read, together.
    package var retiredUsedBytes = 0
    package var retiredReservedBytes = 0
    /// The exchanges that ended last, the oldest first, at most `endedLimit`; one of them may have ended before the inspection.
    package var ended: [EndedExchange] = []
    /// Exchanges that ended since the inspection began.
    package var endedCount: UInt64 = 0

    /// More than a zoomed panel has lines; a connection may have 100 streams and more.
    package static let arenaLimit = 64
    /// As many exchanges as a wide screen has columns.
    package static let endedLimit = 128

    package init() {}

    package init(id: UInt64, loop: Int) {
        self.id = id
        self.loop = loop
    }
}

/// The contents of the arena of one open exchange, bytes.
package struct ArenaReading: Sendable, Equatable {
    /// HTTP/2; 0 with HTTP/1.1.
    package var streamID: Int32 = 0
    /// The beginning of the request's target.
    package var target = ""
    package var isAnswered = false
    /// Target and header fields with names and values, as SETTINGS_MAX_HEADER_LIST_SIZE counts them; the request's body; the response's body, where it lies in the arena.
    package var headBytes = 0
    package var bodyBytes = 0
    package var responseBytes = 0
    /// Handed out in all, held, and leases that pending writes have on it.
    package var usedBytes = 0
    package var reservedBytes = 0
    package var leases = 0

    package init() {}

    package init(
        streamID: Int32, target: String, isAnswered: Bool, headBytes: Int, bodyBytes: Int, responseBytes: Int,
        usedBytes: Int, reservedBytes: Int, leases: Int
    ) {
        self.streamID = streamID
        self.target = target
        self.isAnswered = isAnswered
        self.headBytes = headBytes
        self.bodyBytes = bodyBytes
        self.responseBytes = responseBytes
        self.usedBytes = usedBytes
        self.reservedBytes = reservedBytes
        self.leases = leases
    }

    /// The rest: the exchange itself, tables, heads of responses, alignment.
    package var otherBytes: Int { max(0, usedBytes - headBytes - bodyBytes - responseBytes) }
}

/// The memory of one exchange when it ended.
package struct EndedExchange: Sendable, Equatable {
    package var usedBytes: Int
    package var reservedBytes: Int

    package init(usedBytes: Int, reservedBytes: Int) {
        self.usedBytes = usedBytes
        self.reservedBytes = reservedBytes
    }
}
