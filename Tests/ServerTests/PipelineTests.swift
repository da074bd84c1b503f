import Measurements
import Server
import Testing
import TestSupport

@Suite("An HTTP/1.1 connection", .waiting) struct PipelineTests {
    @Test("answers a thousand requests of one packet, in order")
    func onePacket() throws {
        let end = try withServer { server in
            let peer = try server.connect()
            try peer.send((0..<1000).map { "GET /bytes/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for number in 0..<1000 {
                #expect(try peer.response()?.body == patternBytes(number))
            }
            #expect(peer.isSilent(milliseconds: 10))
        }
        #expect(end.requests.completed == 1000 && end.requests.started == 1000 && end.statuses.success == 1000)
    }

    @Test("answers a thousand requests of one byte a packet")
    func oneByteAPacket() throws {
        try withServer { server in
            let peer = try server.connect()
            try peer.send(
                String(repeating: "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000), pieceByteCount: 1)
            for _ in 0..<1000 { #expect(try peer.response()?.text == "OK\n") }
        }
    }

    @Test("takes bodies of both kinds between other requests, in pieces of any size", arguments: [1, 2, 7, 61, 1000])
    func bodies(piece: Int) throws {
        try withServer { server in
            let peer = try server.connect()
            let counted = "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 27\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n"
            let chunked = "POST /post HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: 1\r\n\r\n"
            let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
            try peer.send(get + counted + chunked + get, pieceByteCount: piece)
            #expect(try peer.response()?.text == "OK\n")
            #expect(try peer.response()?.text.contains("GET / HTTP/1.1") == true)
            #expect(try peer.response()?.text.contains("\"data\": \"abcdefg\"") == true)
            #expect(try peer.response()?.text == "OK\n")
            #expect(peer.isSilent(milliseconds: 10))
        }
    }

    @Test("of HTTP/1.0 ends after the answer, unless asked to stay")
    func http10() throws {
        try withServer { server in
            let once = try server.connect()
            try once.send("GET /health HTTP/1.0\r\n\r\n")
            let answer = try #require(try once.response())
            #expect(answer.text == "OK\n" && answer.fields["connection"] == "close")
            #expect(try once.isClosed())

            let stays = try server.connect()
            for _ in 0..<2 {
                try stays.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(try stays.response()?.fields["connection"] == "keep-alive")
            }

            // No chunks in HTTP/1.0: the end of the connection is the end of the body.
            let stream = try server.connect()
            try stream.send("GET /stream-bytes/100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let long = try #require(try stream.response())
            #expect(long.fields["transfer-encoding"] == nil && long.body == patternBytes(100_000))
        }
    }

    @Test("ends after the answer when the peer asks for that, and what follows is no request")
    func close() throws {
        let end = try withServer { server in
            let peer = try server.connect()
            try peer.request("GET", "/health", fields: "Connection: close\r\n")
            try? peer.request("GET", "/health")
            #expect(try peer.response()?.fields["connection"] == "close")
            #expect(try peer.isClosed())
        }
        #expect(end.requests.completed == 1)
    }

    @Test("sends 100 Continue to a client that waits for it")
    func expectContinue() throws {
        try withServer { server in
            let peer = try server.connect()
            try peer.request("POST", "/post", fields: "Expect: 100-continue\r\nContent-Length: 2\r\n")
            #expect(try peer.response()?.status == 100)
            try peer.send("hi")
            #expect(try peer.response()?.text.contains("\"data\": \"hi\"") == true)
            try peer.request("POST", "/post", fields: "Expect: something\r\nContent-Length: 2\r\n")
            #expect(try peer.response()?.status == 417)
        }
    }

    @Test("answers what is no request once, and takes nothing after it for one", arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\u{2}", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413),
        ("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400), ("PRIX / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 400),
        ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: a\r\nA: \(String(repeating: "a", count: 66_000))\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "A: b\r\n", count: 100))\r\n", 431),
    ])
    func bad(request: String, status: Int) throws {
        let end = try withServer { server in
            let peer = try server.connect()
            try? peer.send(request + "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try peer.response()?.status == status)
            #expect(try peer.isClosed())
        }
        #expect(end.statuses.success == 0 && end.protocolErrors == 1)
    }

    @Test("lets a body come after an early answer, and never takes it for a request")
    func bodyAfterError() throws {
        let end = try withServer { server in
            let peer = try server.connect()
            try peer.request("POST", "/post", fields: "Content-Length: 99999999\r\n")
            #expect(try peer.response()?.status == 413)
            // The peer goes on sending its body, which looks like requests.
            let body = Array(String(repeating: "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000).utf8)
            for _ in 0..<20 where peer.sendNow(body) == 0 { break }
            peer.finishSending()
            #expect(try peer.isClosed())
        }
        #expect(end.requests.completed == 1 && end.statuses.clientError == 1)
    }

    @Test("gets its answers after it has said its end", arguments: [
        "/health", "/bytes/3000000", "/stream-bytes/3000000", "/delay/0.05", "/drip?numbytes=4&duration=0.05",
    ])
    func halfClosed(target: String) throws {
        let end = try withServer({ $0.sendBufferByteCount = 16_384 }) { server in
            let peer = try server.connect(receiveBuffer: 32_768)
            try peer.request("GET", target)
            try peer.request("GET", "/bytes/10")
            peer.finishSending()
            #expect(try peer.response()?.status == 200)
            #expect(try peer.response()?.body == patternBytes(10))
            #expect(try peer.isClosed())
        }
        #expect(end.requests.completed == 2)
    }

    @Test("that ends in the middle of a request leaves nothing behind", arguments: [
        "P", "PRI", "GET / HT", "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        "POST /post HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "", "\r\n",
    ])
    func partial(text: String) throws {
        let end = try withServer { server in
            let (polite, rude) = (try server.connect(), try server.connect())
            try polite.send(text)
            try rude.send(text)
            polite.finishSending()
            #expect(try polite.receiveToEnd() == [])
            rude.reset()
            try server.wait("both are gone") { $0.connectionCounts.closed == 2 }
        }
        #expect(end.requests.completed == 0)
    }

    @Test("is counted byte for byte")
    func counts() throws {
        var sent: UInt64 = 0
        var received: UInt64 = 0
        let end = try withServer { server in
            let peers = try (0..<5).map { _ in try server.connect() }
            for (index, peer) in peers.enumerated() {
                for target in ["/health", "/bytes/100000", "/stream-bytes/70000", "/status/404", "/status/503", "/status/302"] {
                    try peer.request("GET", target)
                    #expect(try peer.response() != nil)
                }
                try peer.request("POST", "/post", fields: "Content-Length: 200000\r\n", body: String(repeating: "x", count: 200_000))
                #expect(try peer.response()?.status == 200)
                if index % 2 == 0 { peer.close() }
            }
            let now = try server.wait("three have left") { $0.connectionCounts.open == 2 }
            #expect(now.connections.count == 2 && now.connectionCounts.openHTTP1 == 2)
            #expect(now.connections.allSatisfy { $0.requests == 7 && $0.state == .idle && $0.version == .http1 })
            for peer in peers {
                sent += peer.sentBytes
                received += peer.receivedBytes
            }
            #expect(now.receivedBytes == sent && now.sentBytes == received)
        }
        #expect(end.receivedBytes == sent && end.sentBytes == received)
        #expect(end.requests.started == 35 && end.requests.completed == 35)
        #expect(end.statuses.success == 20 && end.statuses.clientError == 5)
        #expect(end.statuses.serverError == 5 && end.statuses.redirection == 5)
        #expect(end.connectionCounts.accepted == 5 && end.connectionCounts.refused == 0 && end.timeouts == 0 && end.protocolErrors == 0)
    }
}
