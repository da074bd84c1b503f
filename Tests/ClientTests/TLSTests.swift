import Client
import Foundation
import Load
import Loop
import Measurements
import Server
import TestSupport
import Testing
import TLS

/// An authority and a server's identity by it, for the whole suite.
struct TestWorld {
    let authority: CertificateAuthority
    var server: ServerTLSConfiguration

    init(names: [String] = ["localhost", "127.0.0.1"], validitySeconds: Range<Int>? = nil) throws {
        authority = try CertificateAuthority()
        let identity =
            if let validitySeconds { try authority.issue(names: names, validitySeconds: validitySeconds) } else { try authority.issue(names: names) }
        server = try ServerTLSConfiguration(identity: identity)
    }

    /// A client that trusts the authority.
    func client(_ name: String = "localhost") throws -> ClientConfiguration.TLSOptions {
        .init(configuration: ClientTLSConfiguration(verification: .trust(try .authority(authority))), serverName: name)
    }
}

extension ServerThread {
    /// A server that speaks TLS besides.
    convenience init(_ world: TestWorld, _ change: (inout ServerConfiguration) -> Void = { _ in }) throws {
        try self.init {
            $0.tls = world.server
            change(&$0)
        }
    }

    func secureConfiguration(
        _ world: TestWorld, name: String = "localhost", _ change: (inout ClientConfiguration) -> Void
    ) throws -> ClientConfiguration {
        var configuration = configuration { _ in }
        configuration.addresses = [try #require(secureAddress)]
        configuration.tls = try world.client(name)
        change(&configuration)
        return configuration
    }
}

/// The handshakes that both sides count are the same.
private func expectAgreement(_ run: LoadRun, _ served: ServerSample?, _ location: SourceLocation = #_sourceLocation) {
    #expect(run.total.tls.handshakes == served?.tls.handshakes, sourceLocation: location)
    #expect(run.total.tls.resumedHandshakes == served?.tls.resumedHandshakes, sourceLocation: location)
    #expect(served?.connectionCounts.openTLS == 0, sourceLocation: location)
    #expect(served?.arena.inUse == 0 && served?.arena.leases == 0, sourceLocation: location)
}

@Suite("Clients ask our own server over TLS", .waiting)
struct TLSLoadTests {
    @Test("a closed load of n requests does exactly n, over what ALPN agreed on", arguments: [
        (version: ClientConfiguration.HTTPVersion.negotiated, requests: 1, connections: 1, streams: 1), (.negotiated, 2000, 10, 20),
        (.http2, 100, 3, 4), (.http1, 100, 7, 1), (.http1, 1000, 5, 10),
    ])
    func closedLoad(_ load: (version: ClientConfiguration.HTTPVersion, requests: Int, connections: Int, streams: Int)) throws {
        let world = try TestWorld()
        let server = try ServerThread(world)
        let run = try LoadRun(server.secureConfiguration(world) {
            $0.httpVersion = load.version
            $0.paths = ["/bytes/1000", "/health", "/stream-bytes/3000"]
            $0.requests = load.requests
            $0.connections = load.connections
            $0.streams = load.streams
        })
        let served = server.stop()
        #expect(run.isDone, "\(String(describing: run.connectError))")
        expectSums(run, requests: load.requests)
        #expect(run.total.requests.succeeded == UInt64(load.requests))
        #expect(served?.requests.completed == UInt64(load.requests))
        #expect(run.total.tls.handshakes == UInt64(load.connections))
        #expect(run.total.tls.resumedHandshakes == 0 && run.total.tls.failedHandshakes == 0)
        expectAgreement(run, served)
    }

