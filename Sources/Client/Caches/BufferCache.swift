package import Measurements

/// Buffers for work that ends before it returns: three sizes, a few of each.
///
/// `Caches.withBuffer` lends a buffer for the length of a call, so no buffer can escape into a write
/// that outlives it (the seed's later bugs were of that kind).
///
/// `@safe`: its memory is its own.
@safe
package final class BufferCache {
    /// Bytes of each size: a request or two, a flush of many, a part of a large body.
    package static let classByteCounts = [4 * 1024, 16 * 1024, 64 * 1024]

    /// Buffers kept of each size for one thread: our code nests no deeper than two.
    package static let buffersPerClass = 2

    /// Idle buffers of one size. The list has room for all that are kept.
    @unsafe private struct Shelf {
        let byteCount: Int
        let buffers: UnsafeMutablePointer<UnsafeMutableRawBufferPointer>
        var count = 0
    }

    private let shelves: UnsafeMutableBufferPointer<Shelf>
    private let depth: Int
    // Private: the compiler then sees every access, and checks none of them at run time.
    private var hitCount: UInt64 = 0
    private var missCount: UInt64 = 0
    private var evictionCount: UInt64 = 0
    private var waitedNanoseconds: UInt64 = 0

    /// Its counts, and its contents.
    package var counts: CacheSample {
        var counts = CacheSample()
        counts.lookups = hitCount + missCount
        counts.hits = hitCount
        counts.misses = missCount
        counts.evictions = evictionCount
        counts.entryLimit = unsafe shelves.count * depth
        for unsafe shelf in unsafe shelves {
            unsafe counts.entries += shelf.count
            unsafe counts.bytes += shelf.count * shelf.byteCount
            unsafe counts.byteLimit += depth * shelf.byteCount
        }
        counts.waitedNanoseconds = waitedNanoseconds
        return counts
    }

    /// - Parameter depth: idle buffers kept of each size.
    package init(depth: Int = BufferCache.buffersPerClass) {
        self.depth = depth
        unsafe shelves = .allocate(capacity: BufferCache.classByteCounts.count)
        for (index, byteCount) in BufferCache.classByteCounts.enumerated() {
            unsafe shelves.initializeElement(at: index, to: Shelf(byteCount: byteCount, buffers: .allocate(capacity: depth)))
        }
    }

    deinit {
        for unsafe shelf in unsafe shelves {
            for index in unsafe 0..<shelf.count { unsafe shelf.buffers[index].deallocate() }
            unsafe shelf.buffers.deallocate()
        }
        unsafe shelves.deallocate()
    }

    /// The size that `byteCount` bytes fit in, or the largest.
    package static func sizeClass(of byteCount: Int) -> Int {
        var size = 0
        while size < classByteCounts.count - 1 && classByteCounts[size] < byteCount { size += 1 }
        return size
    }

    /// A buffer of this size class, which has to be given back.
    package func take(_ size: Int) -> UnsafeMutableRawBufferPointer {
        if unsafe shelves[size].count > 0 {
            hitCount &+= 1
            unsafe shelves[size].count &-= 1
            return unsafe shelves[size].buffers[shelves[size].count]
        }
        missCount &+= 1
        return unsafe BufferCache.make(size)
    }

    /// Takes a buffer back, or frees it when enough are kept.
    package func give(_ buffer: UnsafeMutableRawBufferPointer, _ size: Int) {
        if unsafe shelves[size].count >= depth {
            evictionCount &+= 1
            return unsafe buffer.deallocate()
        }
        unsafe shelves[size].buffers[shelves[size].count] = unsafe buffer
        unsafe shelves[size].count &+= 1
    }

    /// A new buffer of this size class, on cache lines of its own.
    static func make(_ size: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: classByteCounts[size], alignment: 64)
    }

    /// Adds time that a thread has waited for the lock around this cache.
    func addWait(nanoseconds: UInt64) { waitedNanoseconds &+= nanoseconds }
}
