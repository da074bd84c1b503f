/// Latencies in nanoseconds at three significant digits, up to 10 minutes, in the buckets of HdrHistogram.
///
/// A value type. It has a count for each bucket from the lowest value to the highest, and none beyond: an empty one
/// costs nothing, the one of an interval some kilobytes, the largest a quarter of a megabyte.
package struct LatencyHistogram: Sendable, Equatable {
    /// Values above count as this: longer than any timeout a run may ask for.
    package static let highestNanoseconds: UInt64 = 600_000_000_000

    /// Number of values.
    package private(set) var count: UInt64 = 0
    /// Of `firstBucket` and those behind it. Neither the first nor the last of them is 0.
    private(set) var counts: [UInt64] = []
    private(set) var firstBucket = 0
    /// The lowest and the highest value, exactly; 0 without values.
    private(set) var lowest: UInt64 = 0
    private(set) var highest: UInt64 = 0

    package init() {}

    /// What a `LatencyRecorder` has counted, or a recording has: at least one value.
    ///
    /// - Parameters:
    ///   - counts: from the bucket of the lowest value to that of the highest.
    ///   - count: of all values.
    init(_ counts: [UInt64], count: UInt64, lowest: UInt64, highest: UInt64) {
        self.counts = counts
        firstBucket = LatencyHistogram.bucket(of: lowest)
        self.lowest = lowest
        self.highest = highest
        self.count = count
    }

    /// Counts one value, `times` times.
    package mutating func record(nanoseconds: UInt64, times: UInt64 = 1) {
        guard times > 0 else { return }
        let value = min(nanoseconds, LatencyHistogram.highestNanoseconds)
        let bucket = LatencyHistogram.bucket(of: value)
        lowest = count == 0 ? value : min(lowest, value)
        highest = max(highest, value)
        extend(to: bucket..<bucket + 1)
        counts[bucket - firstBucket] &+= times
        count &+= times
    }

    /// Adds the values of another one, bucket by bucket: nothing is averaged.
    ///
    /// More values than 64 bits can count are left out: recordings may say anything.
    package mutating func merge(_ other: LatencyHistogram) {
        guard other.count > 0 else { return }
        guard count > 0 else { return self = other }
        let (sum, overflows) = count.addingReportingOverflow(other.count)
        guard !overflows else { return }
        extend(to: other.buckets)
        let offset = other.firstBucket - firstBucket
        let others = other.counts.span
        var sums = counts.mutableSpan
        for index in others.indices { sums[offset + index] &+= others[index] }
        count = sum
        lowest = min(lowest, other.lowest)
        highest = max(highest, other.highest)
    }

    /// The buckets that have counts.
    var buckets: Range<Int> { firstBucket..<firstBucket + counts.count }

    /// Makes room for counts in these buckets.
    private mutating func extend(to range: Range<Int>) {
        if counts.isEmpty { firstBucket = range.lowerBound }
        if range.lowerBound < firstBucket {
            counts.insert(contentsOf: repeatElement(0, count: firstBucket - range.lowerBound), at: 0)
            firstBucket = range.lowerBound
        }
        if range.upperBound > buckets.upperBound {
            counts.append(contentsOf: repeatElement(0, count: range.upperBound - buckets.upperBound))
        }
    }
}

// The layout of HdrHistogram with three digits and unit 1.
extension LatencyHistogram {
    /// Values below this have a bucket each; from there on, each doubling has half as many.
    static let subBucketCount = 2048
    static let bucketCount = bucket(of: highestNanoseconds) + 1

    /// Which bucket a value is counted in.
    @inlinable
    package static func bucket(of value: UInt64) -> Int {
        let shift = max(0, 53 &- value.leadingZeroBitCount)
        return shift &* 1024 &+ Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: shift))
    }

    static func highestValue(ofBucket bucket: Int) -> UInt64 {
        let shift = max(0, bucket / (subBucketCount / 2) - 1)
        return ((UInt64(bucket - shift * (subBucketCount / 2)) + 1) << UInt64(shift)) - 1
    }
}
