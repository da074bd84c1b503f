import Glibc
import Measurements
import Server
import Testing
import TestSupport

@Suite("A server's patience", .waiting) struct TimeoutTests {
    @Test("with a head ends in 408, however slowly its bytes come")
    func headerTimeout() throws {
        let end = try withServer({ $0.headerTimeoutNanoseconds = .milliseconds(150) }) { server in
            let peer = try server.connect()
            let start = monotonicSeconds()
            try peer.send("GET / HTTP/1.1\r\nX: ")
            // A byte now and then must not buy more time.
            while monotonicSeconds() - start < 5, peer.isSilent(milliseconds: 30) { _ = peer.sendNow([120]) }
            #expect(try peer.response()?.status == 408)
            #expect(monotonicSeconds() - start < 2)
            #expect(try peer.isClosed())
        }
        #expect(end.timeouts == 1 && end.statuses.clientError == 1)
    }

    @Test("with a connection that says nothing ends too", arguments: ["", "PR"])
    func silent(text: String) throws {
        let end = try withServer({ $0.headerTimeoutNanoseconds = .milliseconds(100) }) { server in
            let peer = try server.connect()
            try peer.send(text)
            #expect(try peer.isClosed())
        }
        #expect(end.timeouts == 1)
    }

    @Test("with a body lasts as long as it comes")
    func slowBody() throws {
        try withServer({
            $0.headerTimeoutNanoseconds = .milliseconds(100)
            $0.requestTimeoutNanoseconds = .milliseconds(200)
            $0.idleTimeoutNanoseconds = .milliseconds(100)
        }) { server in
            let peer = try server.connect()
            try peer.request("POST", "/post", fields: "Content-Length: 6\r\n")
            for byte in "abcdef".utf8 {
                usleep(70_000)
                try peer.send([byte])
            }
            #expect(try peer.response()?.text.contains("abcdef") == true)
            try peer.request("POST", "/post", fields: "Content-Length: 6\r\n", body: "abc")
            #expect(try peer.response()?.status == 408)
        }
    }

    @Test("with an idle connection ends without a word")
    func idle() throws {
        let end = try withServer({ $0.idleTimeoutNanoseconds = .milliseconds(100) }) { server in
            let peer = try server.connect()
            #expect(try peer.get("/health")?.status == 200)
            let start = monotonicSeconds()
            #expect(try peer.isClosed())
            #expect(monotonicSeconds() - start < 2)
        }
        #expect(end.timeouts == 0 && end.statuses.clientError == 0)
    }

    @Test("is the same for an idle HTTP/2 connection that has given memory back meanwhile")
    func rest() throws {
        let end = try withServer({ $0.idleTimeoutNanoseconds = .milliseconds(1_500) }) { server in
            let peer = try HTTP2Client(server)
            #expect(try peer.get(1, "/health").status == 200)
            // Longer than the moment after which it rests.
            #expect(try peer.get(3, "/delay/1.2").status == 200)
            let start = monotonicSeconds()
            #expect(try peer.goawayCode() == 0)
            #expect((1.4..<3).contains(monotonicSeconds() - start))
        }
        #expect(end.timeouts == 0)
    }

    @Test("lasts through a wait that was asked for")
    func delay() throws {
        let end = try withServer({
            $0.idleTimeoutNanoseconds = .milliseconds(50)
            $0.requestTimeoutNanoseconds = .milliseconds(50)
            $0.headerTimeoutNanoseconds = .milliseconds(50)
        }) { server in
            let peer = try server.connect()
            #expect(try peer.get("/delay/0.3")?.status == 200)
            #expect(try server.connect().get("/drip?numbytes=2&duration=0.6")?.body == patternBytes(2))
        }
        #expect(end.timeouts == 0)
    }

    @Test("with a reader that is stuck ends", arguments: [
        "/bytes/8MiB", "/stream-bytes/1GiB", "/drip?numbytes=10MiB&duration=0.01", "/bytes/100000",
    ])
    func stuck(target: String) throws {
        let end = try withServer({
            $0.sendBufferByteCount = 4096
            $0.requestTimeoutNanoseconds = .milliseconds(200)
            $0.idleTimeoutNanoseconds = .milliseconds(200)
        }) { server in
            let peer = try server.connect(receiveBuffer: 2048)
            try peer.request("GET", target.replacing("1GiB", with: "1073741824"))
            try server.wait("it waits") { $0.writes.pendingBytes > 0 }
            try server.wait("it is dropped", seconds: 3) { $0.connectionCounts.open == 0 }
        }
        #expect(end.timeouts == 1)
    }

    @Test("with a reader that is slow lasts, keeping its connection or not", arguments: ["", "Connection: close\r\n"])
    func slow(fields: String) throws {
        let end = try withServer({
            $0.sendBufferByteCount = 4096
            $0.requestTimeoutNanoseconds = .milliseconds(200)
            $0.idleTimeoutNanoseconds = .milliseconds(200)
        }) { server in
            let peer = try server.connect(receiveBuffer: 4096)
            try peer.request("GET", "/bytes/2000000", fields: fields)
            let start = monotonicSeconds()
            // Three times the patience, and never a pause of half of it.
            while monotonicSeconds() - start < 1 {
                _ = try peer.receiveMore(byteCount: 8192)
                usleep(10_000)
            }
            #expect(try server.sample().writes.pendingBytes > 0, "too quick to tell")
            #expect(try peer.response()?.body == patternBytes(2_000_000))
        }
        #expect(end.timeouts == 0)
    }

