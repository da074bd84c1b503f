internal import Loop
internal import Measurements
internal import Memory
internal import TLS
internal import Transport

// A connection over TLS: the handshake, the choice of the protocol, and the way of all bytes.
extension Connection {
    func receiveSealed(_ bytes: UnsafeRawBufferPointer, _ tls: TLSStream) {
        if phase == .finishing || phase == .closed { return }
        var failure: TLSError?
        do {
            try unsafe tls.receive(bytes) { plaintext in
                if phase == .securing { handshakeDidEnd(tls.endpoint) }
                unsafe receive(plaintext)
            }
        } catch {
            failure = error
        }
        // Done, and nothing that we could read came with it.
        if phase == .securing && tls.endpoint.hasOpened { handshakeDidEnd(tls.endpoint) }
        if let failure { return sealedInputDidFail(failure) }
        if tls.endpoint.peerHasClosed { peerDidClose() }
    }

    private func handshakeDidEnd(_ endpoint: TLSEndpoint) {
        server.refreshNow()
        server.counters.tls.handshakes += 1
        if endpoint.isResumed { server.counters.tls.resumedHandshakes += 1 }
        server.counters.openTLSConnections += 1
        keepAlive(for: server.configuration.headerTimeoutNanoseconds)
        switch endpoint.negotiatedProtocol {
        case .http2:
            guard beginHTTP2() else { return close() }
            // Our SETTINGS: they need not wait for the client's preface.
            flushHTTP2()
        // Who says nothing of HTTP/2 speaks HTTP/1.1 (RFC 9113, 3.2).
        case .http1, nil: beginHTTP1()
        }
    }

    /// The alert that says why is on its way.
    private func sealedInputDidFail(_ error: TLSError) {
        if phase == .securing {
            server.counters.tls.countFailure(error)
        } else {
            server.counters.protocolErrors += 1
        }
        finish()
    }

    /// close_notify: the peer will send no more.
    private func peerDidClose() {
        switch phase {
        case .http1: endHTTP1Input()
        case .http2, .sniffing, .securing: finish()
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
