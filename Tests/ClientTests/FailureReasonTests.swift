import Client
import Foundation
import Load
import Loop
import Measurements
import TestSupport
import Testing

@Suite("Failures are told apart by their reason", .waiting)
struct FailureReasonTests {
    private func run(
        http1: Bool = false, _ requests: Int = 1, streams: Int = 1, timeoutMilliseconds: UInt64 = 5_000,
        _ change: (inout ClientConfiguration) -> Void = { _ in }, serve: @escaping @Sendable (RawSocket, Int) throws -> Void
    ) throws -> LoadRun {
        let peer = try RawListener(serve)
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = http1 ? .http1 : .http2
        configuration.requests = requests
        configuration.streams = streams
        configuration.options.requestTimeout = .milliseconds(timeoutMilliseconds)
        change(&configuration)
        let run = try LoadRun(configuration)
        expectSums(run, requests: requests)
        return run
    }

    private static func goaway(_ last: UInt32, _ code: UInt32) -> Frame {
        Frame(kind: .goaway, payload: bigEndian(last) + bigEndian(code))
    }

    @Test("a reset has its code, and the first has its request")
    func reset() throws {
        let run = try run(3) { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() { try peer.send(Frame.reset(stream, 11)) }
        }
        #expect(run.total.failures == [
            FailureCount(reason: "stream reset by the server: ENHANCE_YOUR_CALM (11)", count: 3, example: "GET /, request 1 of the run"),
        ])
    }

    @Test("an end within an answer, after GOAWAY, is no end under an idle connection")
    func ends() throws {
        let half = try run { peer, _ in
            try peer.greet()
            guard let stream = try peer.nextRequest() else { return }
            try peer.answer(stream, ends: false)
            try peer.send(FailureReasonTests.goaway(stream, 2))
        }
        #expect(half.total.failures.map(\.reason) == ["connection closed by the server (EOF) within an answer, after GOAWAY INTERNAL_ERROR (2)"])
        let idle = try run(2) { peer, number in
            try peer.greet()
            guard number == 0 else { return try peer.answerAll() }
            if let stream = try peer.nextRequest() { try peer.answer(stream) }
            _ = try peer.nextRequest()
        }
        #expect(idle.total.failures.map(\.reason) == [
            "connection closed by the server (EOF) before anything of the answer came: it drops this request, failed within it, or has ended",
        ])
        #expect(idle.total.failures.map(\.afterAnswers) == [1])
    }

    @Test("a server that answers HTTP/1.1 in the clear with an alert speaks TLS")
    func alert() throws {
        let run = try run(http1: true) { peer, _ in
            _ = try peer.receiveHead()
            try peer.send([21, 3, 3, 0, 2, 2, 70])
        }
        #expect(run.total.failures.map(\.reason) == ["not connected: the server speaks TLS on this port; write https://"])
    }

    @Test("a status has its regularity, and what the first answer with it says")
    func rhythm() throws {
        let run = try run(http1: true, 400) { peer, _ in
            var number = 0
            while try peer.receiveHead() != nil {
                number += 1
                try peer.send(number % 97 == 0 ? "HTTP/1.1 500 Oh\r\ncontent-length: 11\r\n\r\nno\r\n stock!" : "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            }
        }
        #expect(run.total.failures.map(\.text) == [
            "status 500, every 97th request: 97, 194, 291 ... (first: GET /, request 97 of the run, answered 'no stock!')",
        ])
    }

    @Test("an answer that is no text, or not to be shown, is not shown; a long one is cut", arguments: [
        ("\u{1}\u{2}binary", true, ""), ("secret", false, ""), (String(repeating: "a", count: 61), true, ", answered '" + String(repeating: "a", count: 60) + "...'"),
        ("  ", true, ""),
    ])
    func excerpt(body: String, keepsBytes: Bool, shown: String) throws {
        let run = try run(http1: true, 3, { $0.options.keepsAnswerBytes = keepsBytes }) { peer, _ in
            while try peer.receiveHead() != nil { try peer.send("HTTP/1.1 503 No\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)") }
        }
        #expect(run.total.failures.map(\.text) == ["status 503 (first: GET /, request 1 of the run\(shown))"])
    }

    @Test("bytes that no request asked for, and answers that end with their connection, are counted")
    func unlikely() throws {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        let twice = try run(http1: true) { peer, _ in
            _ = try peer.receiveHead()
            try peer.send(Array((answer + answer).utf8))
            _ = try peer.receiveHead()
        }
        #expect(twice.total.requests.succeeded == 1 && twice.total.connectionCounts.broken == 1)
        #expect(twice.total.requests.endedByClose == 0)
        let ended = try run(http1: true) { peer, _ in
            _ = try peer.receiveHead()
            try peer.send(Array("HTTP/1.1 200 OK\r\n\r\nhalf of it".utf8))
        }
        #expect(ended.total.requests.succeeded == 1 && ended.total.requests.endedByClose == 1)
    }

    @Test("an answer that is no HTTP, or beyond a limit of ours, is named with what came", arguments: [
        ("SSH-2.0-OpenSSH_9\r\n", "protocol error: not a status line of HTTP/1", "answer 1 of its connection, first line, byte 1: 'SSH-2.0-OpenSSH_9'"),
        ("HTTP/1.1 200 OK\r\nbad field\r\n\r\n", "protocol error: not a header field", "answer 1 of its connection, header field, byte 4: 'bad field'"),
        (
            "HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 129) + "\r\n",
            "protocol error: the answer has more than 128 header fields, the limit of this client: have the server send fewer", "a: b"
        ),
        (
            "HTTP/1.1 200 OK\r\na: " + String(repeating: "b", count: 70_000) + "\r\n",
            "protocol error: the answer's head is larger than 64 KiB, the limit of this client: have the server send less", "bbb"
        ),
        // Bytes of a body where a head is due: no server could send less of that head.
        (String(repeating: "b", count: 70_000), "protocol error: not a status line of HTTP/1", "first line, byte 1: 'bbb"),
        (
            "HTTP/1.1 200 OK\r\na: b\r\n" + String(repeating: "{", count: 70_000), "protocol error: not a header field", "header field, byte 1: '{{{"
        ),
    ])
    func answers(text: String, reason: String, excerpt: String) throws {
        let run = try run(http1: true) { peer, _ in
            guard try peer.receiveHead() != nil else { return }
            try peer.send(text)
            peer.finishSending()
            try peer.waitForEnd()
        }
        #expect(run.total.failures.map(\.reason) == [reason])
        #expect(run.total.failures.first?.example.contains(excerpt) == true, "\(run.total.failures)")
        #expect(run.total.errors.protocolError == 1)
    }

    @Test("an answer behind a body that is longer than announced shows the bytes at its beginning, not the good line behind them")
    func longBody() throws {
        let run = try run(http1: true, 2, streams: 2) { peer, _ in
            guard try peer.receiveHead() != nil, try peer.receiveHead() != nil else { return }
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokxyz")
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            try peer.waitForEnd()
        }
        #expect(run.total.failures == [
            FailureCount(
                reason: "protocol error: not a status line of HTTP/1", count: 1,
                example: "GET /, request 2 of the run, answer 2 of its connection, behind the answer to GET /, request 1 of the run, first line, byte 1: 'xyzHTTP/1.1 200 OK'"),
        ])
    }

    @Test("bytes that no request asked for are named, though none has failed")
    func unrequested() throws {
        let run = try run(http1: true, 1) { peer, _ in
            guard try peer.receiveHead() != nil else { return }
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more")
            _ = try peer.receiveHead()
        }
        #expect(run.total.requests.succeeded == 1)
        #expect(run.total.failures == [FailureCount(reason: "protocol error: bytes that no request asked for", count: 1, example: "behind the answer to GET /, request 1 of the run, answer 1 of its connection: ' and more'", of: .connection)])
    }

    @Test("a status from 600 on is an answer, counted as 5xx, and shown", arguments: [true, false])
    func status(http1: Bool) throws {
        let run = try run(http1: http1, 2) { peer, _ in
            if !http1 { try peer.greet() }
            if http1 {
                while try peer.receiveHead() != nil { try peer.send("HTTP/1.1 742 Odd\r\nContent-Length: 0\r\n\r\n") }
            } else {
                while let stream = try peer.nextRequest() {
                    try peer.answer(stream, head: [0x08, 3] + Array("742".utf8))
                }
            }
        }
        #expect(run.total.statuses.serverError == 2)
        #expect(run.total.failures.map(\.reason) == ["status 742, counted as 5xx"])
    }

    @Test("a peer that never allows a stream makes requests time out")
    func noStreams() throws {
        let run = try run(4, streams: 2, timeoutMilliseconds: 200) { peer, _ in
            try peer.greet([(3, 0)])
            try peer.waitForEnd()
        }
        #expect(run.total.errors.timeout == 4)
        #expect(run.total.failures.map(\.reason) == ["timeout: the server allows no streams (SETTINGS_MAX_CONCURRENT_STREAMS is 0)"])
        #expect((run.total.serviceTime.lowestNanoseconds ?? 0) >= 190_000_000)
    }

    @Test("a server that looks at nothing on any connection makes requests fail in the end")
    func neverLooks() throws {
        let run = try run(2, streams: 2, serve: { peer, _ in
            try peer.greet()
            guard try peer.nextRequest() != nil else { return }
            try peer.send(FailureReasonTests.goaway(0, 0))
            try peer.waitForEnd()
        })
        #expect(run.total.errors.goaway == 2)
        #expect(run.total.requests.resent == 10)
        #expect(run.total.failures.map(\.reason) == ["not looked at by the server, 5 times: GOAWAY NO_ERROR (0)"])
    }

    @Test("a stream that is refused is sent again by --retries, whatever its method")
    func refused() throws {
        let run = try run(3, { configuration in
            configuration.method = "POST"
            configuration.retries = .init(limit: 3, budget: 1)
        }, serve: { peer, _ in
            try peer.greet()
            var count = 0
            while let stream = try peer.nextRequest() {
                count += 1
                if count % 2 == 1 { try peer.send(Frame.reset(stream, 7)) } else { try peer.answer(stream) }
            }
        })
        #expect(run.total.requests.succeeded == 3)
        #expect(run.total.requests.retried == 3)
    }

    @Test("requests at the end of a run that the peer has not looked at are sent again before it ends")
    func end() throws {
        let peer = try RawListener { peer, number in
            try peer.greet()
            guard number == 0 else { return try peer.answerAll() }
            guard try peer.nextRequest() != nil else { return }
            // The run is stopped by then.
            usleep(400_000)
            try peer.send(FailureReasonTests.goaway(1, 0))
            try peer.answer(1)
            try peer.waitForEnd()
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http2
        configuration.streams = 4
        let run = try LoadRun(configuration, seconds: 0.2)
        expectSums(run, requests: 4)
        #expect(run.total.requests.succeeded == 4)
        #expect(run.total.requests.resent == 3)
    }
}

