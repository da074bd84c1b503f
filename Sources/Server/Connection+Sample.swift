internal import Loop
internal import Measurements
internal import Memory

extension Connection {
    /// This connection's row, and its share of the server's gauges and counters.
    func sample(loop number: Int, addingTo total: inout ServerSample) -> ConnectionSample {
        let now = server.nowNanoseconds
        var used = 0
        var reserved = 0
        var exchange = unsafe firstExchange
        while let open = unsafe exchange {
            unsafe used += open.pointee.arena.usedByteCount
            unsafe reserved += open.pointee.arena.reservedByteCount
            unsafe exchange = unsafe open.pointee.next
        }
        let retired = stream.retiredArenaBytes
        used += retired.used
        reserved += retired.reserved
        noteArenaUse(used)

        let pendingBytes = stream.pendingByteCount
        stream.forEachPendingWrite { queued, byteCount in
            let age = now > queued ? now - queued : 0
            total.writes.pendingBytesByAge[WriteSample.ageBucket(nanoseconds: age)] += byteCount
            total.writes.oldestAgeNanoseconds = max(total.writes.oldestAgeNanoseconds, age)
        }
        total.writes.pending += stream.pendingWrites
        total.writes.pendingBytes += pendingBytes
        total.writes.direct += stream.directFlushes
        total.writes.queued += stream.queuedWrites
        total.receivedBytes += stream.receivedBytes
        total.sentBytes += stream.sentBytes
        total.activeRequests += openExchangeCount
        total.arena.usedBytes += used

        let state: ConnectionSample.State
        var version: ConnectionSample.Version
        switch phase {
        case .securing, .sniffing: (state, version) = (.idle, .unknown)
        case .http1, .http2:
            state = stream.pendingWrites > 0 ? .waiting : openExchangeCount > 0 ? .running : .idle
            version = phase == .http1 ? .http1 : .http2
        case .finishing, .closed: (state, version) = (.closing, session == nil ? .http1 : .http2)
        }
        if tls != nil { version = version.overTLS }
        return ConnectionSample(
            id: id, loop: number, peer: peer, state: state, version: version, streams: openExchangeCount,
            requests: requestCount, receivedBytes: stream.receivedBytes, sentBytes: stream.sentBytes,
            pendingBytes: pendingBytes,
            oldestAgeNanoseconds: stream.oldestWriteNanoseconds.map { now > $0 ? now - $0 : 0 } ?? 0,
            arenaUsedBytes: used, arenaReservedBytes: reserved, arenaHighWaterBytes: arenaHighWaterByteCount,
            ageNanoseconds: now - openedNanoseconds)
    }
}
