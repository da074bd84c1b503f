internal import CLibuv
internal import Memory

/// The owner of a stream, which hears of all that happens on it. All calls come on the loop's thread, never
/// from inside one of the stream's own methods except `flush`, which may report a failure, and `connect`.
package protocol TCPStreamOwner: AnyObject {
    /// The attempt to connect has ended. Streams that were accepted are connected from the start.
    func streamDidConnect(_ error: LoopError?)
    /// Bytes have come. They are gone when this returns.
    func streamDidRead(_ bytes: UnsafeRawBufferPointer)
    /// The peer will send no more.
    func streamDidReachEnd()
    /// Reading or writing failed; only `close` is left to do.
    func streamDidFail(_ error: LoopError)
    /// Some of the queued bytes are out.
    func streamDidWrite()
    /// The socket is closed; the stream calls its owner no more.
    func streamDidClose()
}

/// A TCP connection on a loop, or one over a Unix socket: reads, flushes, counts.
///
/// `@safe`: the libuv handle is its own and is freed with it; until libuv's close callback the handle
/// retains the stream.
@safe
package final class TCPStream {
    package let loop: EventLoop
    /// The number of the owner's connection, by which an audit names it.
    package var number: UInt64 = 0
    private let handle: UnsafeMutablePointer<uv_tcp_t>
    private let requests: UnsafeMutablePointer<Requests>
    /// Not retained: the owner closes the stream and waits for `streamDidClose`.
    @safe private unowned(unsafe) var owner: (any TCPStreamOwner)?
    private var state = TCPStreamState()
    /// The writes that libuv has not finished.
    package let pending = PendingWriteList()

    // Private: the compiler then sees every access, and checks none of them at run time.
    private var counts = Counts()

    private struct Counts {
        var receivedBytes: UInt64 = 0
        /// Of writes that are out in full.
        var sentBytes: UInt64 = 0
        var directFlushes: UInt64 = 0
        var queuedWrites: UInt64 = 0
    }

    /// Requests for which libuv needs room once in a stream's life.
    @unsafe private struct Requests {
        var connect = unsafe uv_connect_t()
        var shutdown = unsafe uv_shutdown_t()
    }

    package init(loop: EventLoop) {
        self.loop = loop
        unsafe handle = .allocate(capacity: 1)
        unsafe requests = .allocate(capacity: 1)
        unsafe requests.initialize(to: Requests())
        unsafe uv_tcp_init(loop.handle, handle)
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    deinit {
        unsafe handle.deallocate()
        unsafe requests.deallocate()
    }

    /// Sets the owner, which hears of the stream from now on.
    package func setOwner(_ owner: any TCPStreamOwner) { self.owner = owner }

    private var streamHandle: UnsafeMutablePointer<uv_stream_t> {
        unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_stream_t.self)
    }

    // MARK: Counters, plain integers of the loop's thread

    package var receivedBytes: UInt64 { counts.receivedBytes }
    /// Bytes that the socket has taken, those of a write that is out in part included.
    package var sentBytes: UInt64 { counts.sentBytes &+ UInt64(max(0, pending.byteCount - pendingByteCount)) }
    /// Flushes that the socket took whole at once.
    package var directFlushes: UInt64 { counts.directFlushes }
    /// Writes that had to wait for the socket.
    package var queuedWrites: UInt64 { counts.queuedWrites }
    /// Writes that libuv has not finished.
    package var pendingWrites: Int { pending.count }
    /// Bytes that the socket has not taken.
    package var pendingByteCount: Int { unsafe uv_stream_get_write_queue_size(streamHandle) }

    package var peerAddress: SocketAddress? {
        unsafe SocketAddress.filled { unsafe uv_tcp_getpeername(handle, $0, $1) }
    }

    // MARK: Opening

    /// Starts connecting; the owner hears `streamDidConnect`.
    ///
    /// - Parameter receiveBufferByteCount: SO_RCVBUF; nil: the system's.
    package func connect(to address: SocketAddress, receiveBufferByteCount: Int? = nil) {
        _ = state.move(.connect)
        if address.unixPath != nil { return connectToUnixSocket(address) }
        let code = unsafe address.withSockaddr { sockaddr in
            if let byteCount = receiveBufferByteCount {
                let code = unsafe hw_open_with_receive_buffer(handle, sockaddr, Int32(clamping: byteCount))
                if code != 0 { return code }
            }
            return unsafe uv_tcp_connect(&requests.pointee.connect, handle, sockaddr) { request, status in
                guard let data = unsafe request?.pointee.handle.pointee.data else { return }
                unsafe Unmanaged<TCPStream>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.didConnect(status) }
            }
        }
        if code != 0 { didConnect(code) }
    }

    /// libuv's handle of TCP takes any stream socket that is connected already.
    private func connectToUnixSocket(_ address: SocketAddress) {
        let descriptor = unsafe address.withSockaddr { unsafe hw_connected_unix_socket($0) }
        guard descriptor >= 0 else { return didConnect(descriptor) }
        let code = unsafe uv_tcp_open(handle, descriptor)
        if code != 0 { hw_close(descriptor) }
        didConnect(code)
    }

    private func didConnect(_ status: Int32) {
        guard state.move(status == 0 ? .connected : .connectFailed) == .act else { return }
        if status == 0 { unsafe uv_tcp_nodelay(handle, 1) }
        owner?.streamDidConnect(status == 0 ? nil : LoopError(call: "connect", code: status))
    }

    /// Takes over the socket of a connection that was accepted; after an error it is still the caller's.
    func accept(descriptor: Int32, sendBufferByteCount: Int?) throws(LoopError) {
        try unsafe LoopError.check("accept", uv_tcp_open(handle, descriptor))
        _ = state.move(.accept)
        // Small answers must not wait for the peer's acknowledgement (Nagle, RFC 896).
        unsafe uv_tcp_nodelay(handle, 1)
        if let byteCount = sendBufferByteCount {
            unsafe _ = hw_set_send_buffer(handle, Int32(clamping: byteCount))
        }
    }

    /// Whether the connection stands and we may send.
    package var isOpen: Bool { state.takesWrites }

    // MARK: Reading

    /// From now on the owner gets the input. Without effect when it does already, and after the peer's end.
    package func startReading() {
        guard state.hasInput else { return }
        // libuv itself knows whether it reads: a second call changes nothing.
        unsafe _ = uv_read_start(streamHandle, { handle, _, buffer in
            guard let data = unsafe handle?.pointee.data, let buffer = unsafe buffer else { return }
            unsafe Unmanaged<TCPStream>.fromOpaque(data)._withUnsafeGuaranteedRef { stream in
                let room = unsafe stream.loop.readBuffer
                unsafe buffer.pointee = unsafe uv_buf_t(
                    base: room.baseAddress?.assumingMemoryBound(to: CChar.self), len: room.count)
            }
        }, { handle, count, buffer in
            guard let data = unsafe handle?.pointee.data, count != 0 else { return }
            unsafe Unmanaged<TCPStream>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.didRead(count) }
        })
    }

    /// Leaves the input with the kernel, whose full window then stops the peer.
    package func stopReading() { unsafe _ = uv_read_stop(streamHandle) }

    private func didRead(_ count: Int) {
        if count > 0 {
            counts.receivedBytes &+= UInt64(count)
            if state.dropsInput { return }
            unsafe owner?.streamDidRead(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]))
        } else if count == Int(UV_EOF.rawValue) {
            stopReading()
            if state.move(.inputEnded) == .act { owner?.streamDidReachEnd() }
        } else {
            fail("read", Int32(count))
        }
    }

    // MARK: Writing

    /// Sends the batch and empties it: at once as far as the socket takes it, the rest by
    /// libuv when the socket is writable again, under the batch's leases.
    package func flush(_ batch: WriteBatch) {
        guard !batch.isEmpty, state.takesWrites else { return batch.removeAll() }
        let total = batch.byteCount
        var taken = 0
        if pending.count == 0 {
            let code = unsafe uv_try_write(streamHandle, batch.buffers, UInt32(batch.bufferCount))
            if code >= 0 {
                taken = Int(code)
                counts.sentBytes &+= UInt64(taken)
                if taken == total {
                    counts.directFlushes &+= 1
                    return batch.removeAll()
                }
            } else if code != UV_EAGAIN.rawValue {
                batch.removeAll()
                return fail("write", code)
            }
        }
        let now = EventLoop.monotonicNanoseconds()
        var failure: Int32 = 0
        unsafe batch.drainRemainder(after: taken) { buffers, leases in
            guard failure == 0 else { return }
            failure = unsafe queue(buffers, leases, now)
        }
        if failure != 0 { fail("write", failure) }
    }

    /// Sends as much as the socket takes at once, if no write is queued, and keeps none of the bytes.
    /// - Returns: how many bytes were taken.
    package func writeNow(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard state.takesWrites, pending.count == 0, let start = bytes.baseAddress, bytes.count > 0 else { return 0 }
        var buffer = unsafe uv_buf_t(
            base: UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: CChar.self)), len: bytes.count)
        let code = unsafe uv_try_write(streamHandle, &buffer, 1)
        if code < 0 {
            if code != UV_EAGAIN.rawValue { fail("write", code) }
            return 0
        }
        counts.sentBytes &+= UInt64(code)
        if Int(code) == bytes.count { counts.directFlushes &+= 1 }
        return Int(code)
    }

    private func queue(
        _ buffers: UnsafeMutableBufferPointer<uv_buf_t>, _ leases: borrowing WriteBatch.LeaseRun, _ now: UInt64
    ) -> Int32 {
        let write = unsafe loop.takeIdleWrite() ?? PendingWrite.make()
        unsafe write.pointee.leaseCount = unsafe leases.copyLeases(to: write.pointee.leases)
        let code = unsafe submit(write, buffers, now)
        if code == 0, let audit = loop.audit {
            let first = leases.arena(ofBuffer: 0)
            unsafe audit.didSubmit(write, PendingWrite.request(of: write), buffers, owner: first?.owner ?? 0) { leases.arena(ofBuffer: $0) }
        }
        return code
    }

    /// Has libuv write, with the request that stands at the write's front.
    func submit(
        _ write: UnsafeMutablePointer<PendingWrite>, _ buffers: UnsafeMutableBufferPointer<uv_buf_t>, _ now: UInt64
    ) -> Int32 {
        return unsafe submit(write, PendingWrite.request(of: write), buffers, now) { request, status in
            guard let request = unsafe request else { return }
            let write = unsafe UnsafeMutableRawPointer(request).assumingMemoryBound(to: PendingWrite.self)
            unsafe write.pointee.stream?._withUnsafeGuaranteedRef { unsafe $0.didWrite(write, status) }
        }
    }

    /// Has libuv write, and lists the write as pending until the callback; ends it when libuv refuses.
    func submit(
        _ write: UnsafeMutablePointer<PendingWrite>, _ request: UnsafeMutablePointer<uv_write_t>,
        _ buffers: UnsafeMutableBufferPointer<uv_buf_t>, _ now: UInt64, _ callback: uv_write_cb
    ) -> Int32 {
        var byteCount = 0
        for unsafe buffer in unsafe buffers { unsafe byteCount += buffer.len }
        unsafe write.pointee.byteCount = byteCount
        unsafe write.pointee.queuedNanoseconds = now
        unsafe write.pointee.stream = Unmanaged.passUnretained(self)
        let code = unsafe uv_write(request, streamHandle, buffers.baseAddress, UInt32(buffers.count), callback)
        if code != 0 {
            unsafe end(write)
            return code
        }
        // A write under leases has bytes that the socket refused a moment ago, and the owner waits for it.
        unsafe write.pointee.isDirect = write.pointee.leaseCount == 0 && pendingByteCount == 0
        unsafe pending.append(write)
        if unsafe write.pointee.isDirect { counts.directFlushes &+= 1 } else { counts.queuedWrites &+= 1 }
        return 0
    }

    private func end(_ write: UnsafeMutablePointer<PendingWrite>) {
        if unsafe write.pointee.isCopy { return unsafe PendingWrite.free(write) }
        unsafe write.pointee.endLeases()
        unsafe loop.giveIdleWrite(write)
    }

    /// libuv is done with a write, which is the oldest.
    func didWrite(_ write: UnsafeMutablePointer<PendingWrite>, _ status: Int32) {
        if let audit = loop.audit { unsafe audit.didComplete(write, of: self) }
        unsafe pending.removeOldest(write)
        if status == 0 { unsafe counts.sentBytes &+= UInt64(write.pointee.byteCount) }
        // The kernel took a direct copy at once: the owner does not wait for it.
        let isAwaited = unsafe !(write.pointee.isCopy && write.pointee.isDirect)
        unsafe end(write)
        if state.isClosing || status == UV_ECANCELED.rawValue { return }
        if status != 0 { return fail("write", status) }
        if isAwaited || state.isFinishing { owner?.streamDidWrite() }
    }

    // MARK: Ending

    /// No more writes: the queue goes out, then FIN. Bytes that still come are dropped. The owner hears
    /// `streamDidReachEnd` when both ends are through, and closes; or closes when it has waited enough.
    package func finish() {
        guard state.move(.finish) == .act else { return }
        let code = unsafe uv_shutdown(&requests.pointee.shutdown, streamHandle) { request, status in
            guard let data = unsafe request?.pointee.handle.pointee.data else { return }
            unsafe Unmanaged<TCPStream>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.didShutDown(status) }
        }
        if code != 0 { return fail("shutdown", code) }
        startReading()
    }

    private func didShutDown(_ status: Int32) {
        let answer = state.move(.shutDown)
        if status != 0 { return fail("shutdown", status) }
        if answer == .act { owner?.streamDidReachEnd() }
    }

    /// Sends our end once the queue is out. Input is read as before; nothing may be sent any more.
    package func endWriting() {
        guard state.move(.endWriting) == .act else { return }
        let code = unsafe uv_shutdown(&requests.pointee.shutdown, streamHandle) { _, _ in
            // A failure needs no report here: the connection is gone, and a read tells.
        }
        if code != 0 { fail("shutdown", code) }
    }

    /// Drops the connection; pending writes end with it. The owner hears `streamDidClose`.
    package func close() {
        guard state.move(.close) == .act else { return }
        unsafe uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<TCPStream>.fromOpaque(data).takeRetainedValue().didClose()
        }
    }

    private func didClose() {
        _ = state.move(.closed)
        let owner = owner
        self.owner = nil
        owner?.streamDidClose()
    }

    /// Reading or writing has failed: tells the owner, which closes.
    func fail(_ call: String, _ code: Int32) {
        guard !state.isClosing else { return }
        stopReading()
        owner?.streamDidFail(LoopError(call: call, code: code))
    }
}
