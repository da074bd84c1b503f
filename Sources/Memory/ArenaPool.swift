/// The arenas of one loop: gives them out warm, takes them back, and returns memory
/// to the system when there is too much of it.
///
/// Last in, first out: the arena given back a moment ago is still in the cache and is
/// the next to go out, so a loop that answers one request after the other lives in one
/// page. Not `Sendable`: a pool belongs to one loop's thread.
///
/// `@safe`: its pointers never leave the module but inside an `Arena`.
@safe
@usableFromInline
package final class ArenaPool {
    /// Bytes of an arena's first chunk: one page. Holds a small request, its response
    /// and this header with room to spare; a larger exchange takes more chunks.
    package static let firstChunkByteCount = 4096

    /// Idle arenas kept at the ready. 512 pages are 2 MiB, an L2 cache's worth;
    /// beyond that a fresh page costs no more than a cold one.
    package static let idleArenaLimit = 512

    /// Idle bytes of larger chunks kept for reuse: a few large responses at once.
    package static let defaultIdleByteLimit = 16 << 20

    /// Whether dead memory is marked as such, and resets under a pending write are counted.
    package let isAudited: Bool

    private let chunks: ChunkStore
    private var idle: UnsafeMutablePointer<ArenaHeader>?
    private var statistics = ArenaStatistics()
    private var madeCount: UInt32 = 1

    /// - Parameters:
    ///   - idleByteLimit: how much memory beyond the idle arenas is kept for reuse.
    ///   - isAudited: see `ArenaPool.isAudited`; in debug builds the default is true.
    package init(idleByteLimit: Int = ArenaPool.defaultIdleByteLimit, isAudited: Bool = ArenaPool.isAuditedByDefault) {
        self.isAudited = isAudited
        chunks = ChunkStore(idleByteLimit: idleByteLimit)
    }

    deinit {
        precondition(statistics.inUseCount == 0, "arena pool ended with arenas in use")
        trim(toIdleArenas: 0)
    }

    /// An empty arena. The caller owns it and must `retire()` it.
    package func take() -> Arena {
        statistics.takenCount &+= 1
        statistics.inUseCount &+= 1
        if statistics.inUseCount > statistics.inUseHighWater {
            statistics.inUseHighWater = statistics.inUseCount
        }
        if let header = unsafe idle {
            unsafe idle = unsafe header.pointee.nextIdle
            unsafe header.pointee.nextIdle = nil
            unsafe header.pointee.isRetired = false
            statistics.idleCount &-= 1
            statistics.reusedCount &+= 1
            return unsafe Arena(header: header)
        }
        return makeArena()
    }

    /// Gives idle memory back until at most `count` idle arenas are left.
    /// Cheap when there is nothing to do, so a loop may call it at every tick.
    package func trim(toIdleArenas count: Int) {
        while statistics.idleCount > count, let header = unsafe idle {
            unsafe idle = unsafe header.pointee.nextIdle
            statistics.idleCount &-= 1
            unsafe free(header)
        }
        if count == 0 { chunks.trim() }
    }

    /// The counters, with the byte counts as they are now.
    package var currentStatistics: ArenaStatistics {
        var now = statistics
        now.mappedByteCount = chunks.mappedByteCount
        return now
    }

    // MARK: Reports of arenas and leases

    @usableFromInline
    func arenaDidRetire(_ arena: Arena) {
        statistics.retiredCount &+= 1
    }

    @usableFromInline
    func leaseDidStart() { statistics.leaseCount &+= 1 }

    @usableFromInline
    func leaseDidEnd() { statistics.leaseCount &-= 1 }

    /// An arena was reset that libuv still reads.
    func arenaDidResetUnderWrite() { statistics.unsafeResetCount &+= 1 }

    @usableFromInline
    func recycleRetired(_ arena: Arena) {
        statistics.retiredCount &-= 1
        recycle(arena)
    }

    /// Resets the arena and keeps it, or gives its memory back when enough are idle.
    @usableFromInline
    func recycle(_ arena: Arena) {
        let header = unsafe arena.header
        unsafe precondition(header.pointee.leaseCount == 0, "arena reset with leases out")
        statistics.inUseCount &-= 1
        empty(arena)
        // Until it is taken again, retiring it and a lease on it are mistakes.
        unsafe header.pointee.isRetired = true
        if statistics.idleCount >= ArenaPool.idleArenaLimit {
            unsafe free(header)
        } else {
            unsafe header.pointee.nextIdle = unsafe idle
            unsafe idle = unsafe header
            statistics.idleCount &+= 1
        }
    }

    /// Gives the arena's chunks back but the first, and starts that one over.
    func empty(_ arena: Arena) {
        let header = unsafe arena.header
        let used = unsafe header.pointee.usedByteCount
        if isAudited { markDead(arena) }
        statistics.resetCount &+= 1
        if used > statistics.arenaHighWaterByteCount { statistics.arenaHighWaterByteCount = used }
        statistics.recycledByteCount &+= UInt64(used)
        while let chunk = unsafe header.pointee.extraChunks {
            unsafe header.pointee.extraChunks = unsafe chunk.pointee.next
            statistics.reservedByteCount &-= unsafe chunk.pointee.byteCount
            unsafe chunks.give(UnsafeMutableRawPointer(chunk), byteCount: chunk.pointee.byteCount)
        }
        let body = unsafe ArenaPool.body(of: header)
        unsafe header.pointee.cursor = unsafe body
        unsafe header.pointee.limit = unsafe UnsafeMutableRawPointer(header) + ArenaPool.firstChunkByteCount
        unsafe header.pointee.usedByteCount = 0
        unsafe header.pointee.reservedByteCount = ArenaPool.firstChunkByteCount
        unsafe header.pointee.generation &+= 1
    }

    /// A new chunk for `arena`, with the first allocation in it.
    func extend(_ arena: Arena, byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer {
        let header = unsafe arena.header
        let overhead = unsafe MemoryLayout<ChunkHeader>.stride
        let needed = overhead + alignment + byteCount
        // Grow with the arena, up to four pages: more would be waste in an exchange that just ends.
        let grown = unsafe min(header.pointee.reservedByteCount, ChunkStore.slabChunkByteCount * 4)
        let byteCountOfChunk = ChunkStore.roundedByteCount(max(needed, grown))
        let memory = unsafe chunks.take(byteCount: byteCountOfChunk)
        let chunk = unsafe memory.bindMemory(to: ChunkHeader.self, capacity: 1)
        unsafe chunk.initialize(to: ChunkHeader(byteCount: byteCountOfChunk, next: header.pointee.extraChunks))
        unsafe header.pointee.extraChunks = unsafe chunk
        unsafe header.pointee.reservedByteCount &+= byteCountOfChunk
        statistics.reservedByteCount &+= byteCountOfChunk
        if statistics.reservedByteCount > statistics.reservedHighWaterByteCount {
            statistics.reservedHighWaterByteCount = statistics.reservedByteCount
        }
        let mask = UInt(alignment - 1)
        let start = (UInt(bitPattern: memory) + UInt(overhead) + mask) & ~mask
        let end = unsafe UnsafeMutableRawPointer(bitPattern: start).unsafelyUnwrapped + byteCount
        let limit = unsafe memory + byteCountOfChunk
        unsafe header.pointee.usedByteCount &+= byteCount
        // An oversize block that fills its chunk must not end the use of a roomier one.
        if unsafe limit - end >= header.pointee.limit - header.pointee.cursor {
            unsafe header.pointee.cursor = unsafe end
            unsafe header.pointee.limit = unsafe limit
        }
        return unsafe UnsafeMutableRawPointer(bitPattern: start).unsafelyUnwrapped
    }

    // MARK: Making and freeing

    private static let headerByteCount = unsafe (MemoryLayout<ArenaHeader>.stride + 15) & ~15

    static func body(of header: UnsafeMutablePointer<ArenaHeader>) -> UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(header) + headerByteCount
    }

    private func makeArena() -> Arena {
        let memory = unsafe chunks.take(byteCount: ArenaPool.firstChunkByteCount)
        let header = unsafe memory.bindMemory(to: ArenaHeader.self, capacity: 1)
        unsafe header.initialize(
            to: ArenaHeader(
                pool: Unmanaged.passUnretained(self), cursor: ArenaPool.body(of: header),
                limit: memory + ArenaPool.firstChunkByteCount, number: madeCount))
        madeCount &+= 1
        unsafe header.pointee.reservedByteCount = ArenaPool.firstChunkByteCount
        statistics.reservedByteCount &+= ArenaPool.firstChunkByteCount
        if statistics.reservedByteCount > statistics.reservedHighWaterByteCount {
            statistics.reservedHighWaterByteCount = statistics.reservedByteCount
        }
        return unsafe Arena(header: header)
    }

    private func free(_ header: UnsafeMutablePointer<ArenaHeader>) {
        statistics.reservedByteCount &-= ArenaPool.firstChunkByteCount
        unsafe chunks.give(UnsafeMutableRawPointer(header), byteCount: ArenaPool.firstChunkByteCount)
    }
}
