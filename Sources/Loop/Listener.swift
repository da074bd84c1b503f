internal import CLibuv

/// Accepts connections on one port, or on a Unix socket, for one loop. Several loops share a port (`Socket.group`): the
/// kernel deals the connections out.
///
/// Accepts by itself and not by `uv_listen`, since libuv closes connections without a word when the process is out of
/// file descriptors. Here they are closed too, so that the peers learn of it and the backlog does not fill, and
/// counted.
///
/// `@safe`: the libuv handle is its own and is freed in libuv's close callback.
@safe
package final class Listener: TimerTarget {
    /// Connections the kernel keeps for us while we are busy: nginx's number.
    package static let backlogLimit = 511

    /// How long accepting pauses when not even the descriptor that is held back can be had.
    private static let pauseNanoseconds: UInt64 = 100_000_000

    private let loop: EventLoop
    private let handle: UnsafeMutablePointer<uv_poll_t>
    private let descriptor: Int32
    private let sendBufferByteCount: Int?
    /// Called with each new connection.
    private var accepted: ((TCPStream) -> Void)?
    private let starved: (Int) -> Void
    /// A descriptor to accept with when there is no other; -1: another thread has taken it.
    private var reserve: Int32
    private let pause: Timer
    package let address: SocketAddress
    private let file: UnixSocketFile?

    /// Listens at once, and owns the socket whatever comes.
    /// - Parameters:
    ///   - accepted: called on the loop's thread with each connection; its receiver owns it.
    ///   - starved: called with the number of connections that were closed at once for want of descriptors.
    package init(
        loop: EventLoop, socket: Socket, sendBufferByteCount: Int? = nil, starved: @escaping (Int) -> Void = { _ in },
        accepted: @escaping (TCPStream) -> Void
    ) throws(LoopError) {
        self.loop = loop
        self.accepted = accepted
        self.starved = starved
        self.sendBufferByteCount = sendBufferByteCount
        address = socket.address
        descriptor = socket.descriptor
        file = socket.file
        reserve = hw_spare_descriptor()
        pause = Timer(loop: loop)
        unsafe handle = .allocate(capacity: 1)
        let watched = unsafe uv_poll_init(loop.handle, handle, socket.descriptor)
        if watched != 0 {
            self.accepted = nil
            pause.close()
            hw_close(reserve)
            socket.close()
            unsafe handle.deallocate()
            throw LoopError(call: "watch \(socket.address)", code: watched)
        }
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        pause.target = self
        let code = hw_listen(descriptor, Int32(Listener.backlogLimit))
        if code != 0 {
            close()
            throw LoopError(call: "listen \(socket.address)", code: code)
        }
        startAccepting()
    }

    /// Stops accepting; connections in the backlog are refused by the kernel.
    package func close() {
        guard accepted != nil else { return }
        accepted = nil
        pause.close()
        hw_close(reserve)
        unsafe uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            let listener = unsafe Unmanaged<Listener>.fromOpaque(data).takeRetainedValue()
            unsafe listener.handle.deallocate()
        }
        file?.remove()
        // libuv has let go of it; closing it is what stops the kernel.
        hw_close(descriptor)
    }

    private func startAccepting() {
        unsafe uv_poll_start(handle, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<Listener>.fromOpaque(data).takeUnretainedValue().acceptAll()
        }
    }

    /// Accepts what waits, at most a backlog at once: the other connections have their turn too.
    private func acceptAll() {
        for _ in 0..<Listener.backlogLimit {
            guard let accepted else { return }
            let code = hw_accept(descriptor)
            switch -code {
            case ...0: take(code, accepted)
            case EMFILE, ENFILE: return closeWaiting()
            // The peer has already gone, or a signal came.
            case ECONNABORTED, EINTR, EPROTO: break
            default: return
            }
        }
    }

    private func take(_ connected: Int32, _ accepted: (TCPStream) -> Void) {
        let connection = TCPStream(loop: loop)
        do {
            try connection.accept(descriptor: connected, sendBufferByteCount: sendBufferByteCount)
            accepted(connection)
        } catch {
            hw_close(connected)
            connection.close()
        }
    }

    /// Closes the connections that wait, with the descriptor that is held back.
    private func closeWaiting() {
        hw_close(reserve)
        var count = 0
        while count < Listener.backlogLimit {
            let code = hw_accept(descriptor)
            if code < 0 { break }
            hw_close(code)
            count += 1
        }
        reserve = hw_spare_descriptor()
        if count > 0 { starved(count) }
        // Another thread was faster. To ask again at once would keep the loop busy.
        if reserve < 0 {
            unsafe _ = uv_poll_stop(handle)
            pause.setDeadline(nanoseconds: EventLoop.monotonicNanoseconds() + Listener.pauseNanoseconds)
        }
    }

    /// The pause is over.
    package func timerDidFire(_ timer: Timer) {
        guard accepted != nil else { return }
        if reserve < 0 { reserve = hw_spare_descriptor() }
        startAccepting()
    }
}
