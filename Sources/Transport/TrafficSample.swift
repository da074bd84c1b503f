package import Loop
package import Measurements

/// The counters that the samples of a server and of a client have of their sockets.
package protocol TrafficSample {
    /// Bytes read from sockets.
    var receivedBytes: UInt64 { get set }
    /// Bytes that sockets have taken.
    var sentBytes: UInt64 { get set }
    var writes: WriteSample { get set }
}

extension ServerSample: TrafficSample {}
extension ClientSample: TrafficSample {}

extension TrafficSample {
    /// Adds all that a stream, open or closed, has counted.
    package mutating func addCounters(of stream: TCPStream) {
        receivedBytes += stream.receivedBytes
        sentBytes += stream.sentBytes
        writes.direct += stream.directFlushes
        writes.queued += stream.queuedWrites
    }

    /// Adds the bytes that wait on an open stream. Walks over its writes.
    package mutating func addPendingWrites(of stream: TCPStream, nowNanoseconds now: UInt64) {
        writes.pending += stream.pendingWrites
        writes.pendingBytes += stream.pendingByteCount
        stream.forEachPendingWrite { queued, byteCount in
            let age = now > queued ? now - queued : 0
            writes.pendingBytesByAge[WriteSample.ageBucket(nanoseconds: age)] += byteCount
            writes.oldestAgeNanoseconds = max(writes.oldestAgeNanoseconds, age)
        }
    }
}
