import Client
import Load
import Loop
import Measurements
import Server
import TestSupport
import Testing

@Suite("Clients with bad manners", .waiting)
struct MannersTests {
    private func checked(_ byteCount: Int, _ configuration: inout ClientConfiguration) {
        configuration.paths = ["/bytes/\(byteCount)"]
        configuration.checkedTargets = [CheckedTarget(head: "/bytes/\(byteCount)?seed=", byteCount: byteCount)]
    }

    @Test("that say their end behind their requests get all answers, whole", arguments: [10, 1 << 20])
    func halfClose(byteCount: Int) throws {
        let server = try ServerThread()
        let run = try LoadRun(server.configuration {
            checked(byteCount, &$0)
            $0.httpVersion = .http1
            $0.options.halfCloses = true
            $0.requests = 120
            $0.connections = 5
            $0.streams = 4
        })
        let served = server.stop()
        expectSums(run, requests: 120)
        #expect(run.total.requests.succeeded == 120 && run.total.bodies.checked == 120 && run.total.bodies.wrong == 0)
        // No connection has more requests than were sent ahead of its end.
        #expect(run.total.connectionCounts.opened >= 30)
        #expect(served?.requests.completed == 120 && served?.protocolErrors == 0)
    }

    @Test("on schedule do so too")
    func halfCloseOpenLoad() throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                checked(1_000, &$0)
                $0.httpVersion = .http1
                $0.options.halfCloses = true
                $0.connections = 3
                $0.streams = 2
                $0.requests = 100
            }, rate: 1_000)
        _ = server.stop()
        expectSums(run, requests: 100)
        #expect(run.total.requests.succeeded == 100 && run.total.bodies.wrong == 0)
    }

    /// Eighty requests on four connections, of which every fourth leaves within its answer.
    private func leavingEarly(_ server: ServerThread, _ version: ClientConfiguration.HTTPVersion, streams: Int) throws -> LoadRun {
        try LoadRun(server.configuration {
            checked(2 << 20, &$0)
            $0.httpVersion = version
            $0.options.earlyCloseShare = 0.25
            $0.requests = 80
            ($0.connections, $0.streams) = (4, streams)
        })
    }

    @Test("that leave within the answer are counted apart, and leave nothing with the server", arguments: [
        ClientConfiguration.HTTPVersion.http1, .http2,
    ])
    func earlyClose(version: ClientConfiguration.HTTPVersion) throws {
        let server = try ServerThread()
        let run = try leavingEarly(server, version, streams: 1)
        let served = server.stop()
        expectSums(run, requests: 80)
        // One stream a connection: each early close costs its own request and no other.
        #expect(run.total.errors.abandoned == 20)
        #expect(run.total.requests.errored == 20 && run.total.requests.succeeded == 60)
        #expect(run.total.bodies.checked == 60 && run.total.bodies.wrong == 0)
        #expect(run.total.connectionCounts.opened >= 21 && run.total.connectionCounts.failed == 0)
        #expect(served?.arena.inUse == 0 && served?.arena.leases == 0)
    }

    @Test("that leave within an answer take the other requests of the connection along, which are told apart", arguments: [
        ClientConfiguration.HTTPVersion.http1, .http2,
    ])
    func earlyCloseOfSeveral(version: ClientConfiguration.HTTPVersion) throws {
        let server = try ServerThread()
        let run = try leavingEarly(server, version, streams: 4)
        _ = server.stop()
        expectSums(run, requests: 80)
        func count(_ words: String) -> UInt64 { run.total.failures.filter { $0.reason.contains(words) }.reduce(0) { $0 + $1.count } }
        let left = count("within the answer, as asked"), beside = count("within another answer on it, as asked")
        #expect(left > 0 && left <= 20 && beside > 0)
        #expect(left + beside == run.total.errors.abandoned && run.total.bodies.wrong == 0)
    }

    @Test("that read at a trickle take little, all of it right, and the server holds the rest", arguments: [
        ClientConfiguration.HTTPVersion.http1, .http2,
    ])
    func slowReader(version: ClientConfiguration.HTTPVersion) throws {
        let server = try ServerThread()
        let run = try LoadRun(
            server.configuration {
                checked(4 << 20, &$0)
                $0.httpVersion = version
                $0.manners = .slowReader
                $0.connections = 3
                $0.streams = 2
            }, seconds: 0.8, drainSeconds: 0)
        let served = server.stop()
        expectSums(run)
        #expect(run.total.errors.aborted == 6 && run.total.bodies.checked == 0)
        // Eight reads from a socket buffer of 4 KiB, for each of three.
        #expect(run.total.receivedBytes > 3 * 2_000)
        #expect(run.total.receivedBytes < 3 * 9 * 16_384)
        // The limit of one connection at least: beyond, its requests wait unread.
        #expect(served?.writes.pendingBytesHighWater ?? 0 > 256 * 1024)
        #expect(served?.arena.inUse == 0 && served?.arena.leases == 0)
    }
}