    @Test("a server that has only HTTP/1.1 gets it", arguments: [TLSVersion.tls12, .tls13])
    func fallback(version: TLSVersion) throws {
        var world = try TestWorld()
        world.server.protocols = [.http1]
        world.server.versions = version...version
        let server = try ServerThread(world)
        let run = try LoadRun(server.secureConfiguration(world) {
            $0.requests = 50
            $0.streams = 3
        })
        let served = server.stop()
        expectSums(run, requests: 50)
        #expect(run.total.requests.succeeded == 50)
        #expect(run.total.connectionCounts.opened == 1)
        expectAgreement(run, served)
    }

    @Test("10 MiB pass both ways through the usual windows", arguments: [ClientConfiguration.HTTPVersion.http2, .http1])
    func bodies(version: ClientConfiguration.HTTPVersion) throws {
        let world = try TestWorld()
        let server = try ServerThread(world) { $0.bodyByteLimit = 10 << 20 }
        let up = try LoadRun(server.secureConfiguration(world) {
            $0.httpVersion = version
            $0.paths = ["/post"]
            $0.method = "POST"
            $0.body = Array(String(repeating: String(decoding: 32..<127, as: UTF8.self), count: 10 << 20 / 95 + 1).utf8.prefix(10 << 20))
            $0.requests = 2
            $0.streams = 2
            $0.windowByteCount = 65_535
        })
        expectSums(up, requests: 2)
        #expect(up.total.requests.succeeded == 2)
        // The answer has the body in it.
        #expect(up.total.responseBytes.body > 2 * 10 << 20)
        let down = try LoadRun(server.secureConfiguration(world) {
            $0.httpVersion = version
            $0.paths = ["/bytes/10485760"]
            $0.requests = 4
            $0.connections = 2
            $0.streams = 2
            $0.windowByteCount = 65_535
        })
        let served = server.stop()
        expectSums(down, requests: 4)
        #expect(down.total.responseBytes.body == 4 * 10_485_760)
        #expect(served?.arena.inUse == 0 && served?.arena.leases == 0)
    }

    @Test("sessions that are kept are resumed, and both sides count the same", arguments: [TLSVersion.tls12, .tls13])
    func resumption(version: TLSVersion) throws {
        var world = try TestWorld()
        world.server.versions = version...version
        let server = try ServerThread(world)
        var runs: [LoadRun] = []
        let caches = SharedCaches()
        for _ in 0..<4 {
            runs.append(try LoadRun(server.secureConfiguration(world) {
                $0.requests = 3
                $0.caches = .shared(caches)
            }))
        }
        let served = server.stop()
        #expect(runs.map(\.total.tls.resumedHandshakes) == [0, 1, 1, 1])
        #expect(served?.tls.handshakes == 4 && served?.tls.resumedHandshakes == 3)
        var sample = ClientSample()
        caches.add(to: &sample)
        #expect(sample.caches.sessions.hits == 3 && sample.caches.sessions.misses == 1)
    }

    @Test("a timed out request is reset, and the connection lives on")
    func timeout() throws {
        let world = try TestWorld()
        let server = try ServerThread(world)
        let run = try LoadRun(server.secureConfiguration(world) {
            $0.paths = ["/delay/5"]
            $0.requests = 3
            $0.options.requestTimeout = .milliseconds(100)
        })
        _ = server.stop()
        expectSums(run, requests: 3)
        #expect(run.total.requests.timedOut == 3)
        #expect(run.total.connectionCounts.reconnects == 0)
    }

