internal import HTTP2
internal import Loop
internal import Measurements
internal import Memory
internal import TLS
internal import Transport

// Between the socket and what is spoken on it: the handshake, and bytes both ways.
extension HTTPClient {
    // MARK: Opening

    /// The socket is connected.
    func openTransport(on stream: TCPStream) {
        guard let context = generator.tlsContext, let options = generator.configuration.tls else {
            return openProtocol(generator.configuration.httpVersion == .http1 ? .http1 : .http2)
        }
        state = .securing
        owesHandshake = true
        let session = caches.takeSession(for: generator.origin)
        do {
            tls = TLSStream(
                try TLSEndpoint(client: context, host: options.serverName, resuming: session), on: stream)
        } catch {
            return handshakeDidFail(error)
        }
        stream.startReading()
        tls?.flush()
    }

    private func handshakeDidEnd(_ endpoint: TLSEndpoint) {
        let isResumed = endpoint.isResumed
        generator.counters.tls.handshakes += 1
        if isResumed { generator.counters.tls.resumedHandshakes += 1 }
        noteHandshake(isResumed: isResumed)
        let chosen = endpoint.negotiatedProtocol
        // A server without ALPN speaks HTTP/1.1 (RFC 9113, 3.2).
        if chosen == nil && generator.configuration.httpVersion == .http2 { return handshakeDidFail(.noCommonProtocol) }
        openProtocol(chosen ?? .http1)
    }

    /// Tells the session cache once how the handshake has ended: a hit is one that the peer resumed.
    func noteHandshake(isResumed: Bool) {
        guard owesHandshake else { return }
        owesHandshake = false
        caches.handshakeDidEnd(isResumed: isResumed)
    }

    private func handshakeDidFail(_ error: TLSError) {
        generator.counters.tls.countFailure(error)
        attemptDidFail(.tls(error))
    }

    private func openProtocol(_ chosen: ApplicationProtocol) {
        switch chosen {
        case .http2:
            guard let session = Session(
                role: .client, factory: generator.sessions, settings: generator.configuration.http2, handler: self)
            else { return attemptDidFail(.system(LoopError(call: "nghttp2_session_client_new", code: LoopError.noMemory))) }
            self.session = session
            state = .greeting
            stream?.startReading()
            flush()
        case .http1:
            pipeline = Pipeline(arenas: loop.arenas)
            state = .greeting
            stream?.startReading()
            greetingDidArrive()
            refill()
        }
    }

    // MARK: Bytes come

    /// Ciphertext or plaintext has come.
    package func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .securing, .greeting, .ready, .draining: break
        case .waiting, .connecting, .closing, .ended: return
        }
        generator.refreshNow()
        restAfterRead()
        guard let tls else { return unsafe receive(bytes) }
        do {
            try unsafe tls.receive(bytes) { plaintext in
                if state == .securing { handshakeDidEnd(tls.endpoint) }
                unsafe receive(plaintext)
            }
        } catch {
            return secureStreamDidFail(error)
        }
        if state == .securing && tls.endpoint.state == .open { handshakeDidEnd(tls.endpoint) }
        takeSessions(from: tls.endpoint)
        if tls.endpoint.peerHasClosed { peerDidEnd() }
    }

    private func receive(_ plaintext: UnsafeRawBufferPointer) {
        switch state {
        case .greeting, .ready, .draining: break
        case .waiting, .connecting, .securing, .closing, .ended: return
        }
        if let session {
            unsafe receiveHTTP2(plaintext, session)
        } else if let pipeline {
            unsafe receiveHTTP1(plaintext, pipeline)
        }
    }

    private func takeSessions(from endpoint: TLSEndpoint) {
        while let session = endpoint.takeSession() { caches.store(session, for: generator.origin) }
    }

    /// The peer has said its end.
    package func streamDidReachEnd() {
        if let tls {
            // Without close_notify whoever cut the line could have: an answer that the end ends is not whole.
            do { try tls.endpoint.receiveEnd() } catch { return secureStreamDidFail(error) }
        }
        peerDidEnd()
    }

    private func secureStreamDidFail(_ error: TLSError) {
        if state == .securing { return handshakeDidFail(error) }
        if error == .truncated { return connectionDidEnd(LoopError(call: "read", code: LoopError.connectionReset)) }
        // Our certificate may be refused only now: TLS 1.3 lets a client finish first.
        if state == .greeting { return handshakeDidFail(error) }
        drop(.protocolError)
    }

    /// The peer has said its end, as it should.
    private func peerDidEnd() {
        if let pipeline, state == .ready || state == .draining { receiveHTTP1End(pipeline) }
        connectionDidEnd(LoopError(call: "connect", code: LoopError.connectionReset))
    }

    // MARK: Bytes go

    /// - Returns: whether the socket took it all.
    func send(_ bytes: UnsafeRawBufferPointer, on stream: TCPStream) -> Bool {
        if let tls {
            unsafe tls.write(bytes)
            tls.flush()
            return stream.pendingWrites == 0
        }
        let taken = unsafe stream.writeNow(bytes)
        if taken == bytes.count { return true }
        let arena = loop.arenas.take()
        loop.batch.append(unsafe arena.copy(UnsafeRawBufferPointer(rebasing: bytes[taken...])))
        loop.batch.append(Lease(on: arena))
        arena.retire()
        stream.flush(loop.batch)
        return false
    }

    /// Sends what the pipeline has, until the socket takes no more.
    func flush(_ pipeline: Pipeline, on stream: TCPStream) {
        while stream.pendingWrites == 0, pipeline.moveOutput(to: loop.batch) {
            if let tls { tls.flush(loop.batch) } else { stream.flush(loop.batch) }
        }
    }
}
