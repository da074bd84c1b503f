package import Measurements

/// Latencies of one interval at steps of two percent, as small as their range.
///
/// A `LatencyHistogram` holds a quarter of a megabyte; ten minutes of them would be the
/// largest thing in the process. This keeps 32 steps an octave and only the octaves in
/// use: about half a kilobyte. It merges exactly, so a percentile over several intervals
/// is that of their values, never of their percentiles. GridFigure that must be exact come
/// from the recording.
package struct LatencyBuckets: Equatable, Sendable {
    static let stepsPerOctave = 32

    /// The bucket that `counts` begins with.
    private(set) var first = 0
    private(set) var counts: [UInt32] = []
    package private(set) var count: UInt64 = 0
    package private(set) var maximumNanoseconds: UInt64 = 0

    package init() {}

    package init(_ histogram: LatencyHistogram) {
        histogram.forEachBucket { nanoseconds, times in add(nanoseconds: nanoseconds, times: times) }
    }

    /// Values must come from low to high, or the front grows one by one.
    mutating func add(nanoseconds: UInt64, times: UInt64) {
        add(bucket: LatencyBuckets.bucket(nanoseconds), times: times)
        maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
    }

    mutating func merge(_ other: LatencyBuckets) {
        guard !other.counts.isEmpty else { return }
        // Room at both ends at once: this runs for each column of the map in every frame.
        if counts.isEmpty { first = other.first }
        if other.first < first {
            counts.insert(contentsOf: repeatElement(0, count: first - other.first), at: 0)
            first = other.first
        }
        let missing = other.range.upperBound - range.upperBound
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
        let shift = other.first - first
        for (offset, times) in other.counts.enumerated() {
            let (sum, isOver) = counts[shift + offset].addingReportingOverflow(times)
            counts[shift + offset] = isOver ? .max : sum
        }
        count += other.count
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
    }

    /// The value at a percentile from 0 to 100; nil where too few values lie beyond it.
    package func value(atPercentile percentile: Double) -> UInt64? {
        guard LatencyHistogram.supports(percentile: percentile, count: count) else { return nil }
        let wanted = max(1, UInt64((percentile / 100 * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (offset, times) in counts.enumerated() {
            seen += UInt64(times)
            if seen >= wanted { return min(LatencyBuckets.nanoseconds(first + offset), maximumNanoseconds) }
        }
        return maximumNanoseconds
    }

    /// How many values lie in a range of buckets.
    func count(in range: Range<Int>) -> UInt64 {
        let low = max(0, range.lowerBound - first), high = min(counts.count, range.upperBound - first)
        return low < high ? counts[low..<high].reduce(0) { $0 + UInt64($1) } : 0
    }

    /// The buckets in use.
    var range: Range<Int> { first..<first + counts.count }

    /// The bucket of a value: its octave, and the five bits below the highest.
    static func bucket(_ nanoseconds: UInt64) -> Int {
        let value = max(UInt64(stepsPerOctave), nanoseconds)
        let octave = 63 - value.leadingZeroBitCount
        return octave * stepsPerOctave + Int(value >> UInt64(octave - 5)) - stepsPerOctave
    }

    /// The middle of a bucket.
    static func nanoseconds(_ bucket: Int) -> UInt64 {
        let octave = bucket / stepsPerOctave
        let step = UInt64(bucket % stepsPerOctave + stepsPerOctave)
        guard octave >= 5 else { return 0 }
        let width = UInt64(1) << UInt64(octave - 5)
        return step * width + width / 2
    }

    private mutating func add(bucket: Int, times: UInt64) {
        if counts.isEmpty { first = bucket }
        if bucket < first {
            counts.insert(contentsOf: repeatElement(0, count: first - bucket), at: 0)
            first = bucket
        }
        if bucket - first >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: bucket - first - counts.count + 1))
        }
        let sum = UInt64(counts[bucket - first]) + times
        counts[bucket - first] = UInt32(min(sum, UInt64(UInt32.max)))
        count += times
    }
}
