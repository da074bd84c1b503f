import Client
import Foundation
import Load
import Loop
import Measurements
import TestSupport
import Testing
import TLS

@Suite("A peer that misbehaves ends each request with a cause", .waiting)
struct MisbehavingPeerTests {
    private func run(
        overTLS: Bool = false, _ requests: Int, streams: Int = 1, timeoutMilliseconds: UInt64 = 5_000, body: [UInt8] = [], seconds: Double = 20,
        _ serve: @escaping @Sendable (RawSocket, Int) throws -> Void
    ) throws -> LoadRun {
        let world = overTLS ? try TestWorld() : nil
        let peer = try RawListener(tls: world?.server, serve)
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.tls = try world?.client()
        configuration.requests = requests
        configuration.streams = streams
        configuration.body = body
        configuration.options.requestTimeout = .milliseconds(timeoutMilliseconds)
        configuration.options.connectTimeout = .milliseconds(300)
        let run = try LoadRun(configuration, seconds: seconds)
        expectSums(run, requests: requests)
        return run
    }

    @Test("never answers: timeout", arguments: [false, true])
    func silent(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 4, streams: 2, timeoutMilliseconds: 100) { peer, _ in
            try peer.greet()
            try peer.waitForEnd()
        }
        #expect(run.total.errors.timeout == 4)
    }

    @Test("never says a word: not connected, and soon over", arguments: [false, true])
    func mute(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 4) { peer, _ in try peer.waitForEnd() }
        #expect(run.total.errors.connect == 4)
        #expect(run.total.connectionCounts.opened == 0)
        #expect(run.isDone)
    }

    @Test("speaks HTTP/1.1: not connected where HTTP/2 is insisted on, else HTTP/1.1 is spoken, with a word", arguments: [true, false])
    func otherProtocol(insists: Bool) throws {
        let peer = try RawListener { peer, _ in
            while let head = try peer.receiveHead() {
                try peer.send("HTTP/1.1 \(head[0].hasPrefix("PRI ") ? 400 : 200) X\r\nContent-Length: 0\r\n\r\n")
            }
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = insists ? .http2 : .negotiated
        configuration.requests = 4
        configuration.connections = 2
        let run = try LoadRun(configuration)
        expectSums(run, requests: 4)
        #expect(run.total.errors.connect == (insists ? 4 : 0))
        #expect(run.total.statuses.success == (insists ? 0 : 4))
        #expect(run.total.connectionCounts.failed == 0 || insists)
        #expect(run.events.map(\.text).contains { $0.contains("HTTP/1.1 is spoken") } == !insists)
    }

    @Test("answers HTTP/2 in the clear with an alert of TLS: not connected, and named")
    func speaksTLS() throws {
        let run = try run(1) { peer, _ in
            _ = try peer.receive(byteCount: 24)
            try peer.sendRaw([21, 3, 1, 0, 2, 2, 70])
        }
        #expect(run.total.errors.connect == 1)
        #expect(run.connectError == .speaksTLS)
    }

    @Test("closes at once: attempts with pauses, not a loop", arguments: [false, true])
    func closesAtOnce(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 4) { _, _ in }
        #expect(run.total.errors.connect == 4)
        #expect(run.total.connectionCounts.failed == 5)
    }

    @Test("GOAWAY with a lower last stream: those above it are sent again on the next connection, the others are answered", arguments: [false, true])
    func goaway(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 8, streams: 4) { peer, number in
            try peer.greet()
            guard number == 0 else { return try peer.answerAll() }
            for _ in 0..<4 { _ = try peer.nextRequest() }
            try peer.send(Frame(kind: .goaway, payload: bigEndian(3) + bigEndian(0)))
            try peer.answer(1)
            usleep(20_000)
            try peer.answer(3)
            try peer.waitForEnd()
        }
        #expect(run.total.requests.resent == 2)
        #expect(run.total.requests.succeeded == 8)
        #expect(run.total.connectionCounts.reconnects == 1)
    }

    @Test("resets every third stream: reset", arguments: [false, true])
    func resets(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 30, streams: 5) { peer, _ in
            try peer.greet()
            var count = 0
            while let stream = try peer.nextRequest() {
                count += 1
                // PROTOCOL_ERROR as the peer's word on us is still a reset.
                if count % 3 == 0 {
                    try peer.send(.reset(stream, count % 2 == 0 ? 1 : 2))
                } else {
                    try peer.answer(stream)
                }
            }
        }
        #expect(run.total.errors.reset == 10)
        #expect(run.total.requests.succeeded == 20)
    }

    @Test("closes in the middle of a body: closed", arguments: [false, true])
    func closesMidBody(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 6, streams: 2) { peer, _ in
            try peer.greet()
            if let stream = try peer.nextRequest() { try peer.answer(stream) }
            guard let stream = try peer.nextRequest() else { return }
            try peer.answer(stream, ends: false)
            try peer.send(.data(stream, [1, 2, 3], ends: false))
        }
        #expect(run.total.errors.closed >= 2)
        #expect(run.total.errors.closed + run.total.requests.succeeded == 6)
    }

    @Test("takes no streams, then a hundred: nothing is sent before, all is answered after", arguments: [false, true])
    func noStreamsAtFirst(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 10, streams: 5) { peer, _ in
            try peer.greet([(3, 0)])
            usleep(150_000)
            try peer.send(.settings([(3, 100)]))
            try peer.answerAll()
        }
        #expect(run.total.requests.succeeded == 10)
        // Sent after the wait, so the wait is in none of them.
        #expect((run.total.serviceTime.valuesAtPercentiles([100])[0] ?? .max) < 100_000_000)
    }

    @Test("takes no streams any more in the middle, then ten again: all is answered", arguments: [false, true])
    func noStreamsForAWhile(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 40, streams: 5) { peer, _ in
            try peer.greet([(3, 10)])
            var count = 0
            while let stream = try peer.nextRequest() {
                count += 1
                if count == 10 { try peer.send(.settings([(3, 0)])) }
                try peer.answer(stream)
                guard count == 10 else { continue }
                // Those on their way when the word reached the client are still answered.
                while !peer.isSilent(milliseconds: 100), let late = try peer.frame() {
                    guard late.kind == .headers else { continue }
                    count += 1
                    try peer.answer(late.stream)
                }
                try peer.send(.settings([(3, 10)]))
            }
        }
        #expect(run.total.requests.succeeded == 40)
        #expect(run.total.connectionCounts.reconnects == 0)
    }

    @Test("closes TLS without close_notify in the middle of an answer: closed, whatever has come of it", arguments: [true, false])
    func truncation(saysIt: Bool) throws {
        let world = try TestWorld()
        let peer = try RawListener(tls: world.server) { peer, _ in
            guard try peer.receiveHead() != nil else { return }
            // An answer that only the end of the connection ends.
            try peer.send("HTTP/1.1 200 OK\r\n\r\nall of it, or a part?")
            if saysIt { try peer.sendCloseNotify() }
        }
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.tls = try world.client()
        configuration.httpVersion = .http1
        configuration.requests = 3
        let run = try LoadRun(configuration)
        expectSums(run, requests: 3)
        #expect(run.total.requests.succeeded == (saysIt ? 3 : 0))
        #expect(run.total.errors.closed == (saysIt ? 0 : 3))
    }

    @Test("grants one byte at a time: the upload arrives whole", arguments: [false, true])
    func tinyWindows(overTLS: Bool) throws {
        let body = Array("twelve bytes".utf8)
        let run = try run(overTLS: overTLS, 2, body: body) { peer, _ in
            try peer.greet([(4, 1)])
            var received = 0
            while let frame = try peer.frame() {
                guard frame.kind == .data else { continue }
                received += frame.payload.count
                if frame.payload.count > 1 { return }
                if frame.endsStream {
                    if received == 12 { try peer.answer(frame.stream) }
                    received = 0
                } else {
                    try peer.send(.windowUpdate(frame.stream, 1))
                }
            }
        }
        #expect(run.total.requests.succeeded == 2)
    }

    @Test("sends headers that are no HPACK: protocol error", arguments: [false, true])
    func malformedHeaders(overTLS: Bool) throws {
        let run = try run(overTLS: overTLS, 3) { peer, _ in
            try peer.greet()
            guard let stream = try peer.nextRequest() else { return }
            try peer.answer(stream, head: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], ends: false)
            try peer.waitForEnd()
        }
        #expect(run.total.errors.protocolError == 3)
    }

    @Test("sends a head in many frames: all its bytes are counted")
    func hugeHead() throws {
        let run = try run(1) { peer, _ in
            try peer.greet()
            guard let stream = try peer.nextRequest() else { return }
            // ":status: 200", then a literal field of 20 000 bytes, never indexed (RFC 7541, 6.2.3).
            let value = [UInt8](repeating: 97, count: 20_000)
            // 20 000 = 127 + 19 873, in groups of seven bits.
            let block: [UInt8] = [0x88, 0x10, 1, 120, 0x7F, 0xA1, 0x9B, 0x01] + value
            try peer.send(Frame(kind: .headers, flags: Frame.endStream, stream: stream, payload: Array(block[..<9_000])))
            try peer.send(Frame(kind: .continuation, stream: stream, payload: Array(block[9_000..<18_000])))
            try peer.send(Frame(kind: .continuation, flags: Frame.endHeaders, stream: stream, payload: Array(block[18_000...])))
            try peer.waitForEnd()
        }
        #expect(run.total.requests.succeeded == 1)
        #expect(run.total.responseBytes.header == 20_008)
        #expect(run.total.responseBytes.decodedHeader == 10 + 1 + 20_000)
    }

    @Test("answers with an invalid status: protocol error", arguments: ["099", "abc", "20", "2000", "100", "-20"])
    func status(_ text: String) throws {
        let run = try run(2) { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() {
                // A literal :status by the static table's name 8 (RFC 7541, A).
                try peer.answer(stream, head: [0x08, UInt8(text.utf8.count)] + Array(text.utf8))
            }
        }
        #expect(run.total.errors.protocolError == 2)
        #expect(run.total.connectionCounts.reconnects == 0)
    }
}
