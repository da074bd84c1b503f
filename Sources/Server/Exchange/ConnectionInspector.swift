internal import Loop
internal import Measurements
internal import Memory

/// The exchanges of a connection that the dashboard shows in detail, as they end.
///
/// Any other connection has no inspector, and pays one comparison an exchange.
final class ConnectionInspector {
    private var endedCount: UInt64 = 0
    /// A ring; once it is full the oldest is at `place`, where the next one goes.
    private var ring: [EndedExchange] = []
    private var place = 0

    /// Bytes of a request's target that an inspection shows.
    private static let targetByteLimit = 48

    /// - Parameter last: the exchange that ended before the inspection: an idle connection has no other to show.
    init(last: EndedExchange?) {
        ring.reserveCapacity(ConnectionInspection.endedLimit)
        if let last { ring.append(last) }
    }

    func note(_ ended: EndedExchange) {
        if ring.count < ConnectionInspection.endedLimit {
            ring.append(ended)
        } else {
            ring[place] = ended
            place = (place + 1) % ConnectionInspection.endedLimit
        }
        endedCount += 1
    }

    /// Oldest first.
    private var ended: [EndedExchange] { Array(ring[place...] + ring[..<place]) }

    /// The exchanges that have ended, and the memory of the open ones.
    func inspection(of connection: Connection, loop number: Int) -> ConnectionInspection {
        var inspection = ConnectionInspection(id: connection.id, loop: number)
        inspection.ended = ended
        inspection.endedCount = endedCount
        inspection.openCount = connection.exchanges.count
        let retired = connection.stream.pending.retiredArenaBytes
        inspection.retiredUsedBytes = retired.used
        inspection.retiredReservedBytes = retired.reserved
        unsafe connection.exchanges.forEach { exchange in
            unsafe inspection.arenas.append(ConnectionInspector.reading(of: &exchange.pointee))
        }
        // The list begins with the newest.
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
