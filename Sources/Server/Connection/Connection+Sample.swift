internal import Loop
internal import Measurements
internal import Transport

extension Connection {
    /// This connection's row, and its share of the server's gauges and counters.
    func sample(loop number: Int, addingTo total: inout ServerSample) -> ConnectionSample {
        let now = server.nowNanoseconds
        let open = exchanges.arenaBytes
        let retired = stream.pending.retiredArenaBytes
        let used = open.used + retired.used
        exchanges.noteArenaUse(used)

        total.addCounters(of: stream)
        total.addPendingWrites(of: stream, nowNanoseconds: now)
        total.requests.active += exchanges.count
        total.arena.usedBytes += used

        let version = side?.version ?? .unknown
        var row = ConnectionSample(
            id: id, loop: number, peer: peer, state: sampleState, version: tls == nil ? version : version.overTLS,
            streams: exchanges.count, requests: exchanges.requestCount, receivedBytes: stream.receivedBytes,
            sentBytes: stream.sentBytes, pendingBytes: stream.pendingByteCount,
            oldestAgeNanoseconds: stream.oldestWriteNanoseconds.map { now > $0 ? now - $0 : 0 } ?? 0,
            arenaUsedBytes: used, arenaReservedBytes: open.reserved + retired.reserved,
            arenaHighWaterBytes: exchanges.arenaHighWaterByteCount, ageNanoseconds: now - openedNanoseconds)
        row.lastExchangeBytes = exchanges.lastEnded?.usedBytes ?? 0
        return row
    }

    private var sampleState: ConnectionSample.State {
        switch state.stage {
        case .securing, .sniffing: .idle
        case .serving, .paused: stream.pendingWrites > 0 ? .waiting : exchanges.count > 0 ? .running : .idle
        case .finishing, .closed: .closing
        }
    }
}
