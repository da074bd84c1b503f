import Glibc
import Measurements
import Memory
import Server
import Testing
import TestSupport
import TLS

/// A server with a throwaway identity, and clients that trust it.
struct SecureWorld {
    let authority: CertificateAuthority
    let server: ServerTLSConfiguration

    init() throws {
        authority = try CertificateAuthority()
        server = try ServerTLSConfiguration(identity: authority.issue(names: ["localhost"]))
    }

    /// Runs a test against a server of its own with TLS.
    @discardableResult
    func withServer(
        _ configure: (inout ServerConfiguration) -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation, _ body: (TestServer) throws -> Void
    ) throws -> ServerSample {
        try ServerTests.withServer(
            {
                $0.tls = server
                configure(&$0)
            }, sourceLocation: sourceLocation, body)
    }

    /// A connection whose handshake is done.
    func connect(
        to server: TestServer, protocols: [ApplicationProtocol] = [.http1], receiveBuffer: Int32? = nil
    ) throws -> SecurePeer {
        let peer = try SecurePeer(self, server, protocols: protocols, receiveBuffer: receiveBuffer)
        try peer.socket.shakeHands()
        return peer
    }
}

/// The client's end of a TLS connection, blocking.
final class SecurePeer {
    let socket: RawSocket
    let endpoint: TLSEndpoint

    init(_ world: SecureWorld, _ server: TestServer, protocols: [ApplicationProtocol], receiveBuffer: Int32?) throws {
        var configuration = ClientTLSConfiguration(verification: .trust(try .authority(world.authority)))
        configuration.protocols = protocols
        let endpoint = try TLSEndpoint(client: TLSContext(configuration, pool: ArenaPool()), host: "localhost")
        self.endpoint = endpoint
        socket = try RawSocket(port: try #require(server.securePort), receiveBuffer: receiveBuffer)
        socket.speak(endpoint)
    }
}

@Suite("A connection over TLS", .waiting) struct TLSConnectionTests {
    let world: SecureWorld

    init() throws { world = try SecureWorld() }

    @Test("is answered as one in the clear, however its records are cut", arguments: [1, 100, 100_000])
    func requests(pieceByteCount: Int) throws {
        let end = try world.withServer { server in
            let peer = try world.connect(to: server)
            #expect(peer.endpoint.negotiatedProtocol == .http1)
            let text = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /bytes/100000 HTTP/1.1\r\nHost: a\r\n\r\n"
            try peer.socket.send(text, pieceByteCount: pieceByteCount)
            #expect(try peer.socket.response()?.status == 200)
            #expect(try peer.socket.response()?.body == patternBytes(100_000))
            let row = try server.sample().connections.first
            #expect(row?.version == .tlsHTTP1 && row?.requests == 2)
        }
        #expect(end.tls.handshakes == 1 && end.tls.failedHandshakes == 0)
    }

    @Test("and one in the clear are served by the same server")
    func both() throws {
        let end = try world.withServer { server in
            let secure = try world.connect(to: server)
            let clear = try server.connect()
            #expect(try secure.socket.get("/health")?.text == "OK\n")
            #expect(try clear.get("/health")?.text == "OK\n")
            let now = try server.sample()
            #expect(now.connectionCounts.open == 2 && now.connectionCounts.openTLS == 1 && now.connectionCounts.openHTTP1 == 2)
        }
        #expect(end.requests.completed == 2)
    }

    /// The trigger of the bug that this program is about.
    @Test("that reads slowly gets two large answers byte for byte, and the arenas are back",
        arguments: ["/bytes/8MiB", "/stream-bytes/8MiB"])
    func slowReader(target: String) throws {
        try world.withServer({ $0.sendBufferByteCount = 32_768 }) { server in
            let peer = try world.connect(to: server, receiveBuffer: 32_768)
            try peer.socket.request("GET", target)
            try server.wait("the first answer waits") { $0.writes.pendingBytes > 0 }
            try peer.socket.request("GET", target)
            let expected = patternBytes(8 << 20)
            #expect(try peer.socket.response()?.body == expected)
            #expect(try peer.socket.response()?.body == expected)
            let now = try server.wait("all has come back") { $0.arena.inUse == 0 }
            #expect(now.arena.leases == 0 && now.writes.pending == 0 && now.requests.completed == 2)
            #expect(now.connectionCounts.paused == 0 && now.readPauses >= 1)
        }
    }

