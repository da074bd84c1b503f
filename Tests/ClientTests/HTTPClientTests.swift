import Client
import Loop
import Measurements
import Server
import Testing

@Suite("The client's API", .serialized)
struct HTTPClientTests {
    @Test("get and post bring back status, fields and body", arguments: [ClientConfiguration.HTTPVersion.http2, .http1])
    func getAndPost(version: ClientConfiguration.HTTPVersion) throws {
        let server = try ServerThread()
        var answers: [Answer] = []
        try withLoop { loop in
            let client = try HTTPClient.open(server.configuration { $0.httpVersion = version }, on: loop)
            client.get("/get?x=1", headers: [("x-test", "one")]) { answer in
                answers.append(answer)
                client.post("/post", body: Array("a body".utf8)) { answer in
                    answers.append(answer)
                    client.get("/nowhere") { answer in
                        answers.append(answer)
                        client.close()
                    }
                }
            }
            #expect(answers.isEmpty, "never from inside the call")
        }
        _ = server.stop()
        let responses = try answers.map { try $0.get() }
        #expect(responses.map(\.status) == [200, 200, 404])
        #expect(responses[0].header("content-type")?.hasPrefix("application/json") == true)
        #expect(String(decoding: responses[0].body, as: UTF8.self).contains("one"))
        #expect(String(decoding: responses[1].body, as: UTF8.self).contains("a body"))
        #expect(responses[0].headers.allSatisfy { $0.name == $0.name.lowercased() })
    }

    @Test("many requests share one connection, whatever order they are answered in")
    func multiplexing() throws {
        let server = try ServerThread()
        var order: [Int] = []
        try withLoop { loop in
            let client = try HTTPClient.open(server.configuration { _ in }, on: loop)
            client.get("/delay/0.3") { _ in order.append(0) }
            for number in 1...250 {
                client.get("/bytes/\(number * 100)") { answer in
                    order.append(number)
                    #expect((try? answer.get().body.count) == number * 100)
                }
            }
            client.get("/delay/0.4") { _ in client.close() }
        }
        let served = server.stop()
        #expect(order.count == 251 && order.last == 0)
        #expect(served?.acceptedConnections == 1)
        #expect(served?.completedRequests == 252)
    }

    @Test("ten mebibytes pass both ways")
    func largeBodies() throws {
        let server = try ServerThread { $0.bodyByteLimit = 16 << 20 }
        var down: Answer?
        var up: Answer?
        try withLoop { loop in
            let client = try HTTPClient.open(server.configuration { $0.windowByteCount = 65_535 }, on: loop)
            client.get("/bytes/10485760") { down = $0 }
            client.post("/upload", body: [UInt8](repeating: 97, count: 10 << 20)) { up = $0 }
            client.get("/delay/0.01") { _ in client.close(withinNanoseconds: 10_000_000_000) }
        }
        _ = server.stop()
        #expect(try down?.get().body.count == 10 << 20)
        #expect(up.map { (try? $0.get()) != nil } == true)
    }

    @Test("a request that takes too long ends alone: its stream is reset, the connection stays")
    func timeout() throws {
        let server = try ServerThread()
        var late: Answer?
        var patient: Answer?
        var after: Answer?
        let begin = ContinuousClock.now
        try withLoop { loop in
            let client = try HTTPClient.open(server.configuration { _ in }, on: loop)
            client.get("/delay/0.5") { answer in
                patient = answer
                client.close()
            }
            client.get("/delay/9", timeoutNanoseconds: 100_000_000) { answer in
                late = answer
                #expect(ContinuousClock.now - begin >= .milliseconds(99))
                client.get("/health") { after = $0 }
            }
        }
        let served = server.stop()
        #expect(late.map { $0.error } == .timeout)
        #expect(try patient?.get().status == 200)
        #expect(try after?.get().status == 200)
        #expect(served?.acceptedConnections == 1)
        #expect(served?.streamResets == 1)
        #expect(ContinuousClock.now - begin < .seconds(5))
    }

    @Test("over HTTP/1.1 a request that takes too long ends its connection, and the next has another")
    func timeoutHTTP1() throws {
        let server = try ServerThread()
        var late: Answer?
        var after: Answer?
        try withLoop { loop in
            let client = try HTTPClient.open(server.configuration { $0.httpVersion = .http1 }, on: loop)
            client.get("/delay/9", timeoutNanoseconds: 100_000_000) { late = $0 }
            client.get("/health") { answer in
                after = answer
                client.close()
            }
        }
        _ = server.stop()
        #expect(late.map { $0.error } == .timeout)
        #expect(try after?.get().status == 200)
    }

    @Test("nobody there: every request says why, and a later one is asked again")
    func refused() throws {
        let server = try ServerThread()
        let configuration = server.configuration { _ in }
        _ = server.stop()
        var answers: [Answer] = []
        try withLoop { loop in
            let client = try HTTPClient.open(configuration, on: loop)
            for _ in 0..<3 { client.get("/") { answers.append($0) } }
            client.get("/", timeoutNanoseconds: 20_000_000_000) { answer in
                answers.append(answer)
                client.get("/") { answer in
                    answers.append(answer)
                    client.close()
                }
            }
        }
        #expect(answers.count == 5)
        for answer in answers {
            guard case .failure(.connect(.system(let error))) = answer else {
                Issue.record("\(answer)")
                continue
            }
            #expect(error.reason.contains("refused"))
        }
    }

