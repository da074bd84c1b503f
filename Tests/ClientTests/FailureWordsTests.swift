import Client
import Load
import Measurements
import TestSupport
import Testing

@Suite("The words of a failure", .waiting) struct FailureWordsTests {
    private func run(_ kinds: [RequestKind], http1: Bool, _ count: Int, _ change: (inout ClientConfiguration) -> Void = { _ in }, port: Int) throws -> LoadRun {
        var configuration = ClientConfiguration(port: port)
        configuration.httpVersion = http1 ? .http1 : .http2
        configuration.kinds = kinds
        configuration.requests = count
        configuration.seed = 7
        change(&configuration)
        let run = try LoadRun(configuration)
        expectSums(run, requests: count)
        return run
    }

    /// Every fifth request is answered 500.
    private func failing(http1: Bool) throws -> RequestPeer {
        try RequestPeer(http1: http1) { _, index in RequestPeer.Answer(status: index == 4 ? 500 : 200) }
    }

    @Test("name the first failed request as it was sent, with the values of its templates", arguments: [true, false])
    func sentTarget(http1: Bool) throws {
        let peer = try failing(http1: http1)
        defer { peer.stop() }
        let run = try run([RequestKind("/search?n={{seq}}&q={{random.string 39}}&b={{\"{{\"}}")], http1: http1, 8, port: peer.port)
        let sent = peer.requests[4].path
        #expect(sent.hasPrefix("/search?n=5&q=") && sent.hasSuffix("&b={{"))
        #expect(run.total.failures.map(\.text) == ["status 500 (first: GET \(sent), request 5 of the run)"])
    }

    @Test("name its body where each has its own, and the name of its kind", arguments: [true, false])
    func sentBody(http1: Bool) throws {
        let peer = try failing(http1: http1)
        defer { peer.stop() }
        var kind = RequestKind("/orders")
        kind.name = "order"
        kind.method = "POST"
        kind.headers = [HeaderField(name: "x-id", value: "{{random.uuid}}")]
        kind.body = .text(#"{"item": {{random.int 1 1000}}}"#)
        let run = try run([kind], http1: http1, 8, port: peer.port)
        #expect(run.total.failures.map(\.example) == ["order, POST /orders with '\(peer.requests[4].text)', request 5 of the run"])
        #expect(peer.requests[4].text.hasPrefix(#"{"item": "#))
    }

    @Test("cut a long target and a long body")
    func long() throws {
        let peer = try failing(http1: true)
        defer { peer.stop() }
        var kind = RequestKind("/" + String(repeating: "a", count: 300))
        kind.method = "PUT"
        kind.body = .text("{{random.hex 100}}")
        let example = try #require(try run([kind], http1: true, 5, port: peer.port).total.failures.first?.example)
        #expect(example.hasPrefix("PUT /" + String(repeating: "a", count: 192) + "... with '"), "\(example)")
        #expect(example.hasSuffix("\(peer.requests[4].text.prefix(57))...', request 5 of the run"), "\(example)")
    }

    @Test("name the request of an answer that is not the expected one, in the event too, and its seed where bodies are checked")
    func checks() throws {
        let peer = try failing(http1: true)
        defer { peer.stop() }
        var kind = RequestKind("/a?q={{random.hex 8}}")
        kind.expectation = ExpectedAnswer()
        kind.expectation?.statuses = [200...200]
        let run = try run([kind], http1: true, 5, port: peer.port)
        let sent = "GET \(peer.requests[4].path), request 5 of the run: status 500, expected 200"
        #expect(run.total.failures.map(\.example) == [sent])
        #expect(run.events.contains { $0.text == sent }, "\(run.events)")

        let other = try RequestPeer(http1: true) { _, _ in RequestPeer.Answer(body: Array("no".utf8)) }
        defer { other.stop() }
        let checked = try self.run([RequestKind("/bytes/64")], http1: true, 1, { $0.checkedTargets = [CheckedTarget(head: "/bytes/64?seed=", byteCount: 64)] }, port: other.port)
        let example = try #require(checked.total.failures.first?.example)
        #expect(example.hasPrefix("GET \(other.requests[0].path), request 1 of the run"), "\(example) \(other.requests[0].path)")
        #expect(other.requests[0].path.contains("seed="))
    }

    @Test("count the kinds of request that failed, where there are several", arguments: [true, false])
    func kinds(http1: Bool) throws {
        let peer = try RequestPeer(http1: http1) { request, _ in RequestPeer.Answer(status: request.path.hasPrefix("/a") ? 503 : 200) }
        defer { peer.stop() }
        let run = try run([RequestKind("/a/{{seq}}"), RequestKind("/b")], http1: http1, 10, port: peer.port)
        #expect(run.total.failures.map(\.kinds) == [[FailureCount.Kind(name: "GET /a/{{seq}}", count: 5)]])
        let many = try self.run((1...4).map { RequestKind("/a\($0)") }, http1: http1, 8, port: peer.port)
        #expect(many.total.failures.map(\.kinds) == [nil])
    }

    /// Answers with `answer` to the end of each head.
    private func raw(_ answer: String) throws -> RawListener {
        try RawListener { peer, _ in while try peer.receiveHead() != nil { try peer.send(answer) } }
    }

    @Test("name the request behind whose answer bytes come that no request asked for, and the rule that they break")
    func behind() throws {
        let peer = try raw("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody")
        defer { peer.stop() }
        var head = RequestKind("/search?q={{seq}}")
        head.method = "HEAD"
        let rule = "the body of an answer to HEAD, which must have none (RFC 9110, 9.3.2)"
        var run = try run([head], http1: true, 1, port: peer.port)
        #expect(run.total.failures.map(\.text) == [
            "protocol error: bytes that no request asked for: \(rule) (first: behind the answer to HEAD /search?q=1, request 1 of the run, answer 1 of its connection: 'body')",
        ])
        // Ahead of the next answer, whose request fails by it.
        run = try self.run([head, RequestKind("/")], http1: true, 2, { $0.streams = 2 }, port: peer.port)
        let failure = try #require(run.total.failures.of(.request).first)
        #expect(failure.reason.hasSuffix(rule) && failure.example.contains(", behind the answer to HEAD /search?q=1, request 1 of the run, first line, byte 1: 'body"), "\(failure)")

