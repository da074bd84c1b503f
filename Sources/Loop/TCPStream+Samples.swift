// The bytes that wait on a stream, for samples: a walk over its writes.
extension TCPStream {
    /// When the oldest pending write was queued; nil without one.
    package var oldestWriteNanoseconds: UInt64? { unsafe pending.oldest?.pointee.queuedNanoseconds }

    /// Calls `body` with queue time and unsent bytes of each write that libuv has not finished, oldest first.
    package func forEachPendingWrite(_ body: (_ queuedNanoseconds: UInt64, _ byteCount: Int) -> Void) {
        // libuv counts the unsent bytes of all of them; the oldest writes may be out in part.
        var surplus = pending.byteCount - pendingByteCount
        unsafe pending.forEach { write in
            let spent = unsafe min(surplus, write.pointee.byteCount)
            surplus -= spent
            unsafe body(write.pointee.queuedNanoseconds, write.pointee.byteCount - spent)
        }
    }
}
