import Measurements
import Server
import Testing
import TestSupport

@Suite("Over HTTP/2 the server", .waiting) struct HTTP2Tests {
    @Test("knows the preface however it is cut")
    func prefaceSplit() throws {
        let bytes = preface + Frame.settings([(1, 0)]).bytes + Frame.request(1, "/health")
        let end = try withServer { server in
            for cut in 1..<bytes.count {
                let peer = try server.connect()
                try peer.send(Array(bytes[..<cut]))
                // So that the server reads twice.
                try server.wait("it has come") { $0.connections.last.map { $0.receivedBytes == UInt64(cut) } ?? false }
                try peer.send(Array(bytes[cut...]))
                _ = try peer.receive(byteCount: 9)
                try server.wait("it is answered") { $0.requests.completed == UInt64(cut) }
                peer.close()
                try server.wait("it is gone") { $0.connectionCounts.open == 0 }
            }
            let peer = try server.connect()
            try peer.send(bytes, pieceByteCount: 1)
            try server.wait("it is answered") { $0.requests.completed == UInt64(bytes.count) }
        }
        #expect(end.statuses.success == UInt64(bytes.count) && end.protocolErrors == 0)
    }

    @Test("closes on a preface that goes wrong", arguments: [
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", "PRI  HTTP/2.0\r\n\r\nSM\r\n\r\n", "PRI * HTTP/1.1\r\nHost: a\r\n\r\n       ",
    ])
    func badPreface(text: String) throws {
        let end = try withServer { server in
            let peer = try server.connect()
            try peer.send(text)
            _ = try peer.receiveToEnd()
        }
        #expect(end.protocolErrors == 1 && end.requests.started == 0)
    }

