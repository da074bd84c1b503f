/// What an audit knows of an arena, and does to it. Nothing of this is touched without one.
extension Arena {
    /// Which of its pool's arenas this is, from 1. Stays when the arena is recycled.
    package var number: UInt32 { unsafe header.pointee.number }

    /// Whoever has the arena, in the audit's own words; stays until the next says otherwise.
    package var owner: UInt64 {
        get { unsafe header.pointee.owner }
        nonmutating set { unsafe header.pointee.owner = newValue }
    }

    /// A write that reads these bytes was given to libuv. Counted apart from leases: this says what
    /// is, a lease what was promised.
    package func writeDidStart() { unsafe header.pointee.writeCount &+= 1 }

    /// libuv has called back. After a reset under the write it is counted no more.
    package func writeDidEnd() {
        if unsafe header.pointee.writeCount > 0 { unsafe header.pointee.writeCount &-= 1 }
    }

    /// Where `pointer` lies: bytes from the start of the arena's first chunk, or beyond those of the
    /// chunks before its own; nil when it is not the arena's, or is no more.
    package func offset(of pointer: UnsafeRawPointer) -> Int? {
        let first = unsafe pointer - UnsafeRawPointer(header)
        if (0..<ArenaPool.firstChunkByteCount).contains(first) { return first }
        var offset = reservedByteCount
        var chunk = unsafe header.pointee.extraChunks
        while let each = unsafe chunk {
            // Newest first: the bytes before it are those of all that are older.
            unsafe offset -= each.pointee.byteCount
            let distance = unsafe pointer - UnsafeRawPointer(each)
            if unsafe (0..<each.pointee.byteCount).contains(distance) { return offset + distance }
            unsafe chunk = unsafe each.pointee.next
        }
        return nil
    }
}

extension ArenaPool {
    /// Debug builds audit: their tests are there to find what nobody looks for.
    package static var isAuditedByDefault: Bool {
        #if DEBUG
        true
        #else
        false
        #endif
    }

    /// The mark of dead memory. Whoever still reads gets this, and not yesterday's response.
    package static let deadByte: UInt8 = 0xDD

    /// Marked at either end of what a large chunk had handed out; all of it would cost more than the exchange.
    static let markedByteLimit = 4096

    /// Counts a reset under a write, and overwrites what the arena had handed out.
    func markDead(_ arena: Arena) {
        let header = unsafe arena.header
        if unsafe header.pointee.writeCount > 0 {
            arenaDidResetUnderWrite()
            unsafe header.pointee.writeCount = 0
        }
        let cursor = unsafe UnsafeMutableRawPointer(header.pointee.cursor)
        let body = unsafe ArenaPool.body(of: header)
        let firstEnd = unsafe UnsafeMutableRawPointer(header) + ArenaPool.firstChunkByteCount
        // With more chunks, the first has been used up, or nearly.
        unsafe fill(from: body, to: header.pointee.extraChunks == nil ? cursor : firstEnd)
        var chunk = unsafe header.pointee.extraChunks
        while let each = unsafe chunk {
            let start = unsafe UnsafeMutableRawPointer(each) + MemoryLayout<ChunkHeader>.stride
            let end = unsafe UnsafeMutableRawPointer(each) + each.pointee.byteCount
            unsafe fill(from: start, to: min(end, start + ArenaPool.markedByteLimit))
            if unsafe cursor > start && cursor <= end {
                unsafe fill(from: max(start, cursor - ArenaPool.markedByteLimit), to: cursor)
            }
            unsafe chunk = unsafe each.pointee.next
        }
    }

    private func fill(from start: UnsafeMutableRawPointer, to end: UnsafeMutableRawPointer) {
        unsafe start.initializeMemory(as: UInt8.self, repeating: ArenaPool.deadByte, count: max(0, end - start))
    }
}
