internal import Memory

/// The writes of one stream that libuv has not finished, oldest first: the order in which libuv finishes them.
///
/// `@safe`: the writes are its own from `append` to `removeOldest`.
@safe
package final class PendingWriteList {
    // Private: the compiler then sees every access, and checks none of them at run time.
    private var first: UnsafeMutablePointer<PendingWrite>?
    private var last: UnsafeMutablePointer<PendingWrite>?
    private var writeCount = 0
    private var totalByteCount = 0

    init() {
        unsafe first = nil
        unsafe last = nil
    }

    package var count: Int { writeCount }

    /// Bytes of the writes as they were queued; the oldest may be out in part.
    var byteCount: Int { totalByteCount }

    var oldest: UnsafeMutablePointer<PendingWrite>? { unsafe first }

    func append(_ write: UnsafeMutablePointer<PendingWrite>) {
        unsafe write.pointee.next = nil
        if let last = unsafe last {
            unsafe last.pointee.next = unsafe write
        } else {
            unsafe first = unsafe write
        }
        unsafe last = unsafe write
        writeCount += 1
        unsafe totalByteCount += write.pointee.byteCount
    }

    /// Takes out the oldest write, which must be `write`.
    func removeOldest(_ write: UnsafeMutablePointer<PendingWrite>) {
        unsafe precondition(write == first, "writes finished out of order")
        unsafe first = unsafe write.pointee.next
        if unsafe first == nil { unsafe last = nil }
        writeCount -= 1
        unsafe totalByteCount -= write.pointee.byteCount
    }

    // MARK: For samples: walks over the writes

    /// Bytes in arenas that only pending writes keep: handed out, and held. Their exchanges have ended.
    package var retiredArenaBytes: (used: Int, reserved: Int) {
        var total = (used: 0, reserved: 0)
        // An answer in many frames has leases in many writes, with those of other arenas between them.
        var counted: Set<Arena> = []
        unsafe forEach { write in
            for index in unsafe 0..<write.pointee.leaseCount {
                let arena = unsafe write.pointee.leases[index].arena
                if arena.isRetired && counted.insert(arena).inserted {
                    total.used += arena.usedByteCount
                    total.reserved += arena.reservedByteCount
                }
            }
        }
        return total
    }

    /// Calls `body` with each write, oldest first.
    func forEach(_ body: (UnsafeMutablePointer<PendingWrite>) -> Void) {
        var write = unsafe first
        while let each = unsafe write {
            unsafe body(each)
            unsafe write = unsafe each.pointee.next
        }
    }
}
