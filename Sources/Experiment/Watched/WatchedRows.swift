internal import Measurements
internal import Watch

/// The rows of a watched server's connections, numbered from 1 in the order in which they are first seen.
struct WatchedRows {
    /// A connection as long as it is open.
    private enum Key: Hashable {
        case probed(process: Int32, descriptor: Int, opened: UInt64)
        case diagnosed(PeerAddress, inode: UInt32)

        /// Numbers that few others have: ten thousand keys are hashed for a reading.
        func hash(into hasher: inout Hasher) {
            switch self {
            case .probed(_, let descriptor, let opened): hasher.combine(opened &+ UInt64(truncatingIfNeeded: descriptor))
            case .diagnosed(let peer, let inode): hasher.combine(UInt64(inode) << 16 | UInt64(peer.port))
            }
        }
    }

    /// A connection that an earlier reading had.
    private struct Known {
        var number: UInt64
        var firstSeen: UInt64
    }

    private var known: [Key: Known] = [:]

    /// What a peer that reads may take to acknowledge: systems delay it by up to 200 ms.
    private static let acknowledgementNanoseconds: UInt64 = 250_000_000
    private var count: UInt64 = 0

    /// Rows from the probes, with the kernel's view of each.
    mutating func rows(of reading: ProbeReading, _ diagnosed: [DiagnosedConnection], atNanoseconds now: UInt64) -> [ConnectionSample] {
        let views = Dictionary(diagnosed.map { ($0.peer, $0) }, uniquingKeysWith: { first, _ in first })
        var next: [Key: Known] = [:]
        var rows: [ConnectionSample] = []
        for (index, process) in reading.processes.enumerated() where !process.hasEnded {
            let queued = Dictionary(grouping: process.queuedWrites, by: \.descriptor)
            for connection in process.connections where !connection.isLocal && rows.count < ServerSample.connectionRowLimit {
                var row = ConnectionSample()
                row.loop = index
                row.peer = connection.peer?.description ?? ""
                row.receivedBytes = connection.receivedBytes
                row.sentBytes = connection.sentBytes
                row.ageNanoseconds = now - min(now, connection.opened)
                let writes = queued[connection.descriptor] ?? []
                let bytes = writes.isEmpty ? connection.heldBytes : writes.reduce(0) { $0 &+ $1.byteCount }
                row.pendingBytes = Int(clamping: bytes)
                if bytes > 0 { row.oldestAgeNanoseconds = now - min(now, writes.map(\.since).min() ?? connection.heldSince) }
                let view = connection.peer.flatMap { views[$0] }
                row.kernel = view?.view
                let key = Key.probed(process: process.pid, descriptor: connection.descriptor, opened: connection.opened)
                rows.append(numbered(row, key, view, &next, now))
            }
        }
        known = next
        return rows
    }

    /// Rows from the kernel alone: bytes wait in its queue, since the peer last acknowledged any. Where there are more
    /// connections than rows, those whose bytes wait come first.
    mutating func rows(of diagnosed: [DiagnosedConnection], atNanoseconds now: UInt64) -> [ConnectionSample] {
        let count = min(diagnosed.count, ServerSample.connectionRowLimit)
        var next: [Key: Known] = [:]
        next.reserveCapacity(count)
        var rows: [ConnectionSample] = []
        rows.reserveCapacity(count)
        for waits in [true, false] {
            for connection in diagnosed where (connection.queuedBytes > 0) == waits && rows.count < count {
                var row = ConnectionSample()
                row.peer = connection.peer.description
                row.receivedBytes = connection.receivedBytes
                row.sentBytes = connection.acknowledgedBytes
                row.pendingBytes = connection.queuedBytes
                row.oldestAgeNanoseconds = connection.waitNanoseconds
                row.kernel = connection.view
                rows.append(numbered(row, .diagnosed(connection.peer, inode: connection.inode), connection, &next, now))
            }
        }
        known = next
        return rows
    }

    /// The row with its number, its state, and its age where the kernel does not tell one.
    private mutating func numbered(
        _ row: ConnectionSample, _ key: Key, _ view: DiagnosedConnection?, _ next: inout [Key: Known], _ now: UInt64
    ) -> ConnectionSample {
        var row = row
        let before = known[key]
        let isProbed = if case .probed = key { true } else { false }
        if before == nil { count += 1 }
        let entry = Known(number: before?.number ?? count, firstSeen: before?.firstSeen ?? now)
        next[key] = entry
        row.id = entry.number
        // Bytes on the way wait for nothing but their acknowledgement, unless that does not come.
        let isWaiting = row.pendingBytes > 0 && (isProbed || (row.kernel?.unsentBytes ?? 0) > 0 || row.oldestAgeNanoseconds >= WatchedRows.acknowledgementNanoseconds)
        if row.ageNanoseconds == 0 { row.ageNanoseconds = now - entry.firstSeen }
        row.state = isWaiting ? .waiting : view?.isHalfClosed == true ? .closing : view?.owesAnswer == true ? .running : .idle
        return row
    }
}