    @Test("answers its routes", arguments: [
        ("GET", "/health", 200, "OK\n"), ("GET", "/bytes/0", 200, ""),
        ("GET", "/stream-bytes/0", 200, ""), 
        ("HEAD", "/bytes/5", 200, ""), ("HEAD", "/stream-bytes/5", 200, ""), ("OPTIONS", "/health", 204, ""),
        ("POST", "/health", 405, "method not allowed\n"), ("GET", "/status/404", 404, ""), ("GET", "/bytes/x", 400, "bytes: a size up to 64MiB, such as 1024 or 4KiB\n"),
    ])
    func routes(method: String, path: String, status: Int, text: String) throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.socket.send(Frame.request(1, path, method: method))
            let response = try peer.responses([1])[1]
            #expect(response?.status == status && response?.text == text)
        }
    }

    @Test("makes predictable bodies", arguments: [
        ("/bytes/5?seed=1", 5, 1), ("/stream-bytes/60?chunk_size=7&seed=3", 60, 3), ("/drip?numbytes=3&duration=0.01", 3, 0),
        ("/drip?numbytes=30&duration=0.01&delay=0.01&seed=18446744073709551615", 30, UInt64.max),
    ])
    func predictable(path: String, count: Int, seed: UInt64) throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.socket.send(Frame.request(1, path))
            let response = try peer.responses([1])[1]
            #expect(response?.status == 200 && response?.body == patternBytes(count, seed: seed))
        }
    }

    @Test("takes a body in pieces and echoes it")
    func body() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.socket.send(Frame.request(1, "/post", method: "POST", fields: [("x-one", "1")], ends: false))
            for _ in 0..<100 { try peer.send(.data(1, Array("0123456789".utf8), ends: false)) }
            try peer.send(.data(1, [], ends: true))
            let text = try #require(try peer.responses([1])[1]).text
            #expect(text.contains(String(repeating: "0123456789", count: 100)))
            #expect(text.contains("\"x-one\": \"1\"") && text.contains("\"url\": \"http://test/post\""))
        }
    }

    @Test("gives a hundred large bodies at once, byte for byte", arguments: ["/bytes/", "/stream-bytes/"])
    func manyStreams(route: String) throws {
        let end = try withServer { server in
            let peer = try HTTP2Client(server)
            let streams = (0..<100).map { UInt32($0 * 2 + 1) }
            try peer.socket.send(streams.flatMap { Frame.request($0, "\(route)\($0 * 1000)?seed=\($0)") })
            let responses = try peer.responses(streams)
            for stream in streams {
                #expect(responses[stream]?.body == patternBytes(Int(stream) * 1000, seed: UInt64(stream)))
            }
            try server.wait("all is back") { $0.arena.inUse == 0 }
        }
        #expect(end.requests.completed == 100 && end.streamResets == 0)
    }

    @Test("sends a byte at a time through a window of one byte")
    func oneByteWindow() throws {
        try withServer { server in
            let peer = try HTTP2Client(server, settings: [(4, 1)])
            try peer.socket.send(Frame.request(1, "/bytes/20"))
            var body: [UInt8] = []
            while body.count < 20 {
                let frame = try #require(try peer.frame())
                guard frame.kind == .data else { continue }
                #expect(frame.payload.count == 1)
                body += frame.payload
                #expect(frame.endsStream == (body.count == 20))
                if !frame.endsStream { try peer.send(.windowUpdate(1, 1)) }
            }
            #expect(body == patternBytes(20))
        }
    }

    @Test("stops at the default windows, of a stream and of the connection, until more is granted",
        arguments: ["/bytes/200000", "/stream-bytes/200000"])
    func defaultWindows(path: String) throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            peer.grants = false
            try peer.socket.send(Frame.request(1, path))
            var body: [UInt8] = []
            func read(to count: Int) throws {
                while body.count < count {
                    let frame = try #require(try peer.frame())
                    if frame.kind == .data { body += frame.payload }
                }
                #expect(body.count == count && peer.socket.isSilent(milliseconds: 30))
            }
            try read(to: 65_535)
            try peer.send(.windowUpdate(1, 100_000))
            #expect(peer.socket.isSilent(milliseconds: 30), "the connection's window is still shut")
            try peer.send(.windowUpdate(0, 10_000))
            try read(to: 75_535)
            try peer.socket.send(Frame.windowUpdate(0, 200_000).bytes + Frame.windowUpdate(1, 200_000).bytes)
            while body.count < 200_000 {
                let frame = try #require(try peer.frame())
                if frame.kind == .data { body += frame.payload }
            }
            #expect(body == patternBytes(200_000))
        }
    }

    @Test("takes a body of many windows, and grants them")
    func upload() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.socket.send(Frame.request(1, "/post", method: "POST", ends: false))
            var window = (stream: 65_535, connection: 65_535)
            var left = 1 << 20
            while left > 0 {
                let count = min(16_384, left, window.stream, window.connection)
                if count > 0 {
                    left -= count
                    window.stream -= count
                    window.connection -= count
                    try peer.send(.data(1, Array(repeating: 97, count: count), ends: left == 0))
                } else {
                    let frame = try #require(try peer.frame())
                    try #require(frame.kind == .windowUpdate)
                    if frame.stream == 0 { window.connection += Int(frame.number()) } else { window.stream += Int(frame.number()) }
                }
            }
            let response = try #require(try peer.responses([1])[1])
            #expect(response.status == 200 && response.body.count > 1 << 20)
        }
    }

    @Test("refuses a body beyond the limit with 413 and stays", arguments: [true, false])
    func bodyLimit(ends: Bool) throws {
        try withServer({ $0.bodyByteLimit = 30_000 }) { server in
            let peer = try HTTP2Client(server)
            try peer.socket.send(Frame.request(1, "/post", method: "POST", ends: false))
            try peer.send(.data(1, Array(repeating: 0, count: 16_384), ends: false))
            try peer.send(.data(1, Array(repeating: 0, count: 16_384), ends: ends))
            #expect(try peer.responses([1])[1]?.status == 413)
            #expect(try peer.get(3, "/health").status == 200)
        }
    }

    @Test("refuses the stream beyond the limit and serves the others")
    func streamLimit() throws {
        try withServer { server in
            // Without our acknowledgement the limit may not be known to us: a refusal, no more.
            let peer = try HTTP2Client(server, acknowledges: false)
            let streams = (0..<101).map { UInt32($0 * 2 + 1) }
            try peer.socket.send(streams.flatMap { Frame.request($0, "/delay/0.2") })
            let outcomes = try peer.responses(streams)
            #expect(outcomes[201]?.resetCode == 7 && outcomes[201]?.status == nil)
            #expect(streams.dropLast().allSatisfy { outcomes[$0]?.status == 200 })
            #expect(try peer.get(203, "/health").status == 200)
        }
    }

    @Test("refuses a header list beyond the limit with 431, and a path with 414, and stays")
    func headerLimits() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            let large = (0..<40).map { ("x-\($0)", String(repeating: "a", count: 1700)) }
            try peer.socket.send(Frame.request(1, "/health", fields: large))
            #expect(try peer.responses([1])[1]?.status == 431)
            try peer.socket.send(Frame.request(3, "/health", fields: (0..<101).map { ("x-\($0)", "") }))
            #expect(try peer.responses([3])[3]?.status == 431)
            try peer.socket.send(Frame.request(5, "/" + String(repeating: "a", count: 9000)))
            #expect(try peer.responses([5])[5]?.status == 414)
            #expect(try peer.get(7, "/health").status == 200)
        }
    }

    @Test("answers trailers, and 431 to more of them than the limit")
    func trailers() throws {
        try withServer { server in
            let peer = try HTTP2Client(server)
            try peer.socket.send(Frame.request(1, "/post", method: "POST", ends: false))
            try peer.send(.data(1, Array("ab".utf8), ends: false))
            try peer.socket.send(Frame.head(1, [("x-checksum", "1")], ends: true))
            #expect(try peer.responses([1])[1]?.text.contains("\"data\": \"ab\"") == true)
            try peer.socket.send(Frame.request(3, "/post", method: "POST", ends: false))
            try peer.socket.send(Frame.head(3, (0..<101).map { ("x-\($0)", "") }, ends: true))
            #expect(try peer.responses([3])[3]?.status == 431)
        }
    }

    @Test("ends a connection that floods it with ENHANCE_YOUR_CALM", arguments: ["ping", "settings", "reset", "empty window", "priority", "empty data"])
    func floods(kind: String) throws {
        let end = try withServer { server in
            let peer = try HTTP2Client(server)
            var flood: [UInt8] = []
            for number in 0..<2500 {
                switch kind {
                case "ping": flood += Frame.ping().bytes
                case "settings": flood += Frame.settings().bytes
                case "reset":
                    let stream = UInt32(number * 2 + 1)
                    flood += Frame.request(stream, "/delay/1") + Frame.reset(stream).bytes
                case "priority": flood += Frame(kind: .priority, stream: 1, payload: [0, 0, 0, 0, 1]).bytes
                case "empty data":
                    if number == 0 { flood += Frame.request(1, "/post", method: "POST", ends: false) }
                    // Padding is no data either.
                    let padded = Frame(kind: .data, flags: 8, stream: 1, payload: [2, 0, 0]).bytes
                    flood += number % 2 == 0 ? padded : Frame.data(1, [], ends: false).bytes
                default: flood += Frame.windowUpdate(0, 1).bytes
                }
            }
            _ = peer.socket.sendNow(flood)
            #expect(try peer.goawayCode() == 11)
            #expect(try server.connect().get("/health")?.status == 200)
        }
        #expect(end.protocolErrors >= 1)
    }

    @Test("ends a connection that breaks the protocol, with a GOAWAY")
    func protocolErrors() throws {
        try withServer { server in
            for bytes in [
                Frame.data(1, [1], ends: true).bytes,
                Frame.windowUpdate(0, 0).bytes,
                Frame(kind: .headers, flags: 5, stream: 1, payload: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).bytes,
                Frame.request(2, "/health"),
                Frame(kind: .ping, payload: [1]).bytes,
                Frame(kind: .continuation, stream: 1).bytes,
            ] {
                let peer = try HTTP2Client(server)
                try peer.socket.send(bytes)
                let code = try peer.goawayCode()
                #expect(code != nil && code != 0)
            }
            #expect(try server.connect().get("/health")?.status == 200)
        }
    }

    @Test("counts every byte")
    func counts() throws {
        var sent: UInt64 = 0
        var received: UInt64 = 0
        let end = try withServer { server in
            let peer = try HTTP2Client(server)
            for number in 0..<20 { _ = try peer.get(UInt32(number * 2 + 1), "/bytes/\(number * 5000)") }
            try peer.send(.ping())
            while try peer.frame()?.kind != .ping {}
            let now = try server.sample()
            #expect(now.connectionCounts.openHTTP2 == 1 && now.connections.first?.requests == 20)
            sent = peer.socket.sentBytes
            received = peer.socket.receivedBytes
            #expect(now.receivedBytes == sent && now.sentBytes == received)
            peer.socket.close()
            try server.wait("it is gone") { $0.connectionCounts.open == 0 }
        }
        #expect(end.receivedBytes == sent && end.sentBytes == received && end.requests.completed == 20)
        #expect(end.requests.started == 20 && end.statuses.success == 20)
    }
}
