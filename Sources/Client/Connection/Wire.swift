internal import Loop
internal import Measurements
internal import Memory
internal import TLS
internal import Transport

/// The bytes of one connection, both ways: a socket, and TLS on it where the configuration asks for TLS; perhaps through
/// the tunnel of a proxy.
///
/// The connection that owns the wire hears of plaintext, of the end, and of failures by cause. The wire
/// does the handshake, and tells the session cache how it ended.
///
/// `@safe`: its owner outlives it, and ends only after `wireDidClose`.
@safe
final class Wire: TCPStreamOwner {
    /// Not counted, and nil before the wire is opened.
    private var owner: Unmanaged<ClientConnection>?
    private let generator: LoadGenerator
    private let clock: LoopClock
    private let caches: Caches
    private let stream: TCPStream
    /// nil: in the clear, or not connected yet.
    private var tls: TLSStream?
    /// While a proxy is asked for one.
    private var tunnel = ProxyTunnel()
    /// nil for clients that read at once.
    private let pacer: ReadPacer?

    private enum State {
        /// Until the socket is connected.
        case connecting
        /// Until the proxy has opened its tunnel.
        case tunnelling
        /// Until the TLS handshake is done. The session cache waits to hear how it ends.
        case securing
        case open
        case closed
    }
    private var state = State.connecting

    init(_ generator: LoadGenerator, _ caches: Caches) {
        self.generator = generator
        clock = generator.clock
        unsafe owner = nil
        self.caches = caches
        let stream = TCPStream(loop: generator.loop)
        self.stream = stream
        pacer = generator.configuration.manners.readPauseNanoseconds.map { ReadPacer(stream, pauseNanoseconds: $0) }
    }

    /// Whether the peer has sent anything.
    var hasReceived: Bool { stream.receivedBytes > 0 }

    /// Calls the owner, which nothing counts: it is there as long as the wire is not closed.
    private func tell(_ body: (ClientConnection) -> Void) {
        unsafe owner?._withUnsafeGuaranteedRef { body($0) }
    }

    /// The one place that assigns `state`.
    private func move(to new: State) {
        switch (state, new) {
        case (.connecting, .tunnelling), (.connecting, .securing), (.connecting, .open), (.connecting, .closed), (.tunnelling, .securing),
            (.tunnelling, .open), (.tunnelling, .closed), (.securing, .open), (.securing, .closed), (.open, .closed):
            state = new
        case (_, .connecting), (.tunnelling, .tunnelling), (.securing, .tunnelling), (.open, .tunnelling), (.closed, .tunnelling),
            (.securing, .securing), (.open, .securing), (.open, .open), (.closed, .securing), (.closed, .open), (.closed, .closed):
            preconditionFailure("a wire that is \(state) cannot become \(new)")
        }
    }

    // MARK: Opening

    /// Begins to connect.
    func open(for owner: ClientConnection, to address: SocketAddress) {
        unsafe self.owner = Unmanaged.passUnretained(owner)
        stream.setOwner(self)
        stream.connect(
            to: address,
            receiveBufferByteCount: generator.configuration.manners.receiveBufferByteCount)
    }

    /// The socket is connected, or will not be.
    func streamDidConnect(_ error: LoopError?) {
        guard state == .connecting else { return }
        if let error {
            tell { $0.wireDidFail(failure(error)) }
            return
        }
        stream.startReading()
        guard let request = generator.configuration.proxy?.tunnelRequest else { return streamDidReachServer() }
        move(to: .tunnelling)
        // A new socket has room for it.
        guard unsafe request.withUnsafeBytes({ unsafe stream.writeNow($0) }) == request.count else {
            return socketDidFail(LoopError(call: "write", code: LoopError.noMemory))
        }
    }