        let other = try raw("HTTP/1.1 304 Not Modified\r\n\r\nbody")
        defer { other.stop() }
        run = try self.run([RequestKind("/")], http1: true, 1, port: other.port)
        #expect(run.total.failures.first?.reason.hasSuffix(": the body of an answer with status 304, which must have none (RFC 9110, 6.4.1)") == true, "\(run.total.failures)")
        // A second answer is no body.
        let twice = try raw("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        defer { twice.stop() }
        run = try self.run([head], http1: true, 1, port: twice.port)
        #expect(run.total.failures.map(\.reason) == ["protocol error: bytes that no request asked for"])
    }

    @Test("are one reason for connections that end without an answer, with those counted that had answered others")
    func ends() throws {
        let peer = try RawListener { peer, number in
            // The first connection answers one, the second none, the third all.
            for _ in 0..<(number == 0 ? 1 : number == 1 ? 0 : 100) {
                guard try peer.receiveHead() != nil else { return }
                try peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            }
            _ = try peer.receiveHead()
        }
        defer { peer.stop() }
        let run = try run([RequestKind("/")], http1: true, 4, port: peer.port)
        #expect(run.total.failures.map(\.reason) == [
            "connection closed by the server (EOF) before anything of the answer came: it drops this request, failed within it, or has ended",
        ])
        #expect(run.total.failures.map(\.count) == [2] && run.total.failures.map(\.afterAnswers) == [1])
        // The second connection had answered nothing: the next one is made after a pause.
        #expect(run.total.connectionCounts.waits == 1 && run.total.connectionCounts.waitedNanoseconds == 50_000_000)
    }
}
