import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("A server's limits and its end", .enabled(if: Program.exists)) struct LifetimeTests {
        private let request = "GET /health HTTP/1.1\r\nHost: h\r\n\r\n"

        @Test("beyond the connection limit it closes the newest, and recovers")
        func connectionLimit() throws {
            let server = try RunningServer("--connection-limit", "8")
            var connections = try (0..<8).map { _ in try server.connect() }
            for connection in connections { #expect(try connection.status(of: request) == 200) }
            let full = server.socketCount
            let refused = try server.connect()
            #expect(try refused.isClosed())
            connections.removeLast()
            #expect(holds { server.socketCount < full }, "the server has not noticed the end")
            #expect(try server.connect().status(of: request) == 200)
            for connection in connections { #expect(try connection.status(of: request) == 200) }
            connections.removeAll()
            let report = try server.stop()
            #expect(report["server.connections.refused"] == 1)
        }

        @Test("out of file descriptors it closes the newest, counts them, says so, and recovers", arguments: ["1", "2"])
        func starved(loops: String) throws {
            let server = try RunningServer(adopting: ChildProcess(
                "/bin/sh", ["-c", "ulimit -n 48; exec \"$0\" serve --listen 127.0.0.1:0 --json --loops \(loops)", Program.path]))
            var connections = [try server.connect()]
            // Before the others come, so that it has a descriptor, whichever loop is quicker.
            #expect(try connections[0].status(of: request) == 200)
            connections += try (1..<80).map { _ in try server.connect() }
            #expect(try connections[79].isClosed())
            // Each loop has got to the end of its queue.
            #expect(holds { connections.count { $0.isReadable(withinMilliseconds: 0) } >= 32 })
            #expect(try connections[0].status(of: request) == 200)
            connections.removeAll()
            let recovers = server.process.wait(seconds: 10) {
                (try? server.connect().status(of: request)) == 200 ? true : nil
            }
            #expect(recovers == true)
            let report = try server.stop()
            let starved = report["server.connections.starved"] ?? 0
            #expect(starved >= 32 && starved < 80, "\(starved)")
            #expect(server.process.errors.contains("connections closed: out of file descriptors"), "\(server.process.errors)")
        }

        @Test("a request that is being answered is still answered after SIGTERM")
        func drain() throws {
            let server = try RunningServer()
            let connection = try server.connect()
            try connection.sendUntilRead("GET /delay/1 HTTP/1.1\r\nHost: h\r\n\r\n")
            server.process.signal(SIGTERM)
            #expect(try connection.response()?.status == 200)
            #expect(try connection.isClosed())
            connection.close()
            _ = try server.summary()
        }

        @Test("SIGTERM under load ends it within its drain time, with a summary", .enabled(if: Tool.wrk.exists))
        func underLoad() throws {
            let server = try RunningServer("--drain", "3s")
            let wrk = try Tool.wrk.start(["-t1", "-c100", "-d4s", server.url("/health")])
            let isLoaded: Bool? = server.process.wait(seconds: 10) { server.process.errors.contains(/[1-9]\d* req\/s/) ? true : nil }
            try #require(isLoaded == true, "\(server.process.errors)")
            let clock = ContinuousClock()
            var report: Report?
            let elapsed = try clock.measure { report = try server.stop() }
            #expect(elapsed < .seconds(6))
            #expect((report?["server.requests.completed"] ?? 0) > 100)
            #expect(report?["server.arena.in_use.last"] == 0)
            _ = wrk.end(withinSeconds: 10)
        }

        @Test("peers that never close do not keep it past its drain time", arguments: [SIGTERM, SIGINT])
        func stubbornPeers(signal: Int32) throws {
            let server = try RunningServer("--drain", "2s", "--send-buffer", "16KiB")
            // Not the server's `connect`: these stay when it stops.
            let idle = try RawSocket(port: server.port)
            let stuck = try RawSocket(port: server.port, receiveBuffer: 4_096)
            try idle.sendUntilRead("GET /hea")
            try stuck.send("GET /bytes/8388608 HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(stuck.isReadable())
            let clock = ContinuousClock()
            let elapsed = try clock.measure { _ = try server.stop(signal: signal) }
            #expect(elapsed < .seconds(5))
            withExtendedLifetime((idle, stuck)) {}
        }

        @Test("a second signal ends it at once")
        func secondSignal() throws {
            let server = try RunningServer()
            let connection = try server.connect()
            try connection.sendUntilRead("GET /delay/10 HTTP/1.1\r\nHost: h\r\n\r\n")
            server.process.signal(SIGTERM)
            // It drains once it takes no more connections.
            #expect(holds { (try? RawSocket(port: server.port)) == nil })
            server.process.signal(SIGTERM)
            let result = server.process.end(withinSeconds: 3)
            #expect(!result.isOverdue)
            #expect(result.code == 143)
            withExtendedLifetime(connection) {}
        }
    }
}