    /// The proxy answers.
    private func readTunnel(_ bytes: UnsafeRawBufferPointer) {
        switch unsafe tunnel.receive(bytes) {
        case .wait: return
        case .fail(let error): tell { $0.wireDidFail(error) }
        case .open(let count):
            streamDidReachServer()
            if count < bytes.count { unsafe streamDidRead(UnsafeRawBufferPointer(rebasing: bytes[count...])) }
        }
    }

    /// Whatever is sent now is for the server.
    private func streamDidReachServer() {
        guard let context = generator.tls.context, let options = generator.configuration.tls else {
            move(to: .open)
            tell { $0.wireDidOpen(generator.destination.clearProtocol) }
            return
        }
        move(to: .securing)
        let session = caches.takeSession(for: generator.tls.origin)
        do {
            tls = TLSStream(
                try TLSEndpoint(client: context, host: options.serverName, resuming: session), on: stream)
        } catch {
            return handshakeDidFail(error)
        }
        tls?.flush()
    }

    private func handshakeDidEnd(_ endpoint: TLSEndpoint) {
        move(to: .open)
        let isResumed = endpoint.isResumed
        generator.accounts.counters.tls.handshakes += 1
        if isResumed { generator.accounts.counters.tls.resumedHandshakes += 1 }
        // A hit of the session cache is a session that the peer has resumed.
        caches.handshakeDidEnd(isResumed: isResumed)
        let chosen = endpoint.negotiatedProtocol
        // A server without ALPN speaks HTTP/1.1 (RFC 9113, 3.2).
        if chosen == nil && generator.configuration.httpVersion == .http2 { return handshakeDidFail(.noCommonProtocol) }
        tell { $0.wireDidOpen(chosen ?? .http1) }
    }

    private func handshakeDidFail(_ error: TLSError) {
        generator.accounts.counters.tls.countFailure(error)
        tell { $0.wireDidFail(.tls(error)) }
    }

    /// The time for connecting is over: counts the handshake that is not done, if it is that. - Returns: the error.
    func connectDidTimeOut() -> ConnectError {
        guard state == .securing else { return failure(LoopError(call: "connect", code: LoopError.timedOut)) }
        generator.accounts.counters.tls.countTimeout()
        return .handshakeTimeout
    }

    // MARK: Bytes come

