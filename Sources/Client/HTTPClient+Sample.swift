internal import HTTP1
internal import HTTP2
internal import Loop
internal import Measurements

extension HTTPClient {
    /// Adds this client's part of the gauges, its caches and its open connection.
    func addSample(to sample: inout ClientSample) {
        sample.inFlightRequests += inFlightCount
        if ownsCaches { caches.add(to: &sample) }
        if let session { sample.receivedHeaderBytes += session.receivedHeaderByteCount }
        if let pipeline { sample.receivedHeaderBytes += pipeline.parser.receivedHeaderByteCount }
        guard let stream else { return }
        let now = generator.nowNanoseconds
        sample.receivedBytes += stream.receivedBytes
        sample.sentBytes += stream.sentBytes
        sample.writes.direct += stream.directFlushes
        sample.writes.queued += stream.queuedWrites
        sample.writes.pending += stream.pendingWrites
        sample.writes.pendingBytes += stream.pendingByteCount
        stream.forEachPendingWrite { queued, byteCount in
            let age = now > queued ? now - queued : 0
            sample.writes.pendingBytesByAge[WriteSample.ageBucket(nanoseconds: age)] += byteCount
            sample.writes.oldestAgeNanoseconds = max(sample.writes.oldestAgeNanoseconds, age)
        }
    }
}