    @Test("closing lets what is in flight finish, and nothing more be asked")
    func close() throws {
        let server = try ServerThread()
        var answers: [Answer] = []
        var isClosed = false
        try withLoop { loop in
            let client = try HTTPClient.open(server.configuration { _ in }, on: loop)
            client.get("/health") { _ in
                client.get("/delay/0.2") { answers.append($0) }
                client.close { isClosed = true }
                client.close()
                #expect(!isClosed)
                client.get("/health") { answers.append($0) }
            }
        }
        _ = server.stop()
        #expect(isClosed)
        #expect(answers.map(\.error) == [.clientClosed, nil])
    }

    @Test("what cannot be sent is refused at once", arguments: [
        HTTPRequest("GE T", "/"), HTTPRequest("GET", "nowhere"), HTTPRequest("GET", "/a b"), HTTPRequest("GET", "/\r\nx: y"),
        HTTPRequest("GET", "/", headers: [("X-Upper", "a")]), HTTPRequest("GET", "/", headers: [("x", "a\r\nb: c")]),
        HTTPRequest("GET", "/", headers: [("content-length", "7")]), HTTPRequest("", "/"),
    ])
    func invalid(request: HTTPRequest) throws {
        let server = try ServerThread()
        var answer: Answer?
        try withLoop { loop in
            let client = try HTTPClient.open(server.configuration { _ in }, on: loop)
            client.send(request) { answer = $0 }
            client.close()
        }
        _ = server.stop()
        guard case .failure(.invalidRequest) = answer else { return #expect(Bool(false), "\(String(describing: answer))") }
    }

    @Test("an idle connection that the server closes is made again when somebody asks")
    func reconnects() throws {
        let server = try ServerThread { $0.idleTimeoutNanoseconds = 100_000_000 }
        var statuses: [Int?] = []
        // A timer does not keep its target.
        var later: Later?
        try withLoop { loop in
            let client = try HTTPClient.open(server.configuration { _ in }, on: loop)
            let timer = Timer(loop: loop)
            later = Later(timer) {
                client.get("/health") { answer in
                    statuses.append(try? answer.get().status)
                    client.close()
                    timer.close()
                }
            }
            client.get("/health") { answer in
                statuses.append(try? answer.get().status)
                // Longer than the server waits for us.
                later?.start(seconds: 1)
            }
        }
        let served = server.stop()
        #expect(later != nil)
        #expect(statuses == [200, 200])
        #expect(served?.acceptedConnections == 2)
    }

    private final class Later: TimerTarget {
        private let timer: Timer
        private let act: () -> Void

        init(_ timer: Timer, _ act: @escaping () -> Void) {
            self.timer = timer
            self.act = act
        }

        func start(seconds: Double) {
            timer.target = self
            timer.setDeadline(nanoseconds: EventLoop.monotonicNanoseconds() + UInt64(seconds * 1e9))
        }

        func timerDidFire(_ timer: Timer) { act() }
    }
}

@Suite("A peer that misbehaves, as the API sees it", .serialized)
struct HTTPClientPeerTests {
    private func ask(
        count: Int = 1, _ serve: @escaping @Sendable (PeerConnection, Int) -> Void
    ) throws -> [Answer] {
        let peer = RawPeer(serve)
        defer { peer.stop() }
        var configuration = ClientConfiguration(
            address: try #require(SocketAddress(host: "127.0.0.1", port: peer.port)), authority: "peer")
        configuration.requestTimeoutNanoseconds = 5_000_000_000
        var answers: [Answer] = []
        try withLoop { loop in
            let client = try HTTPClient.open(configuration, on: loop)
            for _ in 0..<count {
                client.get("/") { answer in
                    answers.append(answer)
                    if answers.count == count { client.close(withinNanoseconds: 100_000_000) }
                }
            }
        }
        return answers
    }

    @Test("resets the stream")
    func reset() throws {
        let answers = try ask { peer, _ in
            peer.greet()
            if let stream = peer.request() { peer.send(PeerConnection.reset, stream: stream, PeerConnection.number(2, bytes: 4)) }
            peer.waitForEnd()
        }
        #expect(answers.map(\.error) == [.reset])
    }

    @Test("closes the connection")
    func closes() throws {
        let answers = try ask { peer, _ in
            peer.greet()
            _ = peer.request()
        }
        #expect(answers.map(\.error) == [.connectionClosed])
    }

    @Test("says GOAWAY before it has looked at the request")
    func goaway() throws {
        let answers = try ask { peer, _ in
            peer.greet()
            _ = peer.request()
            peer.send(PeerConnection.goaway, PeerConnection.number(0, bytes: 4) + PeerConnection.number(0, bytes: 4))
            peer.waitForEnd()
        }
        #expect(answers.map(\.error) == [.notProcessed])
    }

    @Test("breaks the protocol")
    func protocolError() throws {
        let answers = try ask { peer, _ in
            peer.greet()
            if let stream = peer.request() {
                peer.send(PeerConnection.headers, flags: PeerConnection.endHeaders, stream: stream, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
            }
            peer.waitForEnd()
        }
        #expect(answers.map(\.error) == [.protocolViolation])
    }
}

extension Result {
    /// The failure, if it is one.
    var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
