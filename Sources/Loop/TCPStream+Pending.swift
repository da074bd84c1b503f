internal import Memory

/// What waits on a stream, for whoever shows it: a walk over its writes, once a sample.
extension TCPStream {
    /// Calls `body` with queue time and bytes of each write that libuv has not finished, oldest first.
    package func forEachPendingWrite(_ body: (_ queuedNanoseconds: UInt64, _ byteCount: Int) -> Void) {
        var write = unsafe oldestWrite
        // libuv counts what is left; the oldest write may be out in part.
        var surplus = -pendingByteCount
        var each = unsafe write
        while let one = unsafe each {
            unsafe surplus += one.pointee.byteCount
            unsafe each = unsafe one.pointee.next
        }
        while let one = unsafe write {
            let spent = unsafe min(surplus, one.pointee.byteCount)
            surplus -= spent
            unsafe body(one.pointee.queuedNanoseconds, one.pointee.byteCount - spent)
            unsafe write = unsafe one.pointee.next
        }
    }

    /// Bytes in arenas that only pending writes keep: handed out, and held. Their exchanges have ended.
    package var retiredArenaBytes: (used: Int, reserved: Int) {
        var total = (used: 0, reserved: 0)
        // An answer in many frames has leases in many writes, with those of other arenas between them.
        var counted: Set<Arena> = []
        var write = unsafe oldestWrite
        while let one = unsafe write {
            for index in unsafe 0..<one.pointee.leaseCount {
                let arena = unsafe one.pointee.leases[index].arena
                if arena.isRetired && counted.insert(arena).inserted {
                    total.used += arena.usedByteCount
                    total.reserved += arena.reservedByteCount
                }
            }
            unsafe write = unsafe one.pointee.next
        }
        return total
    }
}
