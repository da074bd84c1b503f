import Client
import Foundation
import Load
import Loop
import Measurements
import Synchronization
import TestSupport
import Testing

@Suite("An answer that comes before the request's body is out", .waiting)
struct EarlyAnswerTests {
    private func run(_ http: ClientConfiguration.HTTPVersion, requests: Int, template: Bool = false, _ serve: @escaping @Sendable (RawSocket, Int) throws -> Void) throws -> LoadRun {
        let peer = try RawListener(serve)
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = http
        configuration.kinds[0].method = "POST"
        configuration.kinds[0].body = template ? .text(String(repeating: "x", count: 4 << 20) + "{{random.hex 8}}") : .size((4 << 20) + 8)
        configuration.requests = requests
        let run = try LoadRun(configuration)
        expectSums(run, requests: requests)
        #expect(run.total.requests.succeeded == UInt64(requests))
        return run
    }

    @Test("over HTTP/2 ends the request, and the connection is as good as before", arguments: [false, true])
    func reset(template: Bool) throws {
        // The window is never opened again: a client that goes on sending waits for ever.
        let run = try run(.http2, requests: 5, template: template) { peer, _ in
            try peer.greet()
            while let stream = try peer.nextRequest() {
                try peer.answer(stream)
                try peer.send(.reset(stream, 0))
            }
        }
        #expect(run.total.connectionCounts.opened == 1)
        #expect(run.total.errors.reset == 0)
    }

    @Test("over HTTP/2 that wants the body nevertheless gets it, and then the next request, without another word")
    func readOn() throws {
        let byteCount = Mutex(0)
        let run = try run(.http2, requests: 5) { peer, _ in
            try peer.greet([(4, 1 << 24)])
            try peer.send(.windowUpdate(0, 1 << 30))
            while let frame = try peer.frame() {
                if frame.kind == .headers { try peer.answer(frame.stream) }
                if frame.kind == .data { byteCount.withLock { $0 += frame.payload.count } }
            }
        }
        // The last one is not waited for: its answer is there.
        #expect(byteCount.withLock { $0 } >= 4 * ((4 << 20) + 8))
        #expect(run.total.connectionCounts.opened == 1)
    }

    @Test("over HTTP/1.1 lets the body go on, and the next request begins behind it", arguments: [false, true])
    func goesOn(template: Bool) throws {
        let byteCount = Mutex(0)
        let run = try run(.http1, requests: 4, template: template) { peer, _ in
            while try peer.receiveHead() != nil {
                try peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                guard let body = try peer.receive(byteCount: (4 << 20) + 8) else { return }
                byteCount.withLock { $0 += body.count }
            }
        }
        // Bytes that are unsent when the last answer has come are dropped with its connection.
        #expect(byteCount.withLock { $0 } >= 3 * ((4 << 20) + 8))
        #expect(run.total.connectionCounts.opened == 1)
    }

    @Test("over HTTP/1.1 that says 'connection: close' stops it, and the next request has another connection", arguments: [false, true])
    func closes(template: Bool) throws {
        let run = try run(.http1, requests: 3, template: template) { peer, _ in
            guard try peer.receiveHead() != nil else { return }
            try peer.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            peer.finishSending()
            try peer.waitForEnd()
        }
        #expect(run.total.connectionCounts.opened == 3)
    }

    @Test("of our own server leaves nothing behind, over either protocol", arguments: [
        (http1: true, path: "/early"), (true, "/early/stop"), (false, "/early"), (false, "/early/stop"),
    ])
    func ownServer(_ way: (http1: Bool, path: String)) throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.httpVersion = way.http1 ? .http1 : .http2
            $0.paths = [way.path]
            $0.method = "PUT"
            $0.kinds[0].body = .size(500_000)
            $0.requests = 100
            $0.connections = 4
            $0.streams = way.http1 ? 1 : 4
        })
        let served = try #require(server.stop())
        expectSums(run, requests: 100)
        #expect(run.total.requests.succeeded == 100)
        #expect(served.requests.answeredEarly == 100 && served.requests.completed == 100)
        #expect(served.arena.inUse == 0 && served.protocolErrors == 0)
        // The others have connected again by then.
        let connections: ClosedRange<UInt64> = way == (true, "/early/stop") ? 100...104 : 4...4
        #expect(connections.contains(run.total.connectionCounts.opened))
    }
}
