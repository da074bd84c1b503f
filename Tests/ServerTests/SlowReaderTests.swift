import Glibc
import Measurements
import Server
import Testing
import TestSupport

@Suite("A peer that reads slowly", .waiting) struct SlowReaderTests {
    /// The trigger of the bug that this program is about.
    @Test("gets two large answers byte for byte, and the arenas are back",
        arguments: ["/bytes/8MiB", "/stream-bytes/8MiB"])
    func twoLarge(target: String) throws {
        try withServer({ $0.sendBufferByteCount = 32_768 }) { server in
            let peer = try server.connect(receiveBuffer: 32_768)
            try peer.request("GET", target)
            try server.wait("the first answer waits") { $0.writes.pendingBytes > 0 }
            try peer.request("GET", target)
            let expected = patternBytes(8 << 20)
            #expect(try peer.response()?.body == expected)
            #expect(try peer.response()?.body == expected)
            let now = try server.wait("all has come back") { $0.arena.inUse == 0 }
            #expect(now.arena.leases == 0 && now.writes.pending == 0 && now.requests.completed == 2)
            #expect(now.connectionCounts.open == 1 && now.connectionCounts.paused == 0 && now.readPauses >= 1)
        }
    }

    @Test("is not read from above the limit, and then again")
    func paused() throws {
        try withServer({ $0.sendBufferByteCount = 32_768 }) { server in
            let peer = try server.connect(receiveBuffer: 32_768)
            for _ in 0..<20 { try peer.request("GET", "/bytes/1MiB") }
            let now = try server.wait("reading has stopped") { $0.connectionCounts.paused == 1 }
            #expect(now.requests.started == 1, "one answer may reach the limit, the next has to wait")
            #expect(now.connections.first?.state == .waiting)
            // A body is made as the socket takes it: the limit, and the part that passes it.
            #expect(now.writes.pendingBytes > 128 * 1024 && now.writes.pendingBytes <= 384 * 1024)
            #expect(now.writes.pendingBytesByAge.reduce(0, +) == now.writes.pendingBytes)
            for _ in 0..<20 { #expect(try peer.response()?.body.count == 1 << 20) }
            try server.wait("all is answered") { $0.requests.completed == 20 && $0.connectionCounts.paused == 0 }
        }
    }

    @Test("of many small answers makes us hold little more than the limit")
    func manySmall() throws {
        try withServer({ $0.sendBufferByteCount = 16_384 }) { server in
            let peer = try server.connect(receiveBuffer: 4096)
            peer.setPatience(milliseconds: 1_000)
            let requests = Array(String(repeating: "GET /bytes/1000 HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000).utf8)
            var sent = 0
            // Until the server takes no more, and the sockets between us are full.
            while sent < 20 << 20 {
                let count = peer.sendNow(requests)
                sent += count
                if try count == 0 && server.sample().connectionCounts.paused == 1 { break }
            }
            let now = try server.wait("reading has stopped") { $0.connectionCounts.paused == 1 }
            #expect(now.writes.pendingBytes < 600 * 1024)
            #expect(now.arena.reservedBytes < 4 << 20)
            peer.reset()
            try server.wait("it is gone") { $0.connectionCounts.open == 0 }
        }
    }

    @Test("and sends ahead makes us keep no more than we said, however often it goes on")
    func sendsAhead() throws {
        try withServer { server in
            let peer = try server.connect()
            // Each request waits a millisecond, and each end of a wait once read on.
            let requests = Array(String(repeating: "GET /delay/0.001 HTTP/1.1\r\nHost: a\r\n\r\n", count: 500).utf8)
            let end = monotonicSeconds() + 1
            var most = 0
            while monotonicSeconds() < end {
                if peer.sendNow(requests) == 0 { usleep(1000) }
                most = max(most, try server.sample().arena.reservedBytes)
            }
            #expect(most < 1 << 20)
            peer.reset()
            try server.wait("it is gone") { $0.connectionCounts.open == 0 }
        }
    }

    @Test("keeps no other connection waiting")
    func others() throws {
        try withServer({ $0.sendBufferByteCount = 16_384 }) { server in
            let slow = try server.connect(receiveBuffer: 4096)
            try slow.request("GET", "/bytes/16MiB")
            try server.wait("it waits") { $0.writes.pendingBytes > 0 }
            let quick = try server.connect()
            for _ in 0..<100 { #expect(try quick.get("/bytes/100")?.body.count == 100) }
            #expect(try server.sample().connections.count == 2)
        }
    }

    @Test("and leaves in the middle gives everything back", arguments: [
        "/bytes/8MiB", "/stream-bytes/1GiB", "/stream-bytes/1024MiB?chunk_size=1MiB", "/drip?numbytes=10MiB&duration=0.01",
    ])
    func leaves(target: String) throws {
        try withServer({ $0.sendBufferByteCount = 16_384 }) { server in
            for ending in 0..<3 {
                let peer = try server.connect(receiveBuffer: 4096)
                try peer.request("GET", target.replacing("1GiB", with: "1073741824"))
                try server.wait("it waits") { $0.writes.pendingBytes > 0 }
                _ = try peer.receive(byteCount: 10_000)
                switch ending {
                case 0: peer.close()
                case 1: peer.reset()
                default:
                    try peer.request("GET", "/health")
                    peer.reset()
                }
                try server.wait("it is gone, and all with it") { $0.connectionCounts.open == 0 && $0.arena.inUse == 0 }
            }
        }
    }

    @Test("of a waiting answer may leave before it", arguments: [
        "/delay/0.05", "/drip?numbytes=100&duration=1", "/drip?delay=0.05",
    ])
    func leavesTimers(target: String) throws {
        try withServer { server in
            for ending in 0..<6 {
                let peer = try server.connect()
                try peer.request("GET", target)
                try server.wait("it waits") { $0.requests.active > 0 || $0.requests.completed > 0 }
                if ending % 2 == 0 { peer.reset() } else { peer.close() }
            }
            // Long enough for every timer that was left to fire; others use the same ones meanwhile.
            let other = try server.connect()
            for _ in 0..<10 { #expect(try other.get("/delay/0.01")?.status == 200) }
            try server.wait("only the other is left", seconds: 5) { $0.connectionCounts.open == 1 && $0.arena.inUse == 0 }
        }
    }
}
