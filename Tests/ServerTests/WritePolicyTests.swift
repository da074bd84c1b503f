import Load
import Measurements
import Server
import Testing
import TestSupport

@Suite("Under each safe write policy", .waiting) struct WritePolicyTests {
    static let safe: [WritePolicy] = [.lease, .copy]

    @Test("a slow reader of two large answers gets every byte, HTTP/1.1", arguments: safe, ["/bytes/3MiB?seed=7", "/stream-bytes/3MiB?seed=7"])
    func slowHTTP1(policy: WritePolicy, target: String) throws {
        try withServer({ $0.sendBufferByteCount = 32_768; $0.writePolicy = policy; $0.unsentByteLimit = 16 << 20 }) { server in
            let peer = try server.connect(receiveBuffer: 32_768)
            try peer.request("GET", target)
            try peer.request("GET", target)
            try server.wait("the answers wait") { $0.writes.pendingBytes > 0 && $0.requests.started == 2 }
            let expected = patternBytes(3 << 20, seed: 7)
            #expect(try peer.response()?.body == expected)
            #expect(try peer.response()?.body == expected)
            let now = try server.wait("all has come back") { $0.arena.inUse == 0 && $0.writes.pending == 0 }
            #expect(now.arena.leases == 0 && now.requests.completed == 2)
        }
    }

    @Test("a slow reader of four large answers gets every byte, HTTP/2", arguments: safe, ["/bytes/1MiB?seed=7", "/stream-bytes/1MiB?seed=7"])
    func slowHTTP2(policy: WritePolicy, target: String) throws {
        try withServer({ $0.sendBufferByteCount = 32_768; $0.writePolicy = policy; $0.unsentByteLimit = 16 << 20 }) { server in
            let peer = try HTTP2Client(server, settings: [(4, 1 << 30)], receiveBuffer: 32_768)
            try peer.send(.windowUpdate(0, 1 << 30))
            let streams: [UInt32] = [1, 3, 5, 7]
            try peer.socket.send(streams.flatMap { Frame.request($0, target) })
            try server.wait("the answers wait") { $0.writes.pendingBytes > 1 << 20 && $0.requests.started == 4 }
            let expected = patternBytes(1 << 20, seed: 7)
            let outcomes = try peer.responses(streams)
            for stream in streams { #expect(outcomes[stream]?.body == expected) }
            let now = try server.wait("all has come back") { $0.arena.inUse == 0 && $0.writes.pending == 0 }
            #expect(now.arena.leases == 0 && now.requests.completed == 4)
        }
    }

    @Test("many small answers to requests in one packet are right and in order", arguments: safe)
    func pipelined(policy: WritePolicy) throws {
        try withServer({ $0.writePolicy = policy }) { server in
            let peer = try server.connect()
            try peer.send((0..<200).map { "GET /bytes/\($0 * 7 % 900)?seed=\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for index in 0..<200 {
                #expect(try peer.response()?.body == patternBytes(index * 7 % 900, seed: UInt64(index)))
            }
        }
    }

    @Test("a peer that leaves in the middle of an answer leaves nothing behind", arguments: safe, ["/bytes/8MiB", "/stream-bytes/8MiB"])
    func leaves(policy: WritePolicy, target: String) throws {
        try withServer({ $0.sendBufferByteCount = 16_384; $0.writePolicy = policy }) { server in
            for rudely in [true, false] {
                let peer = try server.connect(receiveBuffer: 4096)
                try peer.request("GET", target)
                try server.wait("it waits") { $0.writes.pendingBytes > 0 }
                if rudely { peer.reset() } else { peer.close() }
                try server.wait("it is gone, and all with it") {
                    $0.connectionCounts.open == 0 && $0.arena.inUse == 0 && $0.writes.pending == 0
                }
            }
        }
    }

    /// Bodies below the limit are made whole, and wait whole.
    private func wholeBodies(_ policy: WritePolicy) -> (inout ServerConfiguration) -> Void {
        { configuration in
            configuration.sendBufferByteCount = 16_384
            configuration.unsentByteLimit = 8 << 20
            configuration.writePolicy = policy
        }
    }

    @Test("a waiting answer holds its arena, or only a copy")
    func holds() throws {
        for policy in WritePolicyTests.safe {
            try withServer(wholeBodies(policy)) { server in
                let peer = try server.connect(receiveBuffer: 4096)
                try peer.request("GET", "/bytes/4MiB")
                let now = try server.wait("it waits") { $0.writes.pendingBytes > 1 << 20 }
                #expect(now.arena.inUse == (policy == .lease ? 1 : 0))
                #expect(now.arena.leases == (policy == .lease ? 1 : 0))
                #expect(now.arena.resets == (policy == .lease ? 0 : 1))
                #expect(now.writes.pending == 1)
                peer.reset()
                try server.wait("it is gone") { $0.connectionCounts.open == 0 }
            }
        }
    }

    @Test("a write that the kernel takes at once is counted as direct, and pends no longer than a turn of the loop", arguments: safe)
    func direct(policy: WritePolicy) throws {
        try withServer({ $0.writePolicy = policy }) { server in
            let peer = try server.connect()
            for _ in 0..<50 { #expect(try peer.get("/bytes/100")?.body.count == 100) }
            let now = try server.wait("nothing pends") { $0.writes.pending == 0 }
            #expect(now.writes.direct == 50 && now.writes.queued == 0)
            #expect(now.sentBytes == peer.receivedBytes)
        }
    }

    @Test("another policy holds for the connections that come after it")
    func switched() throws {
        try withServer(wholeBodies(.lease)) { server in
            let before = try server.connect(receiveBuffer: 4096)
            #expect(try before.get("/health")?.status == 200)
            server.apply(.writePolicy(.copy))
            let after = try server.connect(receiveBuffer: 4096)
            try before.request("GET", "/bytes/4MiB")
            try server.wait("one arena is held") { $0.writes.pending == 1 && $0.arena.inUse == 1 }
            try after.request("GET", "/bytes/4MiB")
            try server.wait("and still one") { $0.writes.pending == 2 && $0.arena.inUse == 1 }
            let expected = patternBytes(4 << 20)
            #expect(try after.response()?.body == expected)
            #expect(try before.response()?.body == expected)
        }
    }
}