    @Test("is not read from above the limit of unsent bytes, and then again")
    func paused() throws {
        try world.withServer({ $0.sendBufferByteCount = 32_768 }) { server in
            let peer = try world.connect(to: server, receiveBuffer: 32_768)
            for _ in 0..<20 { try peer.socket.request("GET", "/bytes/1MiB") }
            let now = try server.wait("reading has stopped") { $0.connectionCounts.paused == 1 }
            #expect(now.requests.started == 1, "one answer may reach the limit, the next has to wait")
            // A body is made as the socket takes it: the limit, and the part that passes it.
            #expect(now.writes.pendingBytes > 128 * 1024 && now.writes.pendingBytes <= 384 * 1024)
            #expect(now.writes.pendingBytesByAge.reduce(0, +) == now.writes.pendingBytes)
            for _ in 0..<20 { #expect(try peer.socket.response()?.body.count == 1 << 20) }
            try server.wait("all is answered") { $0.requests.completed == 20 && $0.connectionCounts.paused == 0 }
        }
    }

    @Test("that says close_notify gets what it asked for, then ours, then the end")
    func closeNotify() throws {
        let end = try world.withServer { server in
            let peer = try world.connect(to: server)
            try peer.socket.request("GET", "/delay/0.05")
            try peer.socket.request("GET", "/bytes/300000")
            try peer.socket.sendCloseNotify()
            #expect(try peer.socket.response()?.status == 200)
            #expect(try peer.socket.response()?.body.count == 300_000)
            #expect(try peer.socket.isClosed())
            #expect(peer.endpoint.peerHasClosed)
        }
        #expect(end.protocolErrors == 0)
    }

    @Test("that asked for the end gets close_notify before it")
    func connectionClose() throws {
        try world.withServer { server in
            let peer = try world.connect(to: server)
            try peer.socket.request("GET", "/health", fields: "Connection: close\r\n")
            #expect(try peer.socket.response()?.text == "OK\n")
            #expect(try peer.socket.isClosed())
            #expect(peer.endpoint.peerHasClosed)
        }
    }

    @Test("that breaks off leaves nothing behind", arguments: [
        "GET /hea", "GET /bytes/8388608 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /delay/5 HTTP/1.1\r\nHost: h\r\n\r\n",
    ], [true, false])
    func breaksOff(text: String, resets: Bool) throws {
        try world.withServer({ $0.sendBufferByteCount = 16_384 }) { server in
            let peer = try world.connect(to: server, receiveBuffer: 4096)
            try peer.socket.send(text)
            try server.wait("it has come") { $0.receivedBytes == peer.socket.sentBytes }
            if resets { peer.socket.reset() } else { peer.socket.close() }
            try server.wait("it is gone") { $0.connectionCounts.open == 0 && $0.arena.inUse == 0 }
        }
    }

    /// The server's own close_notify finds the socket broken.
    @Test("that the peer resets right after close_notify leaves nothing behind")
    func resetAfterCloseNotify() throws {
        try world.withServer { server in
            for _ in 0..<100 {
                let peer = try world.connect(to: server)
                peer.endpoint.close()
                try peer.socket.send([])
                peer.socket.reset()
            }
            try server.wait("they are gone") { $0.connectionCounts.open == 0 && $0.arena.inUse == 0 }
        }
    }

    @Test("whose records are damaged is told so and closed")
    func damagedRecord() throws {
        let end = try world.withServer { server in
            let peer = try world.connect(to: server)
            try peer.socket.sendRaw([23, 3, 3, 0, 32] + [UInt8](repeating: 7, count: 32))
            #expect(throws: TLSError.self) { _ = try peer.socket.receiveToEnd() }
            guard case .failed(.peerAlert(let code, _)) = peer.endpoint.state else {
                Issue.record("no alert: \(peer.endpoint.state)")
                return
            }
            // bad_record_mac (RFC 8446, 6).
            #expect(code == 20)
        }
        #expect(end.protocolErrors == 1)
    }
}

@Suite("A handshake", .waiting) struct HandshakeTests {
    let world: SecureWorld

    init() throws { world = try SecureWorld() }

    @Test("that is never finished is ended in time", arguments: [[UInt8](), [22, 3, 1, 2, 0, 1]])
    func silent(bytes: [UInt8]) throws {
        let end = try world.withServer({ $0.handshakeTimeoutNanoseconds = .milliseconds(100) }) { server in
            let peer = try RawSocket(port: try #require(server.securePort))
            try peer.send(bytes)
            #expect(try peer.isClosed())
        }
        #expect(end.tls.failures.timeout == 1 && end.timeouts == 1)
        #expect(end.tls.handshakes == 0)
    }

    @Test("of what is no TLS is refused at once, and counted")
    func notTLS() throws {
        let end = try world.withServer { server in
            let peer = try RawSocket(port: try #require(server.securePort))
            try peer.request("GET", "/health")
            #expect(try peer.isClosed())
        }
        #expect(end.tls.failures.notTLS == 1 && end.tls.failedHandshakes == 1)
        #expect(end.requests.completed == 0)
    }

    @Test("that the peer breaks off is counted")
    func brokenOff() throws {
        let end = try world.withServer { server in
            let peer = try RawSocket(port: try #require(server.securePort))
            try peer.send([22, 3, 1, 2, 0, 1])
            try server.wait("it has come") { $0.receivedBytes == 6 }
            peer.close()
            try server.wait("it is gone") { $0.connectionCounts.open == 0 }
        }
        #expect(end.tls.failures.peer == 1)
    }

    @Test("beyond the connection limit is not begun")
    func limit() throws {
        let end = try world.withServer({ $0.connectionLimit = 1 }) { server in
            let first = try world.connect(to: server)
            let second = try RawSocket(port: try #require(server.securePort))
            #expect(try second.isClosed())
            #expect(try first.socket.get("/health")?.status == 200)
        }
        #expect(end.connectionCounts.refused == 1 && end.tls.handshakes == 1)
    }

    @Test("of a hundred connections at once leaves nothing behind when half of them go away in it")
    func many() throws {
        let end = try world.withServer { server in
            var kept: [SecurePeer] = []
            for number in 0..<100 {
                if number % 2 == 0 {
                    kept.append(try world.connect(to: server))
                } else {
                    let peer = try SecurePeer(world, server, protocols: [.http2], receiveBuffer: nil)
                    try peer.socket.sendOutput()
                    peer.socket.reset()
                }
            }
            for peer in kept { #expect(try peer.socket.get("/bytes/20000")?.body.count == 20_000) }
            try server.wait("half are gone") { $0.connectionCounts.open == 50 }
        }
        #expect(end.tls.handshakes == 50 && end.tls.failedHandshakes == 50)
    }
}