    /// Ciphertext or plaintext has come.
    func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
        guard state != .closed else { return }
        clock.refresh()
        pacer?.rest()
        if state == .tunnelling { return unsafe readTunnel(bytes) }
        guard let tls else {
            tell { unsafe $0.wireDidRead(bytes) }
            return
        }
        do {
            try unsafe tls.receive(bytes) { plaintext in
                if state == .securing { handshakeDidEnd(tls.endpoint) }
                if state == .open { tell { unsafe $0.wireDidRead(plaintext) } }
            }
        } catch {
            return tlsDidFail(error)
        }
        if state == .securing && tls.endpoint.state == .open { handshakeDidEnd(tls.endpoint) }
        while let session = tls.endpoint.takeSession() { caches.store(session, for: generator.tls.origin) }
        if tls.endpoint.peerHasClosed { peerDidEnd() }
    }

    /// The peer has ended its side of the connection.
    func streamDidReachEnd() {
        if let tls {
            // Without close_notify the network could have cut the connection: an answer that the end ends is not whole.
            do { try tls.endpoint.receiveEnd() } catch { return tlsDidFail(error) }
        }
        peerDidEnd()
    }

    private func peerDidEnd() {
        if state == .open { tell { $0.wireDidReachEnd() } } else { socketDidFail(.peerClosed) }
    }

    private func tlsDidFail(_ error: TLSError) {
        switch state {
        case .connecting, .tunnelling, .closed: break
        case .securing: handshakeDidFail(error)
        case .open: tell { $0.wireDidFail(error == .truncated ? .system(.peerClosed) : .tls(error)) }
        }
    }

    /// The socket has failed.
    func streamDidFail(_ error: LoopError) { socketDidFail(error) }

    private func socketDidFail(_ error: LoopError) {
        guard state != .closed else { return }
        if state == .securing { generator.accounts.counters.tls.countLostHandshake() }
        tell { $0.wireDidFail(failure(error)) }
    }

    /// An error of the socket, with the peer that it is about.
    private func failure(_ error: LoopError) -> ConnectError {
        switch state {
        case .connecting, .tunnelling: generator.configuration.proxy == nil ? .system(error) : .proxy(error)
        case .securing, .open, .closed: .system(error)
        }
    }

    // MARK: Bytes go

    /// Whether bytes wait that the socket has not taken: then nothing more should be sent.
    var isBlocked: Bool { stream.pendingWrites > 0 }

    /// Sends bytes of the caller's; those that the socket does not take are copied.
    /// - Returns: whether the socket took everything.
    func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let tls {
            unsafe tls.write(bytes)
            tls.flush()
            return stream.pendingWrites == 0
        }
        let taken = unsafe stream.writeNow(bytes)
        if taken == bytes.count { return true }
        let loop = stream.loop
        let arena = loop.arenas.take()
        loop.batch.append(unsafe arena.copy(UnsafeRawBufferPointer(rebasing: bytes[taken...])))
        loop.batch.append(Lease(on: arena))
        arena.retire()
        stream.flush(loop.batch)
        return false
    }

    /// Sends the loop's batch, and empties it.
    func send(_ batch: WriteBatch) {
        if let tls { tls.flush(batch) } else { stream.flush(batch) }
    }

    /// The socket has taken the queued bytes: there is room for more.
    func streamDidWrite() {
        clock.refresh()
        if state == .open { tell { $0.wireDidWrite() } }
    }

    // MARK: Ending

    /// Sends FIN behind all bytes so far; reading goes on. Not over TLS, which has close_notify.
    func endWriting() { stream.endWriting() }

    /// Closes the socket; the owner hears `wireDidClose`.
    func close() {
        if state == .securing { caches.handshakeDidEnd(isResumed: false) }
        move(to: .closed)
        tls?.close()
        stream.close()
    }

    /// The socket is gone.
    func streamDidClose() {
        generator.accounts.absorb(stream)
        tls = nil
        pacer?.close()
        // The client lets go of the connection in this call.
        if let owner = unsafe owner?.takeUnretainedValue() { withExtendedLifetime(owner) { owner.wireDidClose() } }
    }

    // MARK: Samples

    /// Puts what is known of the socket into a connection's row.
    func describe(_ row: inout ConnectionSample) {
        let now = clock.nowNanoseconds
        row.receivedBytes = stream.receivedBytes
        row.sentBytes = stream.sentBytes
        row.pendingBytes = stream.pendingByteCount
        row.oldestAgeNanoseconds = stream.oldestWriteNanoseconds.map { now > $0 ? now - $0 : 0 } ?? 0
        if tls != nil { row.version = row.version.overTLS }
    }

    /// Adds the bytes that the connection has received and sent, and those that wait.
    func add(to sample: inout ClientSample) {
        let now = clock.nowNanoseconds
        sample.receivedBytes += stream.receivedBytes
        sample.sentBytes += stream.sentBytes
        sample.writes.direct += stream.directFlushes
        sample.writes.queued += stream.queuedWrites
        sample.writes.pending += stream.pendingWrites
        sample.writes.pendingBytes += stream.pendingByteCount
        stream.forEachPendingWrite { queued, byteCount in
            let age = now > queued ? now - queued : 0
            sample.writes.pendingBytesByAge[WriteSample.ageBucket(nanoseconds: age)] += byteCount
            sample.writes.oldestAgeNanoseconds = max(sample.writes.oldestAgeNanoseconds, age)
        }
    }
}

extension LoopError {
    /// The peer has ended a connection that was still wanted.
    static var peerClosed: LoopError { LoopError(call: "connect", code: LoopError.connectionReset) }
}
