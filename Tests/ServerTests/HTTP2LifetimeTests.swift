import Glibc
import Measurements
import Server
import Testing
import TestSupport

@Suite("An HTTP/2 stream", .waiting) struct HTTP2LifetimeTests {
    private static let wide: [(UInt16, UInt32)] = [(4, 1 << 30)]

    @Test("that is reset in the middle of its body gives all back, and the connection goes on", arguments: [
        "/bytes/8MiB", "/stream-bytes/64MiB", "/drip?numbytes=5MiB&duration=0.001",
    ])
    func resetMidBody(path: String) throws {
        try withServer({ $0.sendBufferByteCount = 16_384 }) { server in
            let peer = try HTTP2Client(server, settings: Self.wide, receiveBuffer: 4096)
            try peer.send(.windowUpdate(0, 1 << 30))
            for round in 0..<3 {
                let stream = UInt32(round * 2 + 1)
                try peer.socket.send(Frame.request(stream, path))
                try server.wait("it waits") { $0.writes.pendingBytes > 100_000 }
                _ = try peer.frame()
                try peer.send(.reset(stream))
                // What was queued before still comes, and then nothing.
                let now = try server.wait("the stream is gone, and all with it") {
                    while !peer.socket.isSilent(milliseconds: 1) { _ = try? peer.frame() }
                    return $0.requests.active == 0 && $0.arena.inUse == 0
                }
                #expect(now.arena.leases == 0 && now.connectionCounts.open == 1)
            }
            try peer.socket.send(Frame.request(99, "/bytes/10"))
            #expect(try peer.responses([99])[99]?.body == patternBytes(10))
        }
    }

