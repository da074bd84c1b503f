package import Measurements

/// A sample in which no two numbers are alike, so that one under the wrong name shows.
///
/// - Parameter isWatched: also of a server that is watched.
package func distinctSample(isWatched: Bool = false) -> Sample {
    var sample = Sample(
        timeNanoseconds: 3_000_000_007, intervalNanoseconds: 1_000_000_009, server: ServerSample(), client: ClientSample(),
        process: ProcessSample())
    for (index, metric) in Metric.all.enumerated() where metric.kind != .histogram && (isWatched || !metric.name.hasPrefix("watch.")) {
        metric.write(&sample, .number(Double(1_000 + index)))
    }
    for latency in 1...20_000 { sample.client?.serviceTime.record(nanoseconds: UInt64(latency) * 1_000) }
    sample.client?.responseTime.record(nanoseconds: 77, times: 3)
    sample.server?.connections = [connection(id: 1, pendingBytes: 5), connection(id: 2, pendingBytes: 9)]
    return sample
}

/// The same with what only some samples have: an inspected connection, and an audit's ledger.
package func fullSample(isWatched: Bool = false) -> Sample {
    var sample = distinctSample(isWatched: isWatched)
    var inspection = ConnectionInspection(id: 2, loop: 1)
    inspection.arenas = [ArenaReading(
        streamID: 3, target: "/a\"b", isAnswered: true, headBytes: 4, bodyBytes: 5, responseBytes: 6, usedBytes: 70,
        reservedBytes: 80, leases: 9)]
    (inspection.openCount, inspection.endedCount) = (10, 11)
    (inspection.retiredUsedBytes, inspection.retiredReservedBytes) = (12, 13)
    inspection.ended = [EndedExchange(usedBytes: 14, reservedBytes: 15), EndedExchange(usedBytes: 16, reservedBytes: 17)]
    sample.server?.inspection = inspection
    sample.server?.pendingWrites = [violation.write, PendingWriteSample(
        loop: 0, connection: 2, exchange: 9, arena: 0, generation: 0, offset: nil, byteCount: 5, ageNanoseconds: 6_000,
        isDirect: false, isReset: false)]
    return sample
}

package func connection(id: UInt64, pendingBytes: Int) -> ConnectionSample {
    ConnectionSample(
        id: id, loop: 1, peer: "127.0.0.1:5000", state: .waiting, version: .http2, streams: 3, requests: 4,
        receivedBytes: 5, sentBytes: 6, pendingBytes: pendingBytes, oldestAgeNanoseconds: 8_000_000_001,
        arenaUsedBytes: 9, arenaReservedBytes: 10, arenaHighWaterBytes: 11, ageNanoseconds: 12_345_678_901)
}

package let violation = Violation(
    kind: .reset,
    write: PendingWriteSample(
        loop: 1, connection: 17, exchange: 3, arena: 12, generation: 7, offset: 1184, byteCount: 245,
        ageNanoseconds: 213_400, isDirect: true, isReset: true),
    overwriter: .init(connection: 17, exchange: 4, request: "GET /bytes/64"), foundGeneration: 8,
    requestAddress: 0x7FE1_9D60_12F0,
    expectedRequest: .init(callback: 0x5641_6EDC_24E0, buffers: 0, bufferCount: 2),
    foundRequest: .init(callback: 0, buffers: 0xFFFF_FFFF_0000_0000, bufferCount: 4_294_967_295), changeOffset: 3,
    expectedBytes: Array("HTTP/1.1 200 OK\r\n".utf8), foundBytes: [0xDD, 0x41])

/// A server that is watched with the probe: its connections have the kernel's view, and no requests or arenas.
package func watchedSample() -> Sample {
    var sample = distinctSample(isWatched: true)
    sample.unknown = [.http, .failedHandshakes, .arenas, .heap]
    var row = connection(id: 1, pendingBytes: 5)
    var view = ConnectionSample.KernelView()
    (view.queuedBytes, view.unsentBytes, view.roundTripNanoseconds, view.windowLimitedShare) = (2_803_712, 2_000_000, 41_000, 0.75)
    row.kernel = view
    sample.server?.connections = [row]
    return sample
}

/// One of a watched server that did nothing wrong, and whose writes never had to wait: 100 of them, 4.07 KiB each.
package func unhurriedSample() -> Sample {
    var sample = watchedSample()
    sample.watch?.crashes = 0
    sample.watch?.findings = 0
    sample.watch?.cutWrites = 0
    sample.server?.writes.direct = 100
    sample.server?.writes.queued = 0
    sample.server?.sentBytes = 416_300
    sample.client?.slowReaders = SlowReaderSample()
    sample.client?.requests.failed = 0
    sample.client?.connectionCounts.broken = 0
    sample.client?.bodies = BodyCheckCounts()
    return sample
}

/// A finding in it, with all that one can have.
package let brokenWrite: BrokenWrite = {
    var finding = BrokenWrite()
    finding.kind = .requestChanged
    finding.process = 812
    finding.peer = "127.0.0.1:53956"
    finding.descriptor = 9
    finding.byteCount = 6_000_041
    finding.ageNanoseconds = 213_400
    finding.requestAddress = 0x7FE1_9D60_12F0
    finding.expectedRequest = .init(callback: 0x5641_6EDC_24E0, handle: 0x5641_6EDC_0010, bufferCount: 1)
    finding.foundRequest = .init(callback: 0, handle: 0x5641_6EDC_0010, bufferCount: 0)
    finding.changeOffset = 17
    finding.expectedBytes = Array("aaaa".utf8)
    finding.foundBytes = Array("bbbb".utf8)
    finding.writePlaces = ["respond server.c:306 (server)", "main server.c:12 (server)"]
    finding.foundPlaces = ["reset server.c:304 (server)"]
    return finding
}()