    @Test("a server that drains is left, and connected to again")
    func idleTimeout() throws {
        let world = try TestWorld()
        let server = try ServerThread(world) { $0.idleTimeoutNanoseconds = 200_000_000 }
        let run = try LoadRun(server.secureConfiguration(world) { $0.connections = 2 }, rate: 2, seconds: 2)
        let served = server.stop()
        expectSums(run)
        #expect(run.total.connectionCounts.reconnects > 0)
        #expect(run.total.tls.failedHandshakes == 0)
        expectAgreement(run, served)
    }
}

@Suite("A handshake that cannot succeed ends at once, with a cause", .waiting)
struct HandshakeFailureTests {
    private func run(
        _ world: TestWorld, trusting client: TestWorld? = nil, name: String = "localhost",
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> (LoadRun, ServerSample?) {
        let server = try ServerThread(world)
        let begin = ContinuousClock.now
        let run = try LoadRun(server.secureConfiguration(client ?? world, name: name) {
            $0.requests = 4
            change(&$0)
        })
        #expect(ContinuousClock.now - begin < .seconds(3))
        let served = server.stop()
        expectSums(run, requests: 4)
        #expect(run.total.errors.connect == 4)
        #expect(run.total.connectionCounts.failed == 1, "another attempt could only fail the same way")
        #expect(run.total.tls.failedHandshakes == 1)
        #expect(served?.arena.inUse == 0 && served?.arena.leases == 0)
        return (run, served)
    }

    @Test("expired")
    func expired() throws {
        let (run, served) = try run(TestWorld(validitySeconds: -7_200 ..< -60))
        #expect(run.connectError == .tls(.certificateExpired))
        #expect(run.total.tls.failures.expired == 1)
        #expect(served?.tls.failedHandshakes == 1 || served?.tls.handshakes == 1)
    }

    @Test("issued by an authority that we do not trust")
    func unknownAuthority() throws {
        let (run, _) = try run(TestWorld(), trusting: TestWorld())
        #expect(run.connectError == .tls(.unknownAuthority))
        #expect(run.total.tls.failures.unknownAuthority == 1)
    }

    @Test("for another name", arguments: ["example.org", "127.0.0.2"])
    func wrongName(name: String) throws {
        let (run, _) = try run(TestWorld(), name: name)
        #expect(run.connectError == .tls(.wrongHost(name)))
        #expect(run.total.tls.failures.wrongName == 1)
    }

    @Test("no protocol in common")
    func noCommonProtocol() throws {
        var world = try TestWorld()
        world.server.protocols = [.http1]
        let (run, served) = try run(world) { $0.httpVersion = .http2 }
        #expect(run.connectError == .tls(.noCommonProtocol))
        #expect(run.total.tls.failures.noCommonProtocol == 1)
        #expect(served?.tls.failures.noCommonProtocol == 1)
    }

    @Test("not TLS at all", arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"])
    func notTLS(text: String) throws {
        let peer = try RawListener { peer, _ in
            try peer.send(text)
            _ = try peer.receive(byteCount: 1)
        }
        defer { peer.stop() }
        let world = try TestWorld()
        var configuration = ClientConfiguration(port: peer.port)
        configuration.tls = try world.client()
        configuration.requests = 2
        let run = try LoadRun(configuration)
        expectSums(run, requests: 2)
        #expect(run.total.errors.connect == 2)
        #expect(run.connectError == .tls(.notTLS))
        #expect(run.total.tls.failures.notTLS == 1)
    }

    @Test("a peer that never shakes hands: not connected, in time")
    func mute() throws {
        let peer = try RawListener { peer, _ in try peer.waitForEnd() }
        defer { peer.stop() }
        let world = try TestWorld()
        var configuration = ClientConfiguration(port: peer.port)
        configuration.tls = try world.client()
        configuration.requests = 2
        configuration.options.connectTimeout = .milliseconds(200)
        let run = try LoadRun(configuration)
        expectSums(run, requests: 2)
        #expect(run.total.errors.connect == 2)
        #expect(run.total.tls.failures.timeout == run.total.tls.failedHandshakes && run.total.tls.failedHandshakes > 1)
    }

    @Test("verification can be switched off")
    func insecure() throws {
        let server = try ServerThread(TestWorld(validitySeconds: -7_200 ..< -60))
        let run = try LoadRun(server.secureConfiguration(TestWorld()) {
            $0.tls?.configuration.verification = .insecure
            $0.requests = 4
        })
        _ = server.stop()
        expectSums(run, requests: 4)
        #expect(run.total.requests.succeeded == 4)
    }
}
