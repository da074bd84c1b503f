import Client
import Foundation
import Load
import Loop
import Measurements
import TestSupport
import Testing

@Suite("Clients ask over HTTP/1.1", .waiting)
struct HTTP1Tests {
    @Test("a closed load of n requests does exactly n, however many are sent ahead", arguments: [
        (requests: 1, connections: 1, streams: 1), (100, 7, 1), (1000, 3, 10), (2500, 20, 100),
    ])
    func closedLoad(_ load: (requests: Int, connections: Int, streams: Int)) throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.httpVersion = .http1
            $0.paths = ["/bytes/1000", "/health", "/stream-bytes/3000"]
            $0.requests = load.requests
            $0.connections = load.connections
            $0.streams = load.streams
        })
        let served = server.stop()
        #expect(run.isDone)
        expectSums(run, requests: load.requests)
        #expect(run.total.requests.succeeded == UInt64(load.requests))
        #expect(served?.requests.completed == UInt64(load.requests))
        #expect(run.total.responseBytes.header > 0)
    }

    @Test("large bodies pass both ways")
    func bodies() throws {
        let server = try ServerThread()
        let up = try LoadRun(server.configuration {
            $0.httpVersion = .http1
            $0.paths = ["/post"]
            $0.method = "POST"
            $0.body = [UInt8](repeating: 97, count: 1 << 20)
            $0.requests = 10
            $0.connections = 2
            $0.streams = 3
        })
        expectSums(up, requests: 10)
        #expect(up.total.requests.succeeded == 10)
        let down = try LoadRun(server.configuration {
            $0.httpVersion = .http1
            $0.paths = ["/bytes/10485760"]
            $0.requests = 6
            $0.connections = 2
            $0.streams = 2
        })
        _ = server.stop()
        expectSums(down, requests: 6)
        #expect(down.total.responseBytes.body == 6 * 10_485_760)
    }

    @Test("HEAD is answered without a body")
    func head() throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.httpVersion = .http1
            $0.method = "HEAD"
            $0.paths = ["/bytes/1000"]
            $0.requests = 10
            $0.streams = 4
        })
        _ = server.stop()
        expectSums(run, requests: 10)
        #expect(run.total.requests.succeeded == 10)
        #expect(run.total.responseBytes.body == 0)
    }

    @Test("a request that takes too long ends its connection, and the next is answered on another")
    func timeout() throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            $0.httpVersion = .http1
            $0.paths = ["/delay/5", "/health"]
            $0.requests = 6
            $0.options.requestTimeout = .milliseconds(100)
        })
        _ = server.stop()
        expectSums(run, requests: 6)
        #expect(run.total.requests.timedOut == 3)
        #expect(run.total.requests.succeeded == 3)
        #expect(run.total.connectionCounts.reconnects == 3)
    }

    @Test("an open load fires what was asked for", .measuring)
    func rate() throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                $0.httpVersion = .http1
                $0.connections = 5
                $0.streams = 10
                $0.durationNanoseconds = 1_000_000_000
            }, rate: 2_000, seconds: 2)
        _ = server.stop()
        expectSums(run)
        #expect(run.total.requests.started == 2_000)
        #expect(run.total.requests.failed == 0)
    }

    private func ask(_ requests: Int, streams: Int = 1, _ serve: @escaping @Sendable (RawSocket, Int) throws -> Void) throws -> LoadRun {
        let peer = try RawListener(serve)
        defer { peer.stop() }
        var configuration = ClientConfiguration(port: peer.port)
        configuration.httpVersion = .http1
        configuration.requests = requests
        configuration.streams = streams
        configuration.options.requestTimeout = .milliseconds(300)
        let run = try LoadRun(configuration)
        expectSums(run, requests: requests)
        return run
    }

    @Test("a server that closes after each answer is connected to again for the next")
    func closes() throws {
        let run = try ask(5) { peer, _ in
            guard try peer.receiveHead() != nil else { return }
            try peer.send("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nto the end")
        }
        #expect(run.total.requests.succeeded == 5)
        #expect(run.total.responseBytes.body == 50)
        #expect(run.total.connectionCounts.reconnects == 4)
    }

    @Test("requests that were sent ahead to a server that says it closes are sent again, whatever their method")
    func closesEarly() throws {
        let run = try ask(4, streams: 2) { peer, _ in
            guard try peer.receiveHead() != nil else { return }
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        }
        #expect(run.total.requests.succeeded == 4)
        #expect(run.total.requests.resent == 3)
        #expect(run.total.serviceTime.count == 4)
    }

    @Test("an answer that breaks off, is no HTTP, or was not asked for, has a cause", arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort", "closed"), ("SSH-2.0-OpenSSH_9\r\n", "protocol"),
        ("HTTP/1.1 099 What\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "protocol"), ("", "closed"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n", "unrequested"),
    ])
    func broken(text: String, cause: String) throws {
        let run = try ask(2) { peer, _ in
            guard try peer.receiveHead() != nil else { return }
            try peer.send(text)
        }
        switch cause {
        case "closed": #expect(run.total.errors.closed == 2)
        case "protocol": #expect(run.total.errors.protocolError == 2)
        // The first is answered before the second's bytes are seen to belong to no request.
        default: #expect(run.total.requests.succeeded == 2)
        }
    }

    @Test("a server that never answers: timeout")
    func silent() throws {
        let run = try ask(2) { peer, _ in try peer.waitForEnd() }
        #expect(run.total.errors.timeout == 2)
    }
}
