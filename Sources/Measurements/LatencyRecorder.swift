internal import Histogram

/// Records latencies on a hot path: made whole at once, so that a value costs an index and an
/// addition.
///
/// A loop has one for each kind of latency, records into it, and hands over what it holds at
/// a tick. Not `Sendable`: it belongs to its loop's thread.
package final class LatencyRecorder {
    private var histogram = LatencyHistogram.makeHistogram()

    package init() {}

    /// Counts one value; above the highest it counts as the highest.
    package func record(nanoseconds: UInt64) {
        _ = histogram.record(min(nanoseconds, LatencyHistogram.highestNanoseconds))
    }

    /// What was recorded since the last time. Makes a new table if there was anything: a
    /// quarter of a megabyte, once a tick.
    package func take() -> LatencyHistogram {
        guard histogram.totalCount > 0 else { return LatencyHistogram() }
        let taken = LatencyHistogram(histogram)
        histogram = LatencyHistogram.makeHistogram()
        return taken
    }
}
