internal import Measurements

/// Idle buffers in plain arrays that all threads push and pop: the bug of seed 004, on purpose.
///
/// Two threads that pop at once get the same buffer, and each sends what the other wrote. Only a
/// worker process runs it.
///
/// `@unchecked Sendable`: it is not safe to share, and is shared all the same: that is the bug.
@safe
final class UnguardedBuffers: @unchecked Sendable {
    private var idle: [[UnsafeMutableRawBufferPointer]]
    private let depth = 16 * BufferCache.buffersPerClass
    private var hitCount: UInt64 = 0
    private var missCount: UInt64 = 0
    private var evictionCount: UInt64 = 0
    /// Buffers that were lent while another thread still had them.
    private(set) var lentTwiceCount: UInt64 = 0

    /// Bytes behind each buffer, the first of which marks it as lent.
    private static let markByteCount = 64

    init() { unsafe idle = unsafe BufferCache.classByteCounts.map { _ in unsafe [] } }

    deinit {
        for unsafe list in unsafe idle { for unsafe buffer in unsafe list { unsafe buffer.deallocate() } }
    }

    func take(_ size: Int) -> UnsafeMutableRawBufferPointer {
        let byteCount = BufferCache.classByteCounts[size]
        if let buffer = unsafe idle[size].popLast() {
            hitCount &+= 1
            if unsafe buffer[byteCount] != 0 { lentTwiceCount &+= 1 }
            unsafe buffer[byteCount] = 1
            return unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount])
        }
        missCount &+= 1
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: byteCount + UnguardedBuffers.markByteCount, alignment: 64)
        unsafe buffer[byteCount] = 1
        return unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount])
    }

    func give(_ buffer: UnsafeMutableRawBufferPointer, _ size: Int) {
        let whole = unsafe UnsafeMutableRawBufferPointer(
            start: buffer.baseAddress, count: buffer.count + UnguardedBuffers.markByteCount)
        unsafe whole[buffer.count] = 0
        if unsafe idle[size].count >= depth {
            evictionCount &+= 1
            return unsafe whole.deallocate()
        }
        unsafe idle[size].append(whole)
    }

    func add(to cache: inout CacheSample) {
        cache.lookups += hitCount &+ missCount
        cache.hits += hitCount
        cache.misses += missCount
        cache.evictions += evictionCount
        for unsafe (size, list) in unsafe idle.enumerated() {
            unsafe cache.entries += list.count
            cache.entryLimit += depth
            unsafe cache.bytes += list.count * BufferCache.classByteCounts[size]
            cache.byteLimit += depth * BufferCache.classByteCounts[size]
        }
    }
}
