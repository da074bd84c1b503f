/// Memory for one exchange: bump allocation, freed all at once.
///
/// A handle of one word. The arena's own book-keeping stands at the front of its
/// first chunk, so taking a warm arena from the pool touches one cache line and
/// costs no reference counting. The caller of `ArenaPool.take` owns the arena until
/// `retire()`; bytes that are still read after that need a `Lease`. One loop's thread only.
///
/// `@safe`: the pointer inside is the pool's, which outlives every arena it gave out
/// (its `deinit` insists), and no code outside this module can replace it.
@safe
@usableFromInline
package struct Arena: Hashable {
    @usableFromInline let header: UnsafeMutablePointer<ArenaHeader>

    @usableFromInline init(header: UnsafeMutablePointer<ArenaHeader>) {
        unsafe self.header = header
    }

    @inlinable
    package static func == (left: Arena, right: Arena) -> Bool { unsafe left.header == right.header }

    /// By identity, as `==`.
    @inlinable
    package func hash(into hasher: inout Hasher) { unsafe hasher.combine(header) }

    /// Alignment of an allocation that asks for none: enough for every scalar and pointer.
    @inlinable package static var defaultAlignment: Int { 8 }

    /// Uninitialised bytes, valid until the arena is recycled.
    /// - Parameters:
    ///   - byteCount: zero or more.
    ///   - alignment: a power of two, at most 4096.
    @inlinable
    @inline(__always)
    package func allocate(
        byteCount: Int, alignment: Int = Arena.defaultAlignment
    ) -> UnsafeMutableRawPointer {
        let mask = UInt(alignment &- 1)
        let start = unsafe (UInt(bitPattern: header.pointee.cursor) &+ mask) & ~mask
        let end = start &+ UInt(byteCount)
        if unsafe end <= UInt(bitPattern: header.pointee.limit) {
            // Padding is counted: it is gone from the chunk all the same.
            unsafe header.pointee.usedByteCount &+= Int(end &- UInt(bitPattern: header.pointee.cursor))
            unsafe header.pointee.cursor = UnsafeMutableRawPointer(bitPattern: end).unsafelyUnwrapped
            return unsafe UnsafeMutableRawPointer(bitPattern: start).unsafelyUnwrapped
        }
        return unsafe allocateInNewChunk(byteCount: byteCount, alignment: alignment)
    }

    /// Room for `count` values of a type without a destructor.
    @inlinable
    package func allocate<T: BitwiseCopyable>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
        unsafe allocate(byteCount: count &* MemoryLayout<T>.stride, alignment: MemoryLayout<T>.alignment)
            .bindMemory(to: type, capacity: count)
    }

    /// Bytes handed out since the last reset, alignment padding included.
    @inlinable package var usedByteCount: Int { unsafe header.pointee.usedByteCount }

    /// Bytes of all chunks this arena holds, its book-keeping included.
    package var reservedByteCount: Int { unsafe header.pointee.reservedByteCount }

    /// How often the arena has been reset. A lease remembers the number it was taken at.
    @inlinable package var generation: UInt32 { unsafe header.pointee.generation }

    /// Leases that are out on this arena.
    package var leaseCount: Int { unsafe Int(header.pointee.leaseCount) }

    /// The owner is done, and leases are still out.
    package var isRetired: Bool { unsafe header.pointee.isRetired }

    /// The owner is done. Without leases the arena goes back to its pool at once,
    /// otherwise with the last lease. Do not touch it afterwards.
    @inlinable
    package func retire() {
        unsafe precondition(!header.pointee.isRetired, "arena retired twice")
        if unsafe header.pointee.leaseCount == 0 {
            unsafe header.pointee.pool._withUnsafeGuaranteedRef { $0.recycle(self) }
        } else {
            unsafe header.pointee.isRetired = true
            unsafe header.pointee.pool._withUnsafeGuaranteedRef { $0.arenaDidRetire(self) }
        }
    }

    @usableFromInline
    func allocateInNewChunk(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer {
        unsafe header.pointee.pool._withUnsafeGuaranteedRef { pool in
            unsafe pool.extend(self, byteCount: byteCount, alignment: alignment)
        }
    }
}

/// An arena's book-keeping, at the front of its first chunk.
@unsafe
@usableFromInline
struct ArenaHeader {
    /// The next free byte of the chunk in use, and its end.
    @usableFromInline var cursor: UnsafeMutableRawPointer
    @usableFromInline var limit: UnsafeMutableRawPointer
    @usableFromInline var usedByteCount: Int
    @usableFromInline var reservedByteCount: Int
    /// Chunks after the first, newest first.
    @usableFromInline var extraChunks: UnsafeMutablePointer<ChunkHeader>?
    /// The pool outlives its arenas, so it is not retained.
    @usableFromInline var pool: Unmanaged<ArenaPool>
    /// The next arena in the pool's list of idle ones.
    @usableFromInline var nextIdle: UnsafeMutablePointer<ArenaHeader>?
    @usableFromInline var generation: UInt32
    @usableFromInline var leaseCount: UInt32
    @usableFromInline var isRetired: Bool
    /// For an audit: the arena's number in its pool, its owner, and writes that libuv has not finished.
    let number: UInt32
    var writeCount: UInt32 = 0
    var owner: UInt64 = 0

    init(pool: Unmanaged<ArenaPool>, cursor: UnsafeMutableRawPointer, limit: UnsafeMutableRawPointer, number: UInt32) {
        unsafe self.number = number
        unsafe self.cursor = unsafe cursor
        unsafe self.limit = unsafe limit
        unsafe usedByteCount = 0
        unsafe reservedByteCount = 0
        unsafe extraChunks = nil
        unsafe self.pool = unsafe pool
        unsafe nextIdle = nil
        unsafe generation = 0
        unsafe leaseCount = 0
        unsafe isRetired = false
    }
}
