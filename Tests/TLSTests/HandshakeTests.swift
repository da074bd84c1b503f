import Memory
import TLS
import TestSupport
import Testing

@Suite("A handshake") struct HandshakeTests {
    @Test("ends open on both sides, with the version asked for", arguments: TLSVersion.allCases)
    func opens(version: TLSVersion) throws {
        let pair = try World().only(version).pair()
        #expect(pair.client.state == .handshaking)
        pair.pump()
        #expect(pair.client.state == .open && pair.server.state == .open)
        #expect(pair.client.version == version && pair.server.version == version)
        #expect(pair.client.cipherName?.contains("AES_128_GCM") == true)
        #expect(!pair.client.isResumed && !pair.server.isResumed)
        #expect(pair.server.serverName == "localhost")
    }

    @Test("survives any cut of the bytes, to single ones", arguments: TLSVersion.allCases)
    func splits(version: TLSVersion) throws {
        let world = try World().only(version)
        for size in [1, 2, 3, 5, 7, 64, 1000] {
            let pair = try world.pair()
            pair.chunkByteCount = size
            pair.pump()
            pair.client.write(pattern(20_000))
            pair.server.write(pattern(300))
            pair.pump()
            #expect(pair.serverGot == pattern(20_000) && pair.clientGot == pattern(300))
        }
    }

    @Test("agrees on what the server likes best", arguments: TLSVersion.allCases)
    func protocols(version: TLSVersion) throws {
        var world = try World().only(version)
        let cases: [([ApplicationProtocol], [ApplicationProtocol], ApplicationProtocol?)] = [
            ([.http2, .http1], [.http1, .http2], .http2),
            ([.http1, .http2], [.http2, .http1], .http1),
            ([.http2, .http1], [.http1], .http1),
            ([.http1], [.http2, .http1], .http1),
            ([.http2], [], nil),
        ]
        for (server, client, agreed) in cases {
            world.server.protocols = server
            world.client.protocols = client
            let pair = try world.pair()
            pair.pump()
            #expect(pair.client.state == .open)
            #expect(pair.client.negotiatedProtocol == agreed && pair.server.negotiatedProtocol == agreed)
        }
    }

    @Test("fails on both sides when they share no protocol", arguments: TLSVersion.allCases)
    func noCommonProtocol(version: TLSVersion) throws {
        var world = try World().only(version)
        world.server.protocols = [.http2]
        world.client.protocols = [.http1]
        let pair = try world.pair()
        pair.pump()
        #expect(pair.serverError == .noCommonProtocol)
        #expect(pair.clientError == .noCommonProtocol)
        #expect(pair.client.state == .failed(.noCommonProtocol))
    }

    @Test("fails on both sides when they share no version")
    func noCommonVersion() throws {
        var world = try World()
        world.server.versions = .tls13 ... .tls13
        world.client.versions = .tls12 ... .tls12
        let pair = try world.pair()
        pair.pump()
        #expect(pair.serverError == .protocolVersion)
        #expect(pair.clientError == .protocolVersion)
    }

    @Test("refuses what is not TLS, and never traps on garbage")
    func garbage() throws {
        let world = try World()
        let context = try TLSContext(world.server, pool: ArenaPool())
        let server = try TLSEndpoint(server: context)
        #expect(throws: TLSError.notTLS) { try server.receive(Array("GET / HTTP/1.1\r\n\r\n".utf8)) }
        for seed in 0..<200 {
            let victim = try TLSEndpoint(server: context)
            var bytes = pattern(2000 + seed)
            bytes.removeFirst(seed)
            // Every other one looks like a record with a handshake inside.
            if seed % 2 == 0 { bytes.replaceSubrange(0..<6, with: [22, 3, 1, 1, UInt8(seed), 1]) }
            _ = try? victim.receive(bytes)
            _ = victim.output()
        }
        // The queue of errors is empty: the next connection does not inherit them.
        let pair = try world.pair()
        pair.pump()
        #expect(pair.client.state == .open)
    }

    @Test("with one byte wrong anywhere ends in an error, not in an open connection with wrong bytes")
    func corrupted() throws {
        let world = try World()
        let pair = try world.pair()
        let hello = pair.client.output()
        for index in stride(from: 0, to: hello.count, by: 3) {
            var bytes = hello
            bytes[index] ^= 0x55
            let server = try TLSEndpoint(server: pair.serverContext)
            let client = try TLSEndpoint(client: pair.clientContext, host: "localhost")
            _ = client.output()
            _ = try? server.receive(bytes)
            _ = try? client.receive(server.output())
            #expect(server.state != .open && client.state != .open)
        }
    }

    @Test("gives all memory back, however it ends")
    func memory() throws {
        let world = try World()
        let pool = ArenaPool()
        do {
            let context = try TLSContext(world.client, pool: pool)
            // Never taken: dropped with the endpoint.
            let unsent = try TLSEndpoint(client: context, host: "localhost")
            #expect(unsent.hasOutput)
        }
        #expect(pool.currentStatistics.inUseCount == 0)
        #expect(pool.currentStatistics.leaseCount == 0)
    }
}
