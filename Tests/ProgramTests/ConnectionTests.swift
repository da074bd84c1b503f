import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("A connection over HTTP/1.1", .enabled(if: Program.exists)) struct ConnectionTests {
        private func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

        /// The deterministic trigger of the bug that this program is about: a second request
        /// while the first one's response is still queued.
        @Test("that reads slowly gets both of two large answers, whole, and every arena back")
        func slowReader() throws {
            let server = try RunningServer("--send-buffer", "16KiB")
            let connection = try server.connect(receiveBuffer: 4_096)
            try connection.send(get("/bytes/8388608") + get("/bytes/8388608?seed=1"))
            // All of it is on its way now, or waits: as much as the socket takes has come.
            #expect(connection.isReadable())
            let first = try #require(try connection.response())
            #expect(first.status == 200)
            #expect(first.body == patternBytes(8_388_608))
            let second = try #require(try connection.response())
            #expect(second.body == patternBytes(8_388_608, seed: 1))
            let report = try server.stop()
            #expect(report["server.requests.completed"] == 2)
            #expect(report["server.arena.in_use.last"] == 0)
            #expect(report["server.arena.leases.last"] == 0)
            // Each is made as the socket takes it.
            #expect(262_144...524_288 ~= (report["server.writes.pending_bytes_high_water.last"] ?? 0))
        }

        @Test("gets pipelined answers in order, however the requests are cut", arguments: [1, 7, 100, 100_000])
        func pipelining(pieceByteCount: Int) throws {
            let server = try RunningServer()
            let connection = try server.connect()
            let sizes = (1...30).map { $0 * $0 * 37 % 5_000 + 1 }
            var stream = ""
            for size in sizes {
                stream += get("/bytes/\(size)")
                stream += "POST /anything HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
            }
            try connection.send(stream, pieceByteCount: pieceByteCount)
            for size in sizes {
                #expect(try connection.response()?.body == patternBytes(size))
                #expect(try connection.response()?.text.contains("abcde") == true)
            }
            let report = try server.stop()
            #expect(report["server.requests.completed"] == 60)
        }

        @Test(
            "is refused what could be read in two ways, and closed before what follows",
            arguments: [
                ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                ("Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", 400),
                ("Content-Length: +4\r\n\r\nabcd", 400),
                ("Content-Length : 4\r\n\r\nabcd", 400),
                ("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
                ("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
                ("Transfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n", 400),
                ("Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n", 400),
                ("Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400),
                ("X: y\r\n folded\r\n\r\n", 400), ("X: a\rb\r\n\r\n", 400), ("X: a\nY: b\r\n\r\n", 400),
                ("Host: again\r\n\r\n", 400), ("Expect: tea\r\n\r\n", 417),
            ])
        func smuggling(rest: String, status: Int) throws {
            let server = try RunningServer()
            let connection = try server.connect()
            try connection.send("POST /anything HTTP/1.1\r\nHost: h\r\n\(rest)\(get("/status/299"))")
            let answer = try connection.response()
            #expect(answer?.status == status)
            #expect(try connection.isClosed())
            let report = try server.stop()
            #expect(report["server.errors.protocol"] == 1)
        }

        @Test("never has a body taken for a request, read by a route or not", arguments: ["/nowhere", "/health", "/post"])
        func unreadBody(path: String) throws {
            let server = try RunningServer()
            let connection = try server.connect()
            let body = get("/status/299")
            try connection.send("POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            try connection.send(get("/health"))
            let expected = ["/nowhere": 404, "/health": 405, "/post": 200][path]
            #expect(try connection.response()?.status == expected)
            #expect(try connection.response()?.text == "OK\n")
            _ = try server.stop()
        }

        @Test("whose body is too large is told so early, and what it still sends is no request")
        func earlyReply() throws {
            let server = try RunningServer("--body-limit", "1KiB")
            let connection = try server.connect()
            try connection.send("POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n")
            #expect(try connection.response()?.status == 413)
            // The server may have closed for good by the time we send.
            try? connection.send(String(repeating: get("/status/299"), count: 100))
            connection.finishSending()
            #expect(try connection.receiveToEnd().isEmpty)
            let report = try server.stop()
            #expect((report["server.requests.completed"] ?? 9) <= 1)
        }

        @Test("that has said all it will say still gets its answers")
        func halfClose() throws {
            let server = try RunningServer()
            let connection = try server.connect()
            try connection.send(get("/bytes/300000") + get("/delay/0.3") + get("/health"))
            connection.finishSending()
            #expect(try connection.response()?.body.count == 300_000)
            #expect(try connection.response()?.status == 200)
            #expect(try connection.response()?.text == "OK\n")
            #expect(try connection.isClosed())
            _ = try server.stop()
        }

        @Test("that breaks off in the middle leaves nothing behind", arguments: [
            "GET /hea", "POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc", "GET /bytes/8388608 HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /delay/5 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /drip?duration=5 HTTP/1.1\r\nHost: h\r\n\r\n",
        ])
        func disconnect(text: String) throws {
            let server = try RunningServer("--send-buffer", "16KiB")
            let before = server.socketCount
            do {
                let connection = try server.connect(receiveBuffer: 4_096)
                try connection.sendUntilRead(text)
            }
            #expect(holds { server.socketCount == before }, "the server keeps a socket")
            #expect(try server.connect().status(of: get("/health")) == 200)
            let report = try server.stop()
            #expect(report["server.arena.in_use.last"] == 0)
            #expect(report["server.arena.leases.last"] == 0)
            #expect(report["server.connections.open.last"] == 0)
        }

        @Test("speaks HTTP/1.0 to those who do, and closes after it")
        func oldVersion() throws {
            let server = try RunningServer()
            let connection = try server.connect()
            try connection.send("GET /stream-bytes/5000 HTTP/1.0\r\n\r\n")
            let answer = try connection.response()
            #expect(answer?.body == patternBytes(5_000))
            #expect(answer?.head.lowercased().contains("chunked") == false)
            #expect(try connection.isClosed())
            let kept = try server.connect()
            try kept.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try kept.response()?.text == "OK\n")
            #expect(try kept.status(of: "GET /health HTTP/1.0\r\n\r\n") == 200)
            #expect(try kept.isClosed())
            _ = try server.stop()
        }

        @Test("gets a head alone for HEAD, and Allow with 405")
        func methods() throws {
            let server = try RunningServer()
            let connection = try server.connect()
            try connection.send("HEAD /bytes/1000 HTTP/1.1\r\nHost: h\r\n\r\n" + "DELETE /health HTTP/1.1\r\nHost: h\r\n\r\n")
            let head = try connection.response(hasBody: false)
            #expect(head?.head.lowercased().contains("content-length: 1000") == true)
            let refused = try connection.response()
            #expect(refused?.status == 405)
            #expect(refused?.head.contains("Allow: GET, HEAD") == true)
            _ = try server.stop()
        }
    }
}
