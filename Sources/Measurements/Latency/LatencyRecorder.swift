internal import Glibc

/// Records latencies on a hot path: a value costs an index and an addition.
///
/// A loop has one for each kind of latency, records into it, and hands its values over at a tick. Not `Sendable`: it
/// belongs to its loop's thread.
///
/// `@safe`: its memory is its own. As a stored property each count would be checked for exclusive access at run time,
/// 80 instructions a time.
@safe
package struct LatencyRecorder: ~Copyable {
    /// The lowest and the highest value since the last time; without values the lowest is beyond all.
    @usableFromInline
    struct Bounds: BitwiseCopyable {
        @usableFromInline var lowest = UInt64.max
        @usableFromInline var highest: UInt64 = 0

        @usableFromInline init() {}
    }
    @usableFromInline let bounds: UnsafeMutablePointer<Bounds>
    /// Of all buckets: a quarter of a megabyte, of which the kernel gives the pages that are used.
    @usableFromInline let counts: UnsafeMutablePointer<UInt64>

    package init() {
        unsafe bounds = .allocate(capacity: 1)
        unsafe bounds.initialize(to: Bounds())
        unsafe counts = LatencyRecorder.zeroes(LatencyHistogram.bucketCount)
    }

    deinit {
        unsafe free(counts)
        unsafe bounds.deallocate()
    }

    /// Counts one value; above the highest it counts as the highest.
    @inlinable
    package func record(nanoseconds: UInt64) {
        let value = min(nanoseconds, LatencyHistogram.highestNanoseconds)
        unsafe counts[LatencyHistogram.bucket(of: value)] &+= 1
        if unsafe value < bounds.pointee.lowest { unsafe bounds.pointee.lowest = value }
        if unsafe value > bounds.pointee.highest { unsafe bounds.pointee.highest = value }
    }

    /// Counts one value so many times.
    package func record(nanoseconds: UInt64, count: UInt64) {
        guard count > 0 else { return }
        record(nanoseconds: nanoseconds)
        unsafe counts[LatencyHistogram.bucket(of: min(nanoseconds, LatencyHistogram.highestNanoseconds))] &+= count - 1
    }

    /// The values recorded since the last time.
    package func take() -> LatencyHistogram {
        let (lowest, highest) = unsafe (bounds.pointee.lowest, bounds.pointee.highest)
        guard lowest != .max else { return LatencyHistogram() }
        let first = LatencyHistogram.bucket(of: lowest)
        let used = unsafe UnsafeMutableBufferPointer(start: counts + first, count: LatencyHistogram.bucket(of: highest) + 1 - first)
        defer {
            unsafe used.update(repeating: 0)
            unsafe bounds.pointee = Bounds()
        }
        let copy = unsafe Array(used)
        return LatencyHistogram(copy, count: copy.reduce(0, &+), lowest: lowest, highest: highest)
    }

    private static func zeroes(_ count: Int) -> UnsafeMutablePointer<UInt64> {
        guard let memory = unsafe calloc(count, MemoryLayout<UInt64>.stride) else { preconditionFailure("out of memory") }
        return unsafe memory.bindMemory(to: UInt64.self, capacity: count)
    }
}
