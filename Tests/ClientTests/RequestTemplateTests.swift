import Client
import Foundation
import Load
import Loop
import Measurements
import Memory
import Synchronization
import TestSupport
import Testing

@Suite("Requests with templates", .waiting)
struct RequestTemplateTests {
    private func run(
        http1: Bool, requests: Int, kinds: [RequestKind], connections: Int = 1, streams: Int = 1, seed: UInt64 = 1, loop: UInt64 = 0,
        of loops: UInt64 = 1
    ) throws -> [RequestPeer.Request] {
        let peer = try RequestPeer(http1: http1)
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = http1 ? .http1 : .http2
        configuration.kinds = kinds
        configuration.requests = requests
        configuration.connections = connections
        configuration.streams = streams
        configuration.seed = seed
        configuration.share = RunShare(Int(loop), of: Int(loops))
        let run = try LoadRun(configuration)
        expectSums(run, requests: requests)
        #expect(run.total.requests.succeeded == UInt64(requests))
        return peer.requests
    }

    private var kind: RequestKind {
        var kind = RequestKind("/a/{{seq}}?i={{random.int -9 9}}&c={{random.choice x yz}}")
        kind.method = "POST"
        kind.headers = [
            HeaderField(name: "x-id", value: "{{random.uuid}}"), HeaderField(name: "x-fixed", value: "as it is"),
            HeaderField(name: "x-token", value: "a-{{random.hex 20}}-{{random.string 12}}"),
        ]
        kind.body = .text(#"{"id":{{seq}},"all":{{random.int -9223372036854775808 9223372036854775807}}}"#)
        return kind
    }

    @Test("bring each its own values, in path, headers and body, whatever HPACK has seen", arguments: [true, false])
    func values(http1: Bool) throws {
        let requests = try run(http1: http1, requests: 600, kinds: [kind], connections: 3, streams: 8)
        #expect(requests.count == 600)
        var numbers: Set<Int> = []
        for request in requests {
            let path = try #require(request.path.wholeMatch(of: /\/a\/(\d+)\?i=(-?\d)&c=(x|yz)/))
            numbers.insert(try #require(Int(path.1)))
            #expect(request.fields[":method"] == "POST" && request.fields["x-fixed"] == "as it is")
            #expect(request.fields["x-id"]?.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
            #expect(request.fields["x-token"]?.wholeMatch(of: /a-[0-9a-f]{20}-[0-9A-Za-z]{12}/) != nil)
            #expect(request.fields["content-length"] == "\(request.body.count)")
            let body = try #require(request.text.wholeMatch(of: /\{"id":(\d+),"all":(-?\d+)\}/))
            #expect(body.1 == path.1 && Int(body.2) != nil)
        }
        #expect(numbers == Set(1...600))
        #expect(Set(requests.map { $0.fields["x-id"] ?? "" }).count == 600)
        #expect(Set(requests.compactMap { $0.path.wholeMatch(of: /.*i=(-?\d)&.*/)?.1 }).count == 19)
        #expect(requests.contains { $0.path.hasSuffix("c=x") } && requests.contains { $0.path.hasSuffix("c=yz") })
    }

    @Test("are the same again with the same seed, over either protocol, and others with another")
    func seeds() throws {
        func asked(_ requests: [RequestPeer.Request]) -> [String] {
            requests.map { "\($0.path) \($0.fields["x-id"] ?? "") \($0.fields["x-token"] ?? "") \($0.text)" }.sorted()
        }
        let first = asked(try run(http1: false, requests: 50, kinds: [kind], connections: 2, streams: 4))
        #expect(asked(try run(http1: true, requests: 50, kinds: [kind])) == first)
        #expect(Set(asked(try run(http1: true, requests: 50, kinds: [kind], seed: 2))).isDisjoint(with: first))
        // Two loops of the same run share neither numbers nor values, and together ask for the same.
        let halves = try (0..<2).flatMap { asked(try run(http1: false, requests: 25, kinds: [kind], loop: $0, of: 2)) }
        #expect(halves.sorted() == first)
    }

    /// Whatever the plan: its number of requests, its seed and its connections are drawn.
    @Test("are those of the whole run, each once, when it runs in parts", arguments: 1...64)
    func parts(count: Int) throws {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...1_000_000, using: &random)
        let requests = Int.random(in: count...4 * count + 8, using: &random)
        let connections = Int.random(in: 1...2, using: &random), streams = Int.random(in: 1...3, using: &random)
        func asked(parts: Int) throws -> [String] {
            let peer = try RequestPeer(http1: count.isMultiple(of: 2))
            defer { peer.stop() }
            for part in 0..<parts {
                var configuration = ClientConfiguration(port: peer.port)
                configuration.httpVersion = count.isMultiple(of: 2) ? .http1 : .http2
                configuration.kinds = [kind]
                configuration.share = RunShare(part, of: parts)
                configuration.requests = configuration.share.count(among: requests)
                configuration.connections = connections
                configuration.streams = streams
                configuration.seed = seed
                _ = try LoadRun(configuration)
            }
            return peer.requests.map { "\($0.path) \($0.fields["x-id"] ?? "") \($0.fields["x-token"] ?? "") \($0.text)" }.sorted()
        }
        let whole = try asked(parts: 1)
        #expect(whole.count == requests)
        #expect(try asked(parts: count) == whole, "seed \(seed), \(requests) requests")
    }

    @Test("take turns by weight with those that have none", arguments: [true, false])
    func mixed(http1: Bool) throws {
        var put = RequestKind("/put")
        put.method = "PUT"
        put.weight = 2
        put.body = .size(100_000)
        var get = RequestKind("/get")
        get.headers = [HeaderField(name: "accept", value: "*/*")]
        let requests = try run(http1: http1, requests: 80, kinds: [kind, put, get], streams: 4)
        #expect(requests.count { $0.path.hasPrefix("/a/") } == 20)
        let expected = [UInt8](unsafeUninitializedCapacity: 100_000) { buffer, count in
            SeededBody(seed: 0).fill(UnsafeMutableRawBufferPointer(buffer), offset: 0)
            count = 100_000
        }
        let puts = requests.filter { $0.path == "/put" }
        #expect(puts.count == 40)
        for put in puts {
            let isRight = put.body == expected
            #expect(isRight && put.fields[":method"] == "PUT" && put.fields["x-fixed"] == nil)
        }
        let gets = requests.filter { $0.path == "/get" }
        #expect(gets.count == 20)
        for get in gets { #expect(get.body.isEmpty && get.fields["content-length"] == nil && get.fields["accept"] == "*/*") }
    }

    @Test("that are sent again are the same again")
    func retries() throws {
        let turnedAway = Mutex<Set<String>>([])
        let peer = try RequestPeer(http1: false) { request, _ in
            RequestPeer.Answer(status: turnedAway.withLock { $0.insert(request.path).inserted } ? 503 : 200)
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http2
        configuration.kinds = [kind]
        configuration.kinds[0].method = "PUT"
        configuration.requests = 5
        configuration.retries = .init(limit: 1, budget: 1)
        let run = try LoadRun(configuration)
        expectSums(run, requests: 5)
        let requests = peer.requests
        #expect(requests.count == 10)
        let byPath = Dictionary(grouping: requests, by: \.path)
        #expect(byPath.count == 5)
        for same in byPath.values { #expect(same.count == 2 && same.first == same.last) }
    }
}

@Suite("Answers that are compared with what is expected", .waiting)
struct ExpectationTests {
    private static let body = Array("123456789".utf8)

    private var expected: ExpectedAnswer {
        var expected = ExpectedAnswer()
        expected.statuses = [200...299]
        expected.headers = [HeaderField(name: "x-a", value: "1"), HeaderField(name: "content-type", value: "text/plain")]
        expected.bodyByteCount = 9
        expected.bodyChecksum = 0xCBF4_3926
        return expected
    }

    private func run(http1: Bool, _ kind: RequestKind, requests: Int, _ peer: RequestPeer) throws -> LoadRun {
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = http1 ? .http1 : .http2
        configuration.kinds = [kind]
        configuration.requests = requests
        configuration.streams = 4
        let run = try LoadRun(configuration)
        expectSums(run, requests: requests)
        return run
    }

    @Test("are counted by what was wrong first, and the first of them told", arguments: [true, false])
    func counts(http1: Bool) throws {
        let peer = try RequestPeer(http1: http1) { _, number in
            var answer = RequestPeer.Answer(status: 201, fields: [("x-a", "1"), ("content-type", "text/plain")], body: Self.body)
            switch number % 20 {
            case 3: answer.status = 404
            case 5: answer.fields[0].1 = "2"
            case 7, 8: answer.fields.removeLast()
            case 11: answer.body.removeLast()
            case 13: answer.body[4] ^= 1
            case 17: answer = RequestPeer.Answer(status: 500)
            default: break
            }
            return answer
        }
        var kind = RequestKind("/{{seq}}")
        kind.name = "kind"
        kind.expectation = expected
        let run = try run(http1: http1, kind, requests: 200, peer)
        let found = run.total.expectations
        #expect(found.checked == 200)
        #expect(found.status == 20 && found.header == 30 && found.length == 10 && found.checksum == 10)
        #expect(found.unexpected == 70)
        // An answer that is not the expected one is no success, each under one reason.
        #expect(run.total.requests.failed == 70)
        #expect(Set(run.total.failures.map(\.reason)) == [
            "status 404", "status 500", "not the expected answer: a header is not there, or has another value",
            "not the expected answer: a body of another length", "not the expected answer: a body of another checksum",
        ])
        let told = run.events.filter { $0.level == .error }.map(\.text)
        #expect(told.count == 8)
        for pattern in ["status 404, expected 2xx", "x-a: '2', expected '1'", "content-type: not there, expected 'text/plain'",
            "a body of 8 bytes, expected 9", "a body with CRC-32 ", ", expected cbf43926", "status 500, expected 2xx"] {
            #expect(told.contains { $0.hasPrefix("kind, GET /") && $0.contains(", request ") && $0.contains(pattern) }, "\(pattern): \(told)")
        }
    }

    @Test("without a body, to HEAD and with 204, are none the worse", arguments: [true, false])
    func noBody(http1: Bool) throws {
        var head = RequestKind("/")
        head.method = "HEAD"
        var expected = self.expected
        expected.bodyByteCount = nil
        expected.bodyChecksum = nil
        head.expectation = expected
        let heads = try run(http1: http1, head, requests: 20, RequestPeer(http1: http1) { _, _ in
            RequestPeer.Answer(fields: [(http1 ? "X-A" : "x-a", "1"), ("content-type", "text/plain")], body: http1 ? Self.body : [])
        })
        #expect(heads.total.expectations.checked == 20 && heads.total.expectations.unexpected == 0)
        var get = RequestKind("/")
        get.expectation = ExpectedAnswer()
        get.expectation?.statuses = [204...204]
        get.expectation?.bodyByteCount = 0
        get.expectation?.bodyChecksum = 0
        let server = try ServerThread()
        let empty = try LoadRun(server.configuration {
            $0.httpVersion = http1 ? .http1 : .http2
            $0.kinds = [get]
            $0.paths = ["/status/204"]
            $0.requests = 20
        })
        _ = server.stop()
        #expect(empty.total.expectations.checked == 20 && empty.total.expectations.unexpected == 0)
    }

    @Test("are whole with our own server: status, fields and body, whatever the status says", arguments: [true, false])
    func ownServer(http1: Bool) throws {
        func kind(_ path: String, _ statuses: ClosedRange<Int>, type: String, body: [UInt8]? = nil) -> RequestKind {
            var kind = RequestKind(path)
            var expected = ExpectedAnswer()
            expected.statuses = [statuses]
            expected.headers = [HeaderField(name: "content-type", value: type)]
            if let body {
                var checksum = Checksum()
                body.withUnsafeBytes { checksum.add($0) }
                expected.bodyByteCount = body.count
                expected.bodyChecksum = checksum.value
            }
            kind.expectation = expected
            return kind
        }
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.httpVersion = http1 ? .http1 : .http2
            $0.kinds = [
                kind("/bytes/1000", 200...200, type: "application/octet-stream", body: patternBytes(1_000)),
                kind("/get?x=1", 200...200, type: "application/json"),
                kind("/post", 200...200, type: "application/json"),
                kind("/nowhere", 404...404, type: "text/plain; charset=utf-8"),
            ]
            $0.kinds[2].method = "POST"
            $0.kinds[2].body = .text("a body")
            $0.requests = 40
            $0.streams = 4
        })
        _ = server.stop()
        expectSums(run, requests: 40)
        #expect(run.total.expectations.checked == 40 && run.total.expectations.unexpected == 0, "\(run.events.map(\.text))")
        #expect(run.total.statuses.success == 30 && run.total.statuses.clientError == 10)
    }

    @Test("that never came whole are errors, and not compared")
    func broken() throws {
        let peer = try RawListener { connection, _ in
            if try connection.receiveHead() != nil { try connection.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123") }
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http1
        configuration.kinds[0].expectation = expected
        configuration.requests = 3
        let run = try LoadRun(configuration)
        expectSums(run, requests: 3)
        #expect(run.total.requests.errored == 3 && run.total.expectations.checked == 0)
    }
}
