import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    @Suite("A scenario with a server that is watched", .enabled(if: Program.exists && WatchedFixture.libuv != nil)) struct WatchScenarioTests {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        private func run(_ mode: String, thresholds: [String]) throws -> ChildProcess.Result {
            let port = try WatchedFixture.freePort(), server = try #require(WatchedFixture.libuv)
            let text = """
                version: 1
                name: watched
                server: { watch: ["\(server)", "\(port)", "\(mode)"] }
                target: http://127.0.0.1:\(port)
                client: { http: h1, connections: 2 }
                requests: [{ get: /100 }]
                phases: [{ name: load, duration: 400ms, rate: 200 }]
                thresholds: [\(thresholds.map { "\"\($0)\"" }.joined(separator: ", "))]

                """
            try text.write(toFile: folder("s.yaml"), atomically: false, encoding: .utf8)
            return try Program.run("run", folder("s.yaml"), "-o", folder("run.ndjson"))
        }

        @Test("starts it, loads it, and judges its figures")
        func right() throws {
            let result = try run("right", thresholds: [
                "watch.findings == 0", "server.connections.accepted == 2", "server.writes.direct > 50", "watch.memory.resident.max < 1GiB",
            ])
            #expect(result.code == 0 && result.output.contains("thresholds     4 of 4 passed"), "\(result)")
        }

        @Test("finds with small answers and no slow client what would break with a slow one, and fails")
        func latent() throws {
            let result = try run("freed", thresholds: ["watch.findings == 0"])
            #expect(result.code == 99 && result.output.contains("FAILED  all: watch.findings == 0:"), "\(result)")
            #expect(result.output.contains("harmless only because the socket took all bytes at once"), "\(result.output)")
            #expect(result.output.contains(try WatchedFixture.line("        free(bytes);", in: "uvserver.c")))
        }

        @Test("lets a threshold say how many findings there may be, and fails one on a figure that cannot be known")
        func judged() throws {
            #expect(try run("freed", thresholds: ["watch.findings > 0"]).code == 0)
            let impossible = try run("right", thresholds: ["server.requests.completed > 0"])
            #expect(impossible.code == 2 && impossible.errors.contains("a watched server does not tell it"), "\(impossible)")
            // The probe would tell of handshakes, and this server has none: that is not 0.
            let unknown = try run("right", thresholds: ["server.tls.handshakes == 0"])
            #expect(unknown.code == 99 && unknown.output.contains("nothing was measured"), "\(unknown)")
        }
    }

    @Suite("A server that runs already, from outside", .enabled(if: Program.exists)) struct OutsideViewTests {
        /// Connections to a server as ss counts them; nil: it is not on this machine.
        private func connections(port: Int) throws -> Int? {
            let script = "command -v ss >/dev/null && ss -tnH state established sport = :\(port) | wc -l"
            return Int(try ChildProcess("/bin/sh", ["-c", script]).end(withinSeconds: 10).output.filter(\.isNumber))
        }

        @Test("is on the panels of 'load' by itself: connections, memory, and where they come from")
        func load() throws {
            let server = try RunningServer()
            let result = try Program.run(
                "load", server.url("/bytes/100"), "--h1", "-c", "9", "-q", "200", "-d", "1s", "--interval", "100ms", "--json")
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.errors.contains("server figures: from outside, of highwater (\(server.process.pid)) on port \(server.port)"), "\(result.errors)")
            let report = try Report(output: result.output)
            #expect(report["server.connections.open.max"] == 9 && report["watch.processes.max"] == 1)
            #expect((report["watch.memory.resident.max"] ?? 0) > 1_000_000 && (report["watch.files.open.max"] ?? 0) > 9)
            #expect(report["server.requests.completed"] == nil && report["server.bytes.sent"] == nil && report["watch.findings"] == nil)
            _ = try server.stop()
        }

        @Test("shows a slow reader: bytes that wait, and whose window holds them", arguments: ["--listen", "--pid"])
        func slowReader(flag: String) throws {
            let server = try RunningServer()
            let folder = try ScratchFolder()
            let others = try (0..<3).map { _ in try RawSocket(port: server.port) }
            let slow = try RawSocket(port: server.port, receiveBuffer: 4096)
            try slow.send("GET /bytes/4MiB HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let process = try Program.start(
                "watch", "--no-tui", flag, flag == "--pid" ? "\(server.process.pid)" : "\(server.port)", "--interval", "100ms", "--json", "-o", folder("run.ndjson"))
            let isSeen: Bool? = process.wait(seconds: 15) { process.errors.contains("4 conn") ? true : nil }
            #expect(isSeen == true, "\(process.errors) \(process.output)")
            if let counted = try connections(port: server.port) { #expect(counted == 4) }
            process.signal(SIGTERM)
            let result = process.end(withinSeconds: 10)
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["server.connections.open.max"] == 4)
            #expect((report["watch.kernel.queued_bytes.max"] ?? 0) > 100_000 && report["server.writes.pending_bytes.max"] == report["watch.kernel.queued_bytes.max"])
            #expect(report["watch.kernel.window_limited.max"] == 1)
            // The server itself was not touched, nor told to end.
            #expect(!server.process.hasEnded)
            let samples = try String(contentsOfFile: folder("run.ndjson"), encoding: .utf8).split(separator: "\n").filter { $0.contains(#""type":"sample""#) }
            #expect(!samples.isEmpty)
            for sample in samples {
                #expect(sample.contains(#""window_limited":"#) && sample.contains(#""unknown":["http""#) && !sample.contains(#""requests""#), "\(sample)")
            }
            _ = (others, slow)
            _ = try server.stop()
        }
    }
}
