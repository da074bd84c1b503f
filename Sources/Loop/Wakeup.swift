internal import CLibuv
internal import Synchronization

/// Wakes a loop from any thread, so that it looks at its mailbox.
///
/// `uv_async_send` is the one libuv call that is safe from another thread, and it
/// coalesces: it says "look", never "one more". That is the reason, and the whole
/// extent, of `@unchecked Sendable` here. After `close` a `send` does nothing.
@safe
package final class Wakeup: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<uv_async_t>
    /// Called on the loop's thread; set once in `init`, dropped in `close` on that thread.
    private var handler: (() -> Void)?
    /// Guards the handle against a `send` that comes while the loop ends.
    private let isOpen = Mutex(true)

    /// On the loop's thread, or before it runs.
    package init(loop: EventLoop, handler: @escaping () -> Void) throws(LoopError) {
        unsafe handle = .allocate(capacity: 1)
        self.handler = handler
        let code = unsafe uv_async_init(loop.handle, handle) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<Wakeup>.fromOpaque(data).takeUnretainedValue().handler?()
        }
        if code != 0 {
            unsafe handle.deallocate()
            throw LoopError(call: "uv_async_init", code: code)
        }
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// From any thread.
    package func send() {
        isOpen.withLock { isOpen in
            if isOpen { _ = unsafe uv_async_send(handle) }
        }
    }

    /// On the loop's thread: the loop can end.
    package func close() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        guard wasOpen else { return }
        handler = nil
        unsafe uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            let wakeup = unsafe Unmanaged<Wakeup>.fromOpaque(data).takeRetainedValue()
            unsafe wakeup.handle.deallocate()
        }
    }
}
