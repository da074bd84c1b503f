/// An arena's part in an audit. Without an audit none of this is touched.
extension Arena {
    /// Which of its pool's arenas this is, from 1. Stays when the arena is recycled.
    package var number: UInt32 { unsafe header.pointee.number }

    /// The number of the arena's owner, as the audit's user assigns it; stays until the next assignment.
    package var owner: UInt64 {
        get { unsafe header.pointee.owner }
        nonmutating set { unsafe header.pointee.owner = newValue }
    }

    /// A write that reads these bytes was given to libuv. Counted apart from leases, so that an audit
    /// notices a lease that ends early.
    package func writeDidStart() { unsafe header.pointee.writeCount &+= 1 }

    /// libuv has called back. After a reset under the write it is counted no more.
    package func writeDidEnd() {
        if unsafe header.pointee.writeCount > 0 { unsafe header.pointee.writeCount &-= 1 }
    }

    /// The place of `pointer`: bytes from the start of the arena's first chunk, the chunks taken as one run
    /// in the order of their making; nil when the arena does not have it, or no longer.
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
    /// Debug builds audit, so that every test looks for memory reused too early.
    package static var isAuditedByDefault: Bool {
        #if DEBUG
        true
        #else
        false
        #endif
    }

    /// The mark of dead memory: a late reader gets this, and not the response before.
    package static let deadByte: UInt8 = 0xDD

    /// Bytes marked at either end of a large chunk's used part; to mark all of it would cost more than the exchange.
    static let markedByteLimit = 4096

    /// Counts a reset under a write, and overwrites the bytes that the arena had handed out.
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
