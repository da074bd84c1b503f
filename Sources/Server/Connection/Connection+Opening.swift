internal import Loop
internal import Measurements
internal import Memory
internal import TLS
internal import Transport

// From accept to the choice of a protocol: by ALPN over TLS, by the first bytes in the clear.
extension Connection {
    // MARK: In the clear

    /// Takes input before the protocol is known.
    func sniff(_ bytes: UnsafeRawBufferPointer) {
        switch unsafe preface.read(bytes) {
        case .undecided: break
        case .http1(let replay):
            serve(HTTP1Side(self))
            unsafe serveFirst(replay, bytes)
        case .http2(let replay):
            guard let side = HTTP2Side.make(self) else { return close() }
            serve(side)
            unsafe serveFirst(replay, bytes)
        }
    }

    private func serveFirst(_ replay: ArenaBytes, _ bytes: UnsafeRawBufferPointer) {
        if !replay.isEmpty { unsafe receive(replay.buffer) }
        unsafe receive(bytes)
    }

    // MARK: Over TLS

    /// Takes ciphertext.
    func receiveSealed(_ bytes: UnsafeRawBufferPointer, _ tls: TLSStream) {
        switch state.stage {
        case .securing, .serving, .paused: break
        case .finishing, .closed: return
        case .sniffing: preconditionFailure("a connection over TLS does not sniff")
        }
        var failure: TLSError?
        do {
            try unsafe tls.receive(bytes) { plaintext in
                if state.stage == .securing { handshakeDidEnd(tls.endpoint) }
                unsafe receive(plaintext)
            }
        } catch {
            failure = error
        }
        // The handshake is done, and no plaintext came with its end.
        if state.stage == .securing && tls.endpoint.hasOpened { handshakeDidEnd(tls.endpoint) }
        if let failure { return sealedInputDidFail(failure) }
        if tls.endpoint.peerHasClosed { peerDidCloseTLS() }
    }

    private func handshakeDidEnd(_ endpoint: TLSEndpoint) {
        server.refreshNow()
        server.counters.tls.handshakes += 1
        if endpoint.isResumed { server.counters.tls.resumedHandshakes += 1 }
        keepAlive(for: server.configuration.headerTimeoutNanoseconds)
        let side: ProtocolSide
        switch endpoint.negotiatedProtocol {
        case .http2:
            guard let http2 = HTTP2Side.make(self) else { return close() }
            side = http2
        // A client without ALPN speaks HTTP/1.1 (RFC 9113, 3.2).
        case .http1, nil: side = HTTP1Side(self)
        }
        server.counters.connectionCounts.openTLS += 1
        serve(side)
        side.greet()
    }

    /// The alert that says why is on its way.
    private func sealedInputDidFail(_ error: TLSError) {
        if state.stage == .securing {
            server.counters.tls.countFailure(error)
        } else {
            server.counters.protocolErrors += 1
        }
        finish()
    }

    /// close_notify: the peer will send no more.
    private func peerDidCloseTLS() {
        switch state.stage {
        case .serving, .paused: side?.inputDidEnd(isSocketOpen: true)
        case .sniffing, .securing: finish()
        case .finishing, .closed: break
        }
    }

    /// The handshake was not done in time.
    func handshakeDidTimeOut() {
        server.counters.timeouts += 1
        server.counters.tls.countTimeout()
        close()
    }
}
