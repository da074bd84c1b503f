internal import CLibuv

/// An object that a timer calls.
package protocol TimerTarget: AnyObject {
    /// On the loop's thread. The timer is stopped.
    func timerDidFire(_ timer: Timer)
}

/// A deadline that is cheap to move.
///
/// The obvious way is `uv_timer_start` at every request, which moves a node in libuv's
/// heap. But a deadline is moved a thousand times for each time it passes. So moving it
/// later only stores a number; when libuv fires at the old time, the timer looks at the
/// number and sleeps again. Lives in its owner: a request allocates none.
///
/// `@safe`: the libuv handle is its own and is freed in libuv's close callback.
@safe
package final class Timer {
    /// Called when the deadline has passed. Not retained: the target stops the timer before it ends.
    @safe package unowned(unsafe) var target: (any TimerTarget)?
    /// A pointer of the target's own, such as the exchange that waits.
    package var token: UnsafeMutableRawPointer?

    private let handle: UnsafeMutablePointer<uv_timer_t>
    private var deadlineNanoseconds: UInt64?
    private var armedNanoseconds: UInt64 = .max
    private var isClosed = false

    package init(loop: EventLoop) {
        unsafe handle = .allocate(capacity: 1)
        unsafe token = nil
        unsafe uv_timer_init(loop.handle, handle)
        // The handle keeps us until `close` is through.
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Fires at this time of the monotonic clock, up to a millisecond later. Replaces the deadline before.
    package func setDeadline(nanoseconds: UInt64) {
        deadlineNanoseconds = nanoseconds
        if nanoseconds < armedNanoseconds { arm(at: nanoseconds) }
    }

    /// Whether a deadline is set that has not passed.
    package var isSet: Bool { deadlineNanoseconds != nil }

    /// Forgets the deadline.
    package func stop() { deadlineNanoseconds = nil }

    /// Forgets the deadline, and the one that libuv still waits for: the timer no longer keeps the loop running.
    func disarm() {
        deadlineNanoseconds = nil
        armedNanoseconds = .max
        unsafe _ = uv_timer_stop(handle)
    }

    /// Ends the timer for good.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        deadlineNanoseconds = nil
        target = nil
        unsafe uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            let timer = unsafe Unmanaged<Timer>.fromOpaque(data).takeRetainedValue()
            unsafe timer.handle.deallocate()
        }
    }

    private func arm(at nanoseconds: UInt64) {
        guard !isClosed else { return }
        armedNanoseconds = nanoseconds
        let now = EventLoop.monotonicNanoseconds()
        let milliseconds = nanoseconds > now ? (nanoseconds - now + 999_999) / 1_000_000 : 0
        // libuv counts from the loop's cached time; without this a long iteration would fire early.
        unsafe uv_update_time(handle.pointee.loop)
        unsafe uv_timer_start(handle, { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<Timer>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.didFire() }
        }, milliseconds, 0)
    }

    private func didFire() {
        armedNanoseconds = .max
        guard let deadline = deadlineNanoseconds else { return }
        if deadline > EventLoop.monotonicNanoseconds() { return arm(at: deadline) }
        deadlineNanoseconds = nil
        target?.timerDidFire(self)
    }
}
