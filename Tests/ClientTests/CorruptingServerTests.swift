import Client
import Foundation
import Load
import Loop
import Measurements
import Testing
import TestSupport

/// A small HTTP/1.1 server of predictable bodies that now and then does what a server with a
/// memory bug does, and counts how often.
private final class CorruptingServer: @unchecked Sendable {
    private let lock = NSLock()
    private var counts: [String: Int] = [:]
    private var peer: RawListener?

    var port: Int { peer?.port ?? 0 }

    /// - Parameter faultEvery: one in so many answers is wrong.
    init(faultEvery: UInt64) throws {
        // Connections have threads of their own, which may outlive the test. The listener lets go of this when it stops.
        peer = try RawListener { [self] connection, _ in
            while let (seed, count) = try request(connection) {
                var body = patternBytes(count, seed: seed)
                switch seed % faultEvery == 0 ? seed / faultEvery % 4 : 4 {
                case 0:
                    body[Int(seed) % count] ^= 0x40
                    try answer(body, count, connection)
                    note("flipped")
                case 1:
                    try answer(Array(body.dropLast(count / 3 + 1)), count, connection)
                    note("truncated")
                    // With requests unread, closing would be RST, which takes back what was sent.
                    connection.finishSending()
                    try connection.waitForEnd()
                    return
                case 2:
                    // Whose answer is whose? Without a second request there is nothing to confuse.
                    guard !connection.isSilent(milliseconds: 100), let (otherSeed, otherCount) = try request(connection) else {
                        return try answer(body, count, connection)
                    }
                    try answer(patternBytes(count, seed: otherSeed), count, connection)
                    try answer(patternBytes(otherCount, seed: seed), otherCount, connection)
                    note("swapped", 2)
                case 3:
                    try answer(body + [0], count + 1, connection)
                    note("lengthened")
                default: try answer(body, count, connection)
                }
            }
        }
    }

    func stop() { peer?.stop() }

    subscript(name: String) -> UInt64 { lock.withLock { UInt64(counts[name] ?? 0) } }

    private func note(_ name: String, _ count: Int = 1) { lock.withLock { counts[name, default: 0] += count } }

    /// The next request's seed and size; nil when there is none.
    private func request(_ connection: RawSocket) throws -> (UInt64, Int)? {
        // "GET /bytes/64?seed=7 HTTP/1.1"
        guard let line = try connection.receiveHead()?.first else { return nil }
        let numbers = line.split { !$0.isNumber }
        guard numbers.count >= 2, let count = Int(numbers[0]), let seed = UInt64(numbers[1]) else { return nil }
        return (seed, count)
    }

    private func answer(_ body: [UInt8], _ length: Int, _ connection: RawSocket) throws {
        try connection.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n".utf8) + body)
    }
}

@Suite("A server that corrupts answers over HTTP/1.1", .waiting)
struct CorruptingServerTests {
    @Test("has each of them found and counted, with many connections and pipelining", arguments: [64, 20_000])
    func exact(byteCount: Int) throws {
        let server = try CorruptingServer(faultEvery: 5)
        defer { server.stop() }
        var configuration = ClientConfiguration(port: server.port)
        configuration.httpVersion = .http1
        configuration.paths = ["/bytes/\(byteCount)"]
        configuration.checkedTargets = [CheckedTarget(head: "/bytes/\(byteCount)?seed=", byteCount: byteCount)]
        configuration.requests = 1_000
        configuration.connections = 20
        configuration.streams = 6
        configuration.options.requestTimeout = .seconds(10)
        let run = try LoadRun(configuration)
        expectSums(run, requests: 1_000)
        let bodies = run.total.bodies
        #expect(bodies.corrupted == server["flipped"] && bodies.corrupted > 10)
        #expect(bodies.swapped == server["swapped"] && bodies.swapped > 10)
        #expect(bodies.truncated == server["truncated"] && bodies.truncated > 10)
        #expect(bodies.wrongLength == server["lengthened"] && bodies.wrongLength > 10)
        #expect(bodies.wrongStatus == 0)
        // Requests behind a truncated answer got none.
        #expect(bodies.checked == run.total.requests.done - run.total.errors.closed + bodies.truncated)
    }

    @Test("an answer cut short, with the next one behind it on the same connection, is truncated where that begins")
    func nextResponse() throws {
        let peer = try RawListener { peer, _ in
            guard try peer.receiveHead() != nil, try peer.receiveHead() != nil else { return }
            func head(_ length: Int) -> [UInt8] { Array("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n".utf8) }
            try peer.send(head(1_000) + patternBytes(1_000, seed: 0).prefix(400) + head(1_000) + patternBytes(1_000, seed: 1))
            try peer.waitForEnd()
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http1
        configuration.paths = ["/bytes/1000"]
        configuration.checkedTargets = [CheckedTarget(head: "/bytes/1000?seed=", byteCount: 1_000)]
        configuration.requests = 2
        configuration.streams = 2
        configuration.options.requestTimeout = .milliseconds(300)
        let run = try LoadRun(configuration)
        expectSums(run, requests: 2)
        #expect(run.total.bodies.truncated == 1 && run.total.bodies.corrupted == 0)
        #expect(run.total.bodyViolations.first?.finding == "truncated at 400 of 1000: the next response begins there")
    }
}
