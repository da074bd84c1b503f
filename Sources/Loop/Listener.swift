internal import CLibuv

/// Accepts connections on one port for one loop. Several loops share a port (SO_REUSEPORT):
/// the kernel deals the connections out.
///
/// `@safe`: the libuv handle is its own and is freed in libuv's close callback.
@safe
package final class Listener {
    /// Connections the kernel keeps for us while we are busy: nginx's number.
    package static let backlogLimit = 511

    private let loop: EventLoop
    private let handle: UnsafeMutablePointer<uv_tcp_t>
    private let sendBufferByteCount: Int?
    /// Called with each new connection.
    private var accepted: ((TCPStream) -> Void)?
    package let address: SocketAddress

    /// A socket bound and not yet listening; `Listener(loop:socket:)` takes it over.
    package struct Socket: Sendable {
        package let descriptor: Int32
        package let address: SocketAddress

        /// - Parameter sharesPort: several loops listen on this port.
        package init(binding address: SocketAddress, sharesPort: Bool) throws(LoopError) {
            let code = unsafe address.withSockaddr { unsafe hw_bound_socket($0, sharesPort ? 1 : 0) }
            try LoopError.check("bind \(address)", code)
            descriptor = code
            let bound = unsafe SocketAddress.filled { name, length in
                var size = unsafe socklen_t(length.pointee)
                return unsafe getsockname(code, name, &size)
            }
            self.address = bound ?? address
        }

        /// Closes the descriptor of a socket that no listener has taken over.
        package func close() { _ = closeDescriptor(descriptor) }
    }

    /// - Parameter accepted: called on the loop's thread with each connection; its receiver owns it.
    package init(
        loop: EventLoop, socket: Socket, sendBufferByteCount: Int? = nil, accepted: @escaping (TCPStream) -> Void
    ) throws(LoopError) {
        self.loop = loop
        self.accepted = accepted
        self.sendBufferByteCount = sendBufferByteCount
        address = socket.address
        unsafe handle = .allocate(capacity: 1)
        unsafe uv_tcp_init(loop.handle, handle)
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        var code = unsafe uv_tcp_open(handle, socket.descriptor)
        if code == 0 {
            code = unsafe uv_listen(stream, Int32(Listener.backlogLimit)) { handle, status in
                guard let data = unsafe handle?.pointee.data else { return }
                unsafe Unmanaged<Listener>.fromOpaque(data).takeUnretainedValue().didConnect(status)
            }
        }
        if code != 0 {
            close()
            throw LoopError(call: "listen \(socket.address)", code: code)
        }
    }

    private var stream: UnsafeMutablePointer<uv_stream_t> {
        unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_stream_t.self)
    }

    /// Stops accepting; connections in the backlog are refused by the kernel.
    package func close() {
        guard accepted != nil else { return }
        accepted = nil
        unsafe uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            let listener = unsafe Unmanaged<Listener>.fromOpaque(data).takeRetainedValue()
            unsafe listener.handle.deallocate()
        }
    }

    private func didConnect(_ status: Int32) {
        // Without a free descriptor libuv uses one that it holds back: it accepts the connection, closes it and goes on.
        guard status == 0, let accepted else { return }
        let connection = TCPStream(loop: loop)
        do {
            try unsafe connection.accept(from: stream, sendBufferByteCount: sendBufferByteCount)
            accepted(connection)
        } catch {
            // The peer has already gone.
            connection.close()
        }
    }
}

/// `close(2)`, which `Listener.close` hides.
private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
