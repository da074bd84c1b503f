internal import CLibuv
package import Memory

/// One libuv loop, and the means that the objects on its thread share: a read buffer, an arena pool, idle writes
/// and timers.
///
/// Not `Sendable`, on purpose: everything here belongs to the thread that calls `run`.
/// Other threads may hold a `Wakeup`, nothing else.
///
/// `@safe`: its pointers are its own and live as long as it does.
@safe
package final class EventLoop {
    /// Bytes read from a socket at once. One buffer a loop: its bytes are used up before the next read.
    /// 64 KiB take a loopback segment whole.
    package static let readByteLimit = 64 * 1024

    /// Finished writes kept for reuse; 1024 are 200 KB.
    static let idleWriteLimit = 1024

    /// Finished timers kept for reuse.
    static let idleTimerLimit = 256

    /// Of the libuv that is linked now, which need not be the one we were built with.
    package static var libuvVersion: String { unsafe String(cString: uv_version_string()) }

    let handle: UnsafeMutablePointer<uv_loop_t>
    let readBuffer: UnsafeMutableRawBufferPointer

    /// Arenas for the exchanges and writes of this loop.
    package let arenas: ArenaPool

    /// The batch that the connections of this loop fill and flush in turn.
    package let batch: WriteBatch

    /// nil without an audit.
    package let audit: WriteAudit?

    private var idleWrites: UnsafeMutablePointer<PendingWrite>?
    private var idleWriteCount = 0
    private var idleTimers: [Timer] = []

    /// - Parameter isAudited: whether arenas and writes are watched; see `WriteAudit`.
    package init(isAudited: Bool = EventLoop.isAuditedByDefault) throws(LoopError) {
        unsafe handle = .allocate(capacity: 1)
        let code = unsafe uv_loop_init(handle)
        if code != 0 {
            unsafe handle.deallocate()
            throw LoopError(call: "uv_loop_init", code: code)
        }
        unsafe readBuffer = .allocate(byteCount: EventLoop.readByteLimit, alignment: 64)
        arenas = ArenaPool(isAudited: isAudited)
        audit = isAudited ? WriteAudit() : nil
        batch = WriteBatch()
    }

    deinit {
        while let write = unsafe takeIdleWrite() { unsafe PendingWrite.free(write) }
        let code = unsafe uv_loop_close(handle)
        precondition(code == 0, "event loop ended with open handles")
        unsafe readBuffer.deallocate()
        unsafe handle.deallocate()
    }

    /// Runs until no handle is open. On the calling thread.
    package func run() {
        // A dead peer must be an error of the write, not the end of the program.
        hw_block_sigpipe()
        _ = unsafe uv_run(handle, UV_RUN_DEFAULT)
        closeIdleTimers()
        _ = unsafe uv_run(handle, UV_RUN_DEFAULT)
    }

    /// The monotonic clock, nanoseconds. Costs about 25 ns: once per event, not once per request.
    package static func monotonicNanoseconds() -> UInt64 { uv_hrtime() }

    /// CPU time of the calling thread, nanoseconds.
    package static func threadCPUNanoseconds() -> UInt64 { hw_thread_cpu_nanoseconds() }

    /// Has malloc return its idle memory to the system: freed blocks below a live one would otherwise stay
    /// resident. Takes milliseconds: for when many connections have ended, not for every tick.
    package static func returnIdleMemory() { hw_return_idle_memory() }

    // MARK: Idle writes and timers

    func takeIdleWrite() -> UnsafeMutablePointer<PendingWrite>? {
        guard let write = unsafe idleWrites else { return nil }
        unsafe idleWrites = unsafe write.pointee.next
        idleWriteCount -= 1
        return unsafe write
    }

    func giveIdleWrite(_ write: UnsafeMutablePointer<PendingWrite>) {
        if idleWriteCount >= EventLoop.idleWriteLimit { return unsafe PendingWrite.free(write) }
        unsafe write.pointee.next = unsafe idleWrites
        unsafe idleWrites = unsafe write
        idleWriteCount += 1
    }

    /// A stopped timer, used before or new. Give it back with `giveTimer`.
    package func takeTimer() -> Timer { idleTimers.popLast() ?? Timer(loop: self) }

    /// Stops a timer and keeps it for the next; closes it when enough are kept.
    package func giveTimer(_ timer: Timer) {
        // Disarmed, not only stopped: an armed timer would keep the loop from its end.
        timer.disarm()
        if idleTimers.count < EventLoop.idleTimerLimit {
            idleTimers.append(timer)
        } else {
            timer.close()
        }
    }

    /// Closes the timers kept for reuse, so that `run` can return.
    package func closeIdleTimers() {
        for timer in idleTimers { timer.close() }
        idleTimers = []
    }
}
