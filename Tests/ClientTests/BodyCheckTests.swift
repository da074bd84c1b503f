import Client
import Foundation
import Load
import Loop
import Measurements
import Server
import Testing
import TestSupport

@Suite("Checked bodies", .waiting)
struct BodyCheckTests {
    /// What the peer does to the answer with this number.
    enum Fault: CaseIterable, Sendable {
        case none, flip, swap, lateSwap, short, reset, long, otherLength, status
    }

    /// A server of predictable bodies that breaks some answers, each in one way.
    private func run(
        _ faults: [Fault], byteCount: Int, streams: Int, pieces: [Int] = [], requestTimeoutMilliseconds: UInt64 = 5_000
    ) throws -> LoadRun {
        let peer = try RawListener { peer, _ in
            try peer.greet()
            // With one connection the n-th request has stream 2n + 1, and seed n.
            while let stream = try peer.nextRequest() {
                let number = Int(stream / 2)
                if number < faults.count { try answer(faults[number], number, byteCount, pieces, peer) }
            }
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.paths = ["/bytes/\(byteCount)"]
        configuration.checkedTargets = [CheckedTarget(head: "/bytes/\(byteCount)?seed=", byteCount: byteCount)]
        configuration.requests = faults.count
        configuration.streams = streams
        configuration.windowByteCount = 1 << 24
        configuration.options.requestTimeout = .milliseconds(requestTimeoutMilliseconds)
        return try LoadRun(configuration)
    }

    @Test("every fault of a peer is found, counted once and told from the others", arguments: [8, 24, 1_000, 40_000])
    func faults(byteCount: Int) throws {
        var random = Random(seed: UInt64(byteCount))
        let faults = (0..<360).map { _ in Fault.allCases.randomElement(using: &random) ?? .none }
        let pieces = (0..<50).map { _ in Int.random(in: 1...max(2, byteCount / 3), using: &random) }
        let run = try run(faults, byteCount: byteCount, streams: 7, pieces: pieces)
        expectSums(run, requests: 360)
        func count(_ some: Fault...) -> UInt64 { UInt64(faults.filter { some.contains($0) }.count) }
        let bodies = run.total.bodies
        #expect(bodies.checked == 360)
        #expect(bodies.corrupted == count(.flip))
        #expect(bodies.swapped == count(.swap, .lateSwap))
        #expect(bodies.truncated == count(.short, .reset))
        #expect(bodies.wrongLength == count(.long, .otherLength))
        #expect(bodies.wrongStatus == count(.status))
        #expect(bodies.wrong == 360 - count(.none))
        #expect(run.total.bodyViolations.count == 8)
    }

    @Test("an answer that is wrong is kept as evidence")
    func evidence() throws {
        let run = try run([.none, .flip, .swap, .short], byteCount: 64, streams: 1)
        try #require(run.total.bodyViolations.count == 3)
        let (flip, swap, short) = (run.total.bodyViolations[0], run.total.bodyViolations[1], run.total.bodyViolations[2])
        let right = patternBytes(64, seed: 1)
        #expect(flip.kind == .corrupted && flip.target == "/bytes/64?seed=1" && flip.offset == 33 && flip.otherSeed == nil)
        #expect(flip.expected == Array(right[33..<49]))
        #expect(flip.found == [right[33] ^ 4] + Array(right[34..<49]))
        #expect(flip.connection == 0 && flip.stream == 3 && flip.status == 200)
        #expect(swap.kind == .swapped && swap.otherSeed == 1_002 && swap.offset == 0)
        #expect(swap.found == Array(patternBytes(16, seed: 1_002)) && swap.expected == Array(patternBytes(16, seed: 2)))
        #expect(short.kind == .truncated && short.receivedByteCount == 63 && short.expectedByteCount == 64 && short.offset == nil)
        #expect(short.sentence == "wrong body: /bytes/64?seed=3: truncated at 63 of 64 (connection 0, stream 7)")
        #expect(swap.finding == "out of order: seed 2 got the body of seed 1002")
        #expect(flip.finding.hasPrefix("corrupted at 33 of 64: expected "))
    }

    @Test("an answer whose body is wrong is a failed request, under one reason, and has not succeeded")
    func failed() throws {
        let run = try run([.none, .flip, .swap, .short, .status], byteCount: 64, streams: 1)
        #expect(run.total.requests.succeeded == 1 && run.total.requests.failed == 4 && run.total.requests.errored == 0)
        #expect(run.total.statuses.success == 4)
        #expect(run.total.failures.map(\.reason) == [
            "wrong body: bytes that belong to no request", "wrong body: the bytes of another request's", "wrong body: truncated", "status 500",
        ])
        #expect(run.total.failures[2].example == "GET /bytes/64?seed=3, request 4 of the run: truncated at 63 of 64")
    }

    @Test("what is wrong is counted when it comes, not at the end of the answer, and once")
    func early() throws {
        let peer = try RawListener { peer, _ in
            try peer.greet()
            guard let stream = try peer.nextRequest() else { return }
            try answerHead(stream, 1_000, peer)
            try peer.send(.data(stream, Array(patternBytes(500, seed: 7)), ends: false))
            try peer.waitForEnd()
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.paths = ["/bytes/1000"]
        configuration.checkedTargets = [CheckedTarget(head: "/bytes/1000?seed=", byteCount: 1_000)]
        configuration.requests = 1
        configuration.options.requestTimeout = .milliseconds(300)
        let run = try LoadRun(configuration)
        expectSums(run, requests: 1)
        #expect(run.total.bodies.swapped == 1 && run.total.bodies.checked == 1 && run.total.requests.timedOut == 1)
        #expect(run.total.failures.map(\.reason) == ["wrong body: the bytes of another request's"])
    }

    @Test("bytes of no body, or too few to tell, are corrupted")
    func nobodys() throws {
        let run = try run([.swap, .flip], byteCount: 5, streams: 1)
        #expect(run.total.bodies.corrupted == 2 && run.total.bodies.checked == 2)
    }

    @Test("an answer that never comes is an error and no wrong body")
    func silence() throws {
        let peer = try RawListener { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() {
                // Right as far as it goes; the client does not wait for the rest.
                if stream > 1 { try answerHead(stream, 100, peer) }
            }
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.checkedTargets = [CheckedTarget(head: "/bytes/100?seed=", byteCount: 100)]
        configuration.requests = 4
        configuration.options.requestTimeout = .milliseconds(100)
        let run = try LoadRun(configuration)
        #expect(run.total.requests.timedOut == 4)
        #expect(run.total.bodies == BodyCheckCounts())
    }

    @Test("our own server's are right, whole and in parts, from many loops' worth of seeds")
    func ourServer() throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.paths = ["/bytes/10000", "/health", "/stream-bytes/100000?chunk_size=777", "/bytes/1?seed=9&x=1"]
            $0.checkedTargets = [
                CheckedTarget(head: "/bytes/10000?seed=", byteCount: 10_000), nil,
                CheckedTarget(head: "/stream-bytes/100000?chunk_size=777&seed=", byteCount: 100_000),
                CheckedTarget(head: "/bytes/1?seed=", tail: "&x=1", byteCount: 1, seed: 9),
            ]
            $0.firstNumber = .max - 1_000
            $0.share = RunShare(0, of: 3)
            $0.requests = 400
            $0.streams = 9
        })
        _ = server.stop()
        expectSums(run, requests: 400)
        #expect(run.total.bodies.checked == 300)
        #expect(run.total.bodies.wrong == 0, "\(run.total.bodyViolations)")
    }
}

