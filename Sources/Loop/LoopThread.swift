internal import CLibuv

/// A thread that makes an event loop, runs it and ends.
///
/// The loop and all that lives on it are made on the thread itself, so nothing of them
/// ever crosses over.
///
/// `@safe`: the libuv thread handle is its own. `@unchecked Sendable`: its holder may only join it, once.
@safe
package final class LoopThread: @unchecked Sendable {
    private let thread: UnsafeMutablePointer<uv_thread_t>
    private var hasJoined = false

    /// Starts the thread at once. `body` runs on it, and its return ends the thread.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(LoopError) {
        unsafe thread = .allocate(capacity: 1)
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        let code = unsafe uv_thread_create(thread, { argument in
            guard let argument = unsafe argument else { return }
            let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            unsafe hw_set_thread_name(start.name)
            start.body()
        }, start.toOpaque())
        if code != 0 {
            unsafe start.release()
            // There is no thread to wait for; `deinit` runs after a throw too.
            hasJoined = true
            throw LoopError(call: "uv_thread_create", code: code)
        }
    }

    /// Waits for the thread's end. Once.
    package func join() {
        precondition(!hasJoined, "thread joined twice")
        hasJoined = true
        unsafe _ = uv_thread_join(thread)
    }

    deinit {
        precondition(hasJoined, "thread not joined")
        unsafe thread.deallocate()
    }

    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
