internal import Measurements

/// Buffers for work that ends before it returns: three sizes, a few of each.
///
/// Use is scoped: the buffer is the caller's inside `withBuffer` and the cache's again
/// afterwards, so no buffer can escape into a write that outlives it (the seed's later
/// bugs were of that kind).
///
/// `@safe`: its memory is its own.
@safe
final class BufferCache {
    /// A request or two; a flush of many; a large body's part.
    static let classByteCounts = [4 * 1024, 16 * 1024, 64 * 1024]

    /// Buffers kept of each size: one in use and one beneath it is the deepest our code nests.
    static let buffersPerClass = 2

    private var idle: [[UnsafeMutableRawBufferPointer]]
    private(set) var counts = CacheSample()

    init() {
        unsafe idle = BufferCache.classByteCounts.map { _ in
            var list: [UnsafeMutableRawBufferPointer] = unsafe []
            unsafe list.reserveCapacity(BufferCache.buffersPerClass)
            return unsafe list
        }
        counts.entryLimit = BufferCache.classByteCounts.count * BufferCache.buffersPerClass
        counts.byteLimit = BufferCache.classByteCounts.reduce(0, +) * BufferCache.buffersPerClass
    }

    deinit {
        for unsafe list in unsafe idle {
            for unsafe buffer in unsafe list { unsafe buffer.deallocate() }
        }
    }

    /// Lends a buffer of at least `byteCount` bytes, at most the largest class.
    func withBuffer<Result>(
        byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        var size = 0
        while size < BufferCache.classByteCounts.count - 1 && BufferCache.classByteCounts[size] < byteCount { size += 1 }
        counts.lookups &+= 1
        let buffer: UnsafeMutableRawBufferPointer
        if let held = unsafe idle[size].popLast() {
            counts.hits &+= 1
            counts.entries -= 1
            counts.bytes -= held.count
            unsafe buffer = unsafe held
        } else {
            counts.misses &+= 1
            unsafe buffer = .allocate(byteCount: BufferCache.classByteCounts[size], alignment: 64)
        }
        defer { unsafe give(buffer, size) }
        return unsafe body(buffer)
    }

    private func give(_ buffer: UnsafeMutableRawBufferPointer, _ size: Int) {
        if unsafe idle[size].count >= BufferCache.buffersPerClass {
            counts.evictions &+= 1
            return unsafe buffer.deallocate()
        }
        unsafe idle[size].append(buffer)
        counts.entries += 1
        counts.bytes += buffer.count
    }
}