private func answerHead(_ stream: UInt32, _ length: Int, status: UInt8 = 0x88, _ peer: RawSocket) throws {
    // :status from the static table; content-length, literal and not indexed (RFC 7541, 6.2.2).
    let digits = Array(String(length).utf8)
    try peer.answer(stream, head: [status, 0x0F, 0x0D, UInt8(digits.count)] + digits, ends: false)
}

private func answer(_ fault: BodyCheckTests.Fault, _ number: Int, _ byteCount: Int, _ pieces: [Int], _ peer: RawSocket) throws {
    let stream = UInt32(number * 2 + 1)
    let seed = UInt64(number)
    var body = patternBytes(byteCount, seed: seed)
    var announced = byteCount
    var isReset = false
    var status: UInt8 = 0x88
    switch fault {
    case .none: break
    case .flip: body[byteCount > 33 ? 33 : number % byteCount] ^= 4
    case .swap: body = patternBytes(byteCount, seed: seed + 1_000)
    // The arena under an answer became another's while it was sent.
    case .lateSwap:
        let middle = byteCount / 2 - byteCount / 2 % 8
        body.replaceSubrange(middle..., with: patternBytes(byteCount, seed: seed + 1_000)[middle...])
    case .short: body.removeLast()
    case .reset:
        body.removeLast(byteCount / 2)
        isReset = true
    case .long: body.append(0)
    case .otherLength:
        body.append(1)
        announced += 1
    // 500 is number 14 of the static table.
    case .status: status = 0x8E
    }
    try answerHead(stream, announced, status: status, peer)
    var start = 0
    var piece = number
    while start < body.count {
        let end = min(body.count, start + min(pieces.isEmpty ? 16_384 : pieces[piece % pieces.count], 16_384))
        let isLast = end == body.count && !isReset
        try peer.send(.data(stream, Array(body[start..<end]), ends: isLast))
        start = end
        piece += 1
    }
    if isReset { try peer.send(.reset(stream, 2)) }
}
