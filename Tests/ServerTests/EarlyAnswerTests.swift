import Measurements
import Server
import Testing
import TestSupport

@Suite("A request that is answered before its body has come", .waiting) struct EarlyAnswerTests {
    @Test("over HTTP/1.1 is read to its end, and the connection goes on", arguments: ["counted", "chunked"])
    func goesOn(kind: String) throws {
        let end = try withServer { server in
            let peer = try server.connect()
            let part = String(repeating: "x", count: 10_000)
            for round in 1...3 {
                try peer.request("POST", "/early", fields: kind == "chunked" ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 30000\r\n")
                // Not a byte of the body is out.
                #expect(try peer.response()?.text == "early\n")
                for _ in 0..<3 { try peer.send(kind == "chunked" ? "2710\r\n\(part)\r\n" : part) }
                if kind == "chunked" { try peer.send("0\r\n\r\n") }
                #expect(try peer.get("/health")?.text == "OK\n")
                try server.wait("all are counted") { $0.requests.completed == UInt64(2 * round) && $0.arena.inUse == 0 }
            }
        }
        #expect(end.requests.answeredEarly == 3 && end.requests.started == 6 && end.statuses.success == 6)
        #expect(end.connectionCounts.accepted == 1 && end.protocolErrors == 0)
    }

    @Test("over HTTP/1.1 that is to stop has its connection closed, and what still comes does no harm")
    func stops() throws {
        let end = try withServer { server in
            let peer = try server.connect()
            try peer.request("PUT", "/early/stop", fields: "Content-Length: 1000000\r\n")
            let response = try #require(try peer.response())
            #expect(response.text == "early\n" && response.fields["connection"] == "close")
            try? peer.send(String(repeating: "x", count: 100_000))
            peer.close()
            try server.wait("it is gone") { $0.connectionCounts.open == 0 && $0.arena.inUse == 0 }
        }
        #expect(end.requests.answeredEarly == 1 && end.requests.completed == 1 && end.protocolErrors == 0)
    }

    @Test("over HTTP/1.1 and then breaks its word, is answered no second time")
    func broken() throws {
        let end = try withServer { server in
            let peer = try server.connect()
            try peer.request("POST", "/early", fields: "Transfer-Encoding: chunked\r\n", body: "nonsense\r\n")
            #expect(try peer.response()?.text == "early\n")
            #expect(try peer.receiveToEnd().isEmpty)
        }
        #expect(end.protocolErrors == 1 && end.requests.started == 1)
    }

    @Test("over HTTP/1.1 and never ends, runs out of time", arguments: ["/early", "/early/stop"])
    func never(path: String) throws {
        let end = try withServer({ $0.requestTimeoutNanoseconds = .milliseconds(100) }) { server in
            let peer = try server.connect()
            try peer.request("POST", path, fields: "Content-Length: 10\r\n", body: "123")
            #expect(try peer.response()?.text == "early\n")
            #expect(try peer.receiveToEnd().isEmpty)
        }
        #expect(end.requests.started == 1 && end.timeouts == (path == "/early" ? 1 : 0))
    }

    @Test("over HTTP/2 is read to its end, or reset without an error where no more is wanted", arguments: [false, true])
    func streams(stops: Bool) throws {
        let end = try withServer { server in
            let peer = try HTTP2Client(server)
            for stream: UInt32 in [1, 5, 9] {
                try peer.socket.send(Frame.request(stream, stops ? "/early/stop" : "/early", method: "POST", ends: false))
                let response = try #require(try peer.responses([stream])[stream])
                #expect(response.status == 200 && response.text == "early\n")
                // More than the window of a stream, and than a body may have: the server keeps none of it.
                if !stops { for _ in 0..<3 { try peer.send(.data(stream, [UInt8](repeating: 120, count: 10_000), ends: false)) } }
                try peer.send(.data(stream, [], ends: true))
                #expect(try peer.get(stream + 2, "/health").text == "OK\n")
            }
            try server.wait("all are over") { $0.requests.completed == 6 && $0.arena.inUse == 0 }
        }
        #expect(end.requests.answeredEarly == 3 && end.requests.started == 6 && end.statuses.success == 6)
    }

    @Test("is what has no body, too")
    func whole() throws {
        let end = try withServer { server in
            let peer = try server.connect()
            #expect(try peer.get("/early")?.text == "early\n")
            #expect(try peer.get("/early/stop")?.text == "early\n")
            #expect(try peer.get("/early/other")?.status == 404)
        }
        #expect(end.requests.answeredEarly == 0 && end.requests.completed == 3)
    }
}
