internal import Loop
internal import Measurements
internal import Memory

/// The exchanges of a connection that somebody looks at, as they end.
///
/// A connection that nobody looks at has none, and pays one comparison an exchange.
final class ConnectionInspector {
    private(set) var endedCount: UInt64 = 0
    /// A ring: the next one goes to `endedCount % endedLimit`.
    private var ring: [EndedExchange] = []

    init() { ring.reserveCapacity(ConnectionInspection.endedLimit) }

    func note(_ ended: EndedExchange) {
        if ring.count < ConnectionInspection.endedLimit {
            ring.append(ended)
        } else {
            ring[Int(endedCount % UInt64(ConnectionInspection.endedLimit))] = ended
        }
        endedCount += 1
    }

    /// Oldest first.
    var ended: [EndedExchange] {
        guard ring.count == ConnectionInspection.endedLimit else { return ring }
        let start = Int(endedCount % UInt64(ring.count))
        return Array(ring[start...] + ring[..<start])
    }
}

extension Connection {
    /// Bytes of a request's target that an inspection shows.
    private static let targetByteLimit = 48

    /// What the inspector has seen and the open exchanges hold; nil where nobody looks.
    func inspection(loop number: Int) -> ConnectionInspection? {
        guard let inspector else { return nil }
        var inspection = ConnectionInspection(id: id, loop: number)
        inspection.ended = inspector.ended
        inspection.endedCount = inspector.endedCount
        inspection.openCount = openExchangeCount
        let retired = stream.retiredArenaBytes
        inspection.retiredUsedBytes = retired.used
        inspection.retiredReservedBytes = retired.reserved
        // The list begins with the newest.
        var exchange = unsafe firstExchange
        while let open = unsafe exchange {
            unsafe inspection.arenas.append(Connection.reading(of: &open.pointee))
            unsafe exchange = unsafe open.pointee.next
        }
        inspection.arenas = Array(inspection.arenas.reversed().prefix(ConnectionInspection.arenaLimit))
        return inspection
    }

    private static func reading(of exchange: inout Exchange) -> ArenaReading {
        let target = unsafe exchange.target
        let shown = target[0..<min(target.count, targetByteLimit)]
        let response = unsafe exchange.response.body
        let head = unsafe target.count + exchange.authority.count + exchange.fields.byteCount
        return unsafe ArenaReading(
            streamID: exchange.streamID, target: String(decoding: shown.buffer, as: UTF8.self),
            isAnswered: exchange.hasResponse, headBytes: head, bodyBytes: exchange.body.count,
            responseBytes: exchange.arena.holds(response.buffer) ? response.count : 0,
            usedBytes: exchange.arena.usedByteCount, reservedBytes: exchange.arena.reservedByteCount,
            leases: exchange.arena.leaseCount)
    }
}