    @Test("with a peer that ignores our end is short")
    func ignoresEnd() throws {
        try withServer { server in
            let peer = try server.connect()
            try peer.request("GET", "/health", fields: "Connection: close\r\n")
            #expect(try peer.response()?.status == 200)
            let start = monotonicSeconds()
            // It neither closes nor reads.
            try server.wait("it is reaped", seconds: 5) { $0.connectionCounts.open == 0 }
            #expect(monotonicSeconds() - start >= 1)
        }
    }
}

@Suite("A server's room", .waiting) struct RoomTests {
    @Test("for connections is limited: those beyond are accepted and closed, and room comes back")
    func connectionLimit() throws {
        let end = try withServer({ $0.connectionLimit = 10 }) { server in
            var peers = try (0..<10).map { _ in try server.connect() }
            for peer in peers { #expect(try peer.get("/health")?.status == 200) }
            for _ in 0..<3 { #expect(try server.connect().isClosed()) }
            #expect(try server.sample().connectionCounts.open == 10)
            for peer in peers { #expect(try peer.get("/health")?.status == 200) }
            peers.removeFirst().close()
            try server.wait("one has left") { $0.connectionCounts.open == 9 }
            #expect(try server.connect().get("/health")?.status == 200)
        }
        #expect(end.connectionCounts.refused == 3 && end.connectionCounts.accepted == 14)
    }

    @Test("is kept over many connections: each gives back what it took")
    func churn() throws {
        try withServer { server in
            var reserved = 0
            for round in 0..<20 {
                let peers = try (0..<50).map { _ in try server.connect() }
                for peer in peers { try peer.request("GET", "/bytes/10000") }
                for peer in peers { #expect(try peer.response()?.body.count == 10_000) }
                for peer in peers { peer.close() }
                let now = try server.wait("all have left") { $0.connectionCounts.open == 0 }
                #expect(now.arena.inUse == 0)
                if round == 0 { reserved = now.arena.reservedBytes }
                #expect(now.arena.reservedBytes <= reserved + 50 * 4096)
            }
        }
    }
}

@Suite("A server that drains", .waiting) struct DrainTests {
    @Test("at rest is gone at once", arguments: [0, 1, 10])
    func idle(connections: Int) throws {
        let server = try TestServer()
        let peers = try (0..<connections).map { _ in try server.connect() }
        for peer in peers { #expect(try peer.get("/health")?.status == 200) }
        server.startDrain(milliseconds: 10_000)
        let start = monotonicSeconds()
        for peer in peers {
            #expect(try peer.isClosed())
            peer.close()
        }
        try server.stop()
        #expect(monotonicSeconds() - start < 2)
        #expect(throws: SystemError.self) { try server.connect() }
    }

    @Test("answers what is in work, then ends long before the deadline", arguments: [
        "/delay/0.2", "/drip?numbytes=4&duration=0.2", "/bytes/8MiB", "/stream-bytes/8MiB",
    ])
    func inWork(target: String) throws {
        let server = try TestServer { $0.sendBufferByteCount = 32_768 }
        let peer = try server.connect(receiveBuffer: 32_768)
        try peer.request("GET", target)
        try server.wait("it is in work") { $0.requests.active > 0 || $0.writes.pending > 0 }
        server.startDrain(milliseconds: 30_000)
        let start = monotonicSeconds()
        #expect(holds { (try? server.connect()) == nil }, "the drain has begun")
        let response = try #require(try peer.response())
        #expect(response.status == 200)
        if target.contains("8MiB") { #expect(response.body == patternBytes(8 << 20)) }
        #expect(try peer.isClosed())
        peer.close()
        try server.stop(drainMilliseconds: 30_000)
        #expect(monotonicSeconds() - start < 10)
    }

    @Test("drops stuck connections at its deadline", arguments: ["/bytes/8MiB", "/stream-bytes/64MiB", "/delay/10"])
    func deadline(target: String) throws {
        let server = try TestServer { $0.sendBufferByteCount = 16_384 }
        let peers = try (0..<3).map { _ in try server.connect(receiveBuffer: 4096) }
        for peer in peers { try peer.request("GET", target) }
        try server.wait("they wait") { $0.requests.started == 3 }
        let start = monotonicSeconds()
        try server.stop(drainMilliseconds: 200)
        let took = monotonicSeconds() - start
        #expect(took >= 0.19 && took < 2)
        withExtendedLifetime(peers) {}
    }

    @Test("ends in time after peers that left in the middle of a wait")
    func idleTimers() throws {
        let server = try TestServer()
        let peer = try server.connect()
        try peer.request("GET", "/delay/10")
        try server.wait("it waits") { $0.requests.started == 1 }
        peer.reset()
        try server.wait("it is gone") { $0.connectionCounts.open == 0 }
        let start = monotonicSeconds()
        try server.stop(drainMilliseconds: 15_000)
        #expect(monotonicSeconds() - start < 3)
    }

    @Test("ends with half a request after its deadline at the latest")
    func halfRequest() throws {
        let server = try TestServer()
        let peer = try server.connect()
        try peer.send("GET / HTTP/1.1\r\nHo")
        try server.wait("it has come") { $0.receivedBytes > 0 }
        let start = monotonicSeconds()
        try server.stop(drainMilliseconds: 200)
        #expect(monotonicSeconds() - start < 2)
        withExtendedLifetime(peer) {}
    }
}
