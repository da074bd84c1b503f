internal import CLibuv

/// An object that a precise timer calls.
package protocol PreciseTimerTarget: AnyObject {
    /// On the loop's thread. The timer is stopped.
    func deadlineDidPass(of timer: PreciseTimer)
}

/// A deadline that is kept to some microseconds, where `Timer` knows milliseconds.
///
/// A timer of the kernel's (timerfd) that the loop polls. It costs a descriptor, and a system call for each
/// deadline: it is for the one deadline of a loop that has to be punctual.
///
/// `@safe`: the libuv handle and the descriptor are its own, and go in libuv's close callback.
@safe
package final class PreciseTimer {
    /// Called when the deadline has passed. Not retained: the target closes the timer before it ends.
    @safe package unowned(unsafe) var target: (any PreciseTimerTarget)?

    private let handle: UnsafeMutablePointer<uv_poll_t>
    private let descriptor: Int32
    private var isSet = false
    private var isClosed = false

    /// An open timer keeps its loop running, with a deadline or without.
    ///
    /// Errors: there is no descriptor left.
    package init(loop: EventLoop) throws(LoopError) {
        descriptor = hw_timer_open()
        try LoopError.check("timerfd_create", descriptor)
        unsafe handle = .allocate(capacity: 1)
        let code = unsafe uv_poll_init(loop.handle, handle, descriptor)
        if code != 0 {
            hw_close(descriptor)
            unsafe handle.deallocate()
            throw LoopError(call: "uv_poll_init", code: code)
        }
        // The handle keeps us until `close` is through.
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        unsafe _ = uv_poll_start(handle, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<PreciseTimer>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.didFire() }
        }
    }

    /// Fires at this time of the monotonic clock. Replaces the deadline before.
    package func setDeadline(nanoseconds: UInt64) {
        guard !isClosed else { return }
        isSet = true
        // 0 would be never.
        hw_timer_set(descriptor, max(1, nanoseconds))
    }

    /// Forgets the deadline.
    package func stop() {
        isSet = false
        if !isClosed { hw_timer_set(descriptor, 0) }
    }

    private func didFire() {
        isSet = false
        target?.deadlineDidPass(of: self)
        // The descriptor stays readable until the timer is set again.
        if !isSet { stop() }
    }

    /// Ends the timer for good.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        target = nil
        unsafe uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            let timer = unsafe Unmanaged<PreciseTimer>.fromOpaque(data).takeRetainedValue()
            hw_close(timer.descriptor)
            unsafe timer.handle.deallocate()
        }
    }
}
