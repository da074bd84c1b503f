internal import Histogram

/// Latencies in nanoseconds at three significant digits, up to 10 minutes.
///
/// A value type over the package's histogram, made on first use: an empty one costs a
/// pointer, so samples without traffic stay small. Recording allocates nothing after
/// the first value.
package struct LatencyHistogram: Sendable {
    /// Values above count as this: longer than any timeout a run may ask for.
    package static let highestNanoseconds: UInt64 = 600_000_000_000

    var histogram: Histogram<UInt64>?

    package init() {}

    /// Number of values.
    package var count: UInt64 { histogram?.totalCount ?? 0 }

    /// Counts one value, `times` times.
    package mutating func record(nanoseconds: UInt64, times: UInt64 = 1) {
        if histogram == nil { histogram = LatencyHistogram.makeHistogram() }
        histogram?.record(min(nanoseconds, LatencyHistogram.highestNanoseconds), count: times)
    }

    /// Adds the values of another one, bucket by bucket: nothing is averaged.
    package mutating func merge(_ other: LatencyHistogram) {
        guard let otherHistogram = other.histogram else { return }
        if histogram == nil {
            histogram = otherHistogram
        } else {
            histogram?.add(otherHistogram)
        }
    }

    /// For `LatencyRecorder`.
    init(_ histogram: Histogram<UInt64>) { self.histogram = histogram }

    static func makeHistogram() -> Histogram<UInt64> {
        Histogram<UInt64>(
            lowestDiscernibleValue: 1, highestTrackableValue: highestNanoseconds, numberOfSignificantValueDigits: .three)
    }
}