@Suite("The head of a request", .waiting)
struct RequestHeadTests {
    private func ask(http1: Bool, _ kind: RequestKind) throws -> RequestPeer.Request {
        let peer = try RequestPeer(http1: http1)
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = http1 ? .http1 : .http2
        configuration.kinds = [kind]
        configuration.requests = 1
        let run = try LoadRun(configuration)
        #expect(run.total.requests.succeeded == 1, "\(run.total.failures)")
        return try #require(peer.requests.first)
    }

    @Test("has the user's user-agent in place of ours", arguments: [true, false])
    func userAgent(http1: Bool) throws {
        var kind = RequestKind("/")
        #expect(try ask(http1: http1, kind).fields["user-agent"] == "highwater")
        kind.headers = [HeaderField(name: "user-agent", value: "mine")]
        // The peer keeps the last of two: a second one of ours would stand before it.
        let request = try ask(http1: http1, kind)
        #expect(request.fields["user-agent"] == "mine")
        #expect(request.fieldCounts["user-agent"] == 1)
    }

    @Test("says that a POST, a PUT or a PATCH has no body", arguments: [true, false])
    func noBody(http1: Bool) throws {
        for method in ["POST", "PUT", "PATCH", "GET", "DELETE"] {
            var kind = RequestKind("/")
            kind.method = method
            #expect(try ask(http1: http1, kind).fields["content-length"] == (["GET", "DELETE"].contains(method) ? nil : "0"), "\(method)")
        }
    }

    @Test("may be larger than 64 KiB", arguments: [true, false])
    func large(http1: Bool) throws {
        var kind = RequestKind("/")
        // No value above 64 KiB: nghttp2's peers refuse that.
        kind.headers = (1...3).map { HeaderField(name: "x-\($0)", value: String(repeating: "x", count: 40_000)) }
        let request = try ask(http1: http1, kind)
        #expect((1...3).allSatisfy { request.fields["x-\($0)"]?.utf8.count == 40_000 })
    }
}
