import Measurements
import Server
import Testing
import TestSupport

@Suite("A body that many ask for", .waiting) struct SharedBodyTests {
    private static let size = 4 << 20

    @Test("is made once, and shorter ones are its beginnings", arguments: [false, true])
    func once(overHTTP2: Bool) throws {
        try withServer { server in
            let get = try getter(server, overHTTP2)
            for count in [300_000, 300_000, 280_001, 262_145, 262_144, 500_000, 300_000] {
                #expect(try get("/bytes/\(count)?seed=7") == patternBytes(count, seed: 7))
            }
            let now = try server.wait("all has come back") { $0.arena.inUse == 0 && $0.arena.leases == 0 }
            #expect(now.arena.sharedBytes == 600_000)
            #expect(now.arena.exchangeBytesHighWater < 270_000, "one that a connection may have unsent is the exchange's own")
        }
    }

    @Test("gives way to others while a slow reader still gets it", arguments: [false, true])
    func givesWay(overHTTP2: Bool) throws {
        try withServer({ $0.sendBufferByteCount = 32_768 }) { server in
            let quick = try getter(server, overHTTP2)
            for _ in 0..<2 { _ = try quick("/bytes/\(Self.size)?seed=1") }
            let slow: SlowPeer = overHTTP2
                ? .http2(try HTTP2Client(server, settings: [(4, 1 << 30)], receiveBuffer: 32_768)) : .http1(try server.connect(receiveBuffer: 32_768))
            try slow.ask("/bytes/\(Self.size)?seed=1")
            try server.wait("it waits") { $0.writes.pendingBytes > 0 }
            for seed in 2...6 {
                for _ in 0..<2 { _ = try quick("/bytes/\(Self.size)?seed=\(seed)") }
            }
            let now = try server.sample()
            #expect(now.arena.sharedBytes == 16 << 20, "the fifth seed has taken the first one's place")
            #expect(try slow.answer() == patternBytes(Self.size, seed: 1))
            try server.wait("all has come back") { $0.arena.leases == 0 }
        }
    }

    @Test("is each policy's to send", arguments: [WritePolicy.lease, .copy])
    func policies(policy: WritePolicy) throws {
        try withServer({ $0.writePolicy = policy }) { server in
            for _ in 0..<3 {
                let peer = try server.connect()
                #expect(try peer.get("/bytes/300000")?.body == patternBytes(300_000))
            }
            let now = try server.sample()
            #expect(now.arena.sharedBytes == 300_000)
        }
    }

    /// A slow reader of a body of its own costs what a connection may have unsent, not the body.
    @Test("is not the one that is asked for once: that is made as the socket takes it", arguments: [false, true])
    func parts(overHTTP2: Bool) throws {
        try withServer({ $0.sendBufferByteCount = 32_768 }) { server in
            let slow: SlowPeer = overHTTP2
                ? .http2(try HTTP2Client(server, settings: [(4, 1 << 30)], receiveBuffer: 32_768)) : .http1(try server.connect(receiveBuffer: 32_768))
            try slow.ask("/bytes/\(2 * Self.size)?seed=9")
            try server.wait("it waits") { $0.writes.pendingBytes > 200_000 }
            #expect(try slow.answer() == patternBytes(2 * Self.size, seed: 9))
            let now = try server.wait("all has come back") { $0.arena.inUse == 0 }
            #expect(now.arena.sharedBytes == 0 && now.arena.reservedBytesHighWater < 1 << 20)
        }
    }

    // MARK: Two protocols

    /// Gets a body over a connection of its own.
    private func getter(_ server: TestServer, _ overHTTP2: Bool) throws -> (String) throws -> [UInt8]? {
        if !overHTTP2 {
            let peer = try server.connect()
            return { target in try peer.get(target)?.body }
        }
        let peer = try HTTP2Client(server)
        var stream: UInt32 = 1
        return { target in
            defer { stream += 2 }
            return try peer.get(stream, target).body
        }
    }

    private enum SlowPeer {
        case http1(RawSocket)
        case http2(HTTP2Client)

        func ask(_ target: String) throws {
            switch self {
            case .http1(let peer): try peer.request("GET", target)
            case .http2(let peer):
                try peer.send(.windowUpdate(0, 1 << 30))
                try peer.socket.send(Frame.request(1, target))
            }
        }

        func answer() throws -> [UInt8]? {
            switch self {
            case .http1(let peer): try peer.response()?.body
            case .http2(let peer): try peer.responses([1])[1]?.body
            }
        }
    }
}