    @Test("whose window is shut is reset without a trace")
    func resetBehindWindow() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            peer.grants = false
            try peer.socket.send(Frame.request(1, "/bytes/8MiB") + Frame.request(3, "/stream-bytes/8MiB"))
            var count = 0
            while count < 65_535 { count += try #require(try peer.frame()).payload.count }
            try peer.socket.send(Frame.reset(1).bytes + Frame.reset(3).bytes)
            try server.wait("all is back") { $0.requests.active == 0 && $0.arena.inUse == 0 && $0.arena.leases == 0 }
        }
    }

    @Test("in the middle of whose body the connection ends gives all back", arguments: [true, false])
    func connectionEnds(rudely: Bool) throws {
        try withServer({ $0.sendBufferByteCount = 16_384 }) { server in
            let peer = try HTTP2Client(server, settings: Self.wide, receiveBuffer: 4096)
            try peer.send(.windowUpdate(0, 1 << 30))
            try peer.socket.send((0..<50).flatMap { number -> [UInt8] in
                let paths = ["/bytes/1MiB", "/stream-bytes/8MiB", "/delay/5", "/drip?numbytes=1000&duration=5", "/post"]
                return Frame.request(UInt32(number * 2 + 1), paths[number % 5], ends: number % 5 != 4)
            })
            try server.wait("they are all there") { $0.requests.active >= 40 }
            if rudely { peer.socket.reset() } else { peer.socket.close() }
            try server.wait("all is gone") { $0.connectionCounts.open == 0 && $0.arena.inUse == 0 && $0.requests.active == 0 }
        }
    }

    @Test("that waits may be reset before its time", arguments: ["/delay/0.05", "/drip?numbytes=50&duration=0.1", "/drip?delay=0.05"])
    func resetWait(path: String) throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            for round in 0..<20 {
                let stream = UInt32(round * 4 + 1)
                try peer.socket.send(Frame.request(stream, path))
                if round % 2 == 0 { try server.wait("it waits") { $0.requests.active > 0 } }
                try peer.send(.reset(stream))
                // Takes the same arena, and perhaps the same timer.
                #expect(try peer.get(stream + 2, "/delay/0.005").status == 200)
            }
            try server.wait("all is back") { $0.arena.inUse == 0 && $0.requests.active == 0 }
        }
    }

    @Test("on a connection that reads nothing ends with it, in the request's time")
    func stuck() throws {
        let end = try withServer({
            $0.sendBufferByteCount = 4096
            $0.requestTimeoutNanoseconds = .milliseconds(200)
            $0.idleTimeoutNanoseconds = .milliseconds(10_000)
        }) { server in
            let peer = try HTTP2Client(server, settings: Self.wide, receiveBuffer: 2048)
            try peer.send(.windowUpdate(0, 1 << 30))
            try peer.socket.send(Frame.request(1, "/bytes/8MiB"))
            try server.wait("it is stuck") { $0.connectionCounts.paused == 1 }
            try server.wait("it is dropped", seconds: 4) { $0.connectionCounts.open == 0 }
        }
        #expect(end.timeouts == 1)
    }

    @Test("behind a window that never opens ends, in the idle time")
    func shutWindow() throws {
        let end = try withServer({
            $0.requestTimeoutNanoseconds = .milliseconds(100)
            $0.idleTimeoutNanoseconds = .milliseconds(200)
        }) { server in
            let peer = try HTTP2Client(server, settings: [(4, 0)])
            try peer.socket.send(Frame.request(1, "/bytes/10"))
            #expect(try peer.goawayCode() == 8)
        }
        #expect(end.timeouts == 1)
    }

    @Test("is not needed for ever: an idle connection gets a GOAWAY, and is reaped if it ignores that")
    func idle() throws {
        try withServer({ $0.idleTimeoutNanoseconds = .milliseconds(100) }) { server in
            let polite = try HTTP2Client(server)
            #expect(try polite.get(1, "/health").status == 200)
            #expect(try polite.goawayCode() == 0)
            let deaf = try HTTP2Client(server)
            #expect(try deaf.get(1, "/health").status == 200)
            polite.socket.close()
            try server.wait("both are gone", seconds: 5) { $0.connectionCounts.open == 0 }
        }
    }

    @Test("of a connection that was told to calm down is reaped soon, though it ignores that")
    func calmedAndDeaf() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            _ = peer.socket.sendNow((0..<2500).flatMap { _ in Frame.settings().bytes })
            try server.wait("it is reaped", seconds: 6) { $0.connectionCounts.open == 0 }
        }
    }

    @Test("open when the server drains is served, and no other")
    func drain() throws {
        let server = try TestServer()
        let peer = try HTTP2Client(server)
        let idle = try HTTP2Client(server)
        try peer.socket.send(Frame.request(1, "/delay/0.2") + Frame.request(3, "/drip?numbytes=3&duration=0.3"))
        try server.wait("they are in work") { $0.requests.started == 2 && $0.connectionCounts.openHTTP2 == 2 }
        server.startDrain(milliseconds: 20_000)
        let start = monotonicSeconds()
        let goaway = try #require(try nextGoaway(peer))
        #expect(goaway.number() == 3 && goaway.number(at: 4) == 0)
        try peer.socket.send(Frame.request(5, "/health"))
        let outcomes = try peer.responses([1, 3])
        #expect(outcomes[1]?.status == 200)
        // Its first byte may have come before the GOAWAY, and then was read past.
        #expect(outcomes[3]?.body.suffix(2) == patternBytes(3).suffix(2))
        #expect(outcomes[5] == nil)
        #expect(try peer.frame() == nil)
        #expect(try idle.goawayCode() == 0)
        peer.socket.close()
        idle.socket.close()
        try server.stop()
        #expect(monotonicSeconds() - start < 5)
    }

    private func nextGoaway(_ peer: HTTP2Client) throws -> Frame? {
        while let frame = try peer.frame() { if frame.kind == .goaway { return frame } }
        return nil
    }

    @Test("that is stuck when the server drains is dropped at the deadline")
    func drainDeadline() throws {
        let server = try TestServer { $0.sendBufferByteCount = 4096 }
        let peer = try HTTP2Client(server, settings: Self.wide, receiveBuffer: 2048)
        try peer.send(.windowUpdate(0, 1 << 30))
        try peer.socket.send(Frame.request(1, "/bytes/8MiB") + Frame.request(3, "/delay/10"))
        try server.wait("it is stuck") { $0.connectionCounts.paused == 1 }
        let start = monotonicSeconds()
        try server.stop(drainMilliseconds: 200)
        #expect(monotonicSeconds() - start < 2)
        withExtendedLifetime(peer) {}
    }
}
