internal import Histogram

/// Records latencies on a hot path: made whole at once, so that a value costs an index and an
/// addition.
///
/// A loop has one for each kind of latency, records into it, and hands its values over at
/// a tick. Not `Sendable`: it belongs to its loop's thread.
///
/// `@safe`: the pointer to its histogram is its own. As a stored property each value would be
/// checked for exclusive access at run time, 80 instructions a time.
@safe
package final class LatencyRecorder {
    private let histogram: UnsafeMutablePointer<Histogram<UInt64>>

    package init() {
        unsafe histogram = .allocate(capacity: 1)
        unsafe histogram.initialize(to: LatencyHistogram.makeHistogram())
    }

    deinit {
        unsafe histogram.deinitialize(count: 1)
        unsafe histogram.deallocate()
    }

    /// Counts one value; above the highest it counts as the highest.
    package func record(nanoseconds: UInt64) {
        _ = unsafe histogram.pointee.record(min(nanoseconds, LatencyHistogram.highestNanoseconds))
    }

    /// The values recorded since the last time. Makes a new table if there were any: a
    /// quarter of a megabyte, once a tick.
    package func take() -> LatencyHistogram {
        guard unsafe histogram.pointee.totalCount > 0 else { return LatencyHistogram() }
        let taken = unsafe LatencyHistogram(histogram.pointee)
        unsafe histogram.pointee = LatencyHistogram.makeHistogram()
        return taken
    }
}
