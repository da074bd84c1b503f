/// Writes to sockets: those that the kernel took at once, and those that wait.
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
}

extension WriteSample: SamplePart {
    package static let table = MetricTable<WriteSample>([
        .counter("direct", .write, \.direct, "Flushes that the socket took whole, at once"),
        .counter("queued", .write, \.queued, better: .lower, "Writes left in the loop's queue"),
        .gauge("pending", .write, \.pending, better: .lower, "Writes not finished, now"),
        .gauge("pending_bytes", .bytes, \.pendingBytes, better: .lower, "Bytes of writes not finished, now"),
        .gauge("pending_bytes_high_water", .bytes, \.pendingBytesHighWater, better: .lower, "The most bytes that waited at once; loops' peaks added").highWater(of: "pending_bytes"),
        .timeGauge("oldest_age", \.oldestAgeNanoseconds, better: .lower, "Age of the oldest write not finished"),
    ] + (0..<ageBucketCount).map(pendingBytes(ofAge:)))

    private static func pendingBytes(ofAge bucket: Int) -> MetricRow<WriteSample> {
        let isLast = bucket == ageBucketCount - 1
        // Milliseconds: bucket i ends at 2^i, and the last begins where the one before ends.
        let edge = 1 << (isLast ? bucket - 1 : bucket)
        return .element(
            bucket, of: StoredField(\.pendingBytesByAge), "pending_bytes_by_age.\(isLast ? "from" : "below")_\(edge)ms", .bytes,
            isLast ? "Bytes whose write is \(edge) ms old or older" : "Bytes whose write is younger than \(edge) ms, and in no bucket before")
    }
}
