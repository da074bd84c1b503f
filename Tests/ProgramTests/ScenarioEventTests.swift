import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// What a scenario does at times of its own, here and in a worker process, counted by somebody else.
    @Suite("Events of a scenario", .enabled(if: Program.exists)) struct ScenarioEvents {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        private func write(_ text: String) throws -> String {
            let path = folder("s.yaml")
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            return path
        }

        /// The lines of a recording of one type.
        private func lines(_ path: String, _ type: String) throws -> [Report] {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try Report(text: String($0)) }
                .filter { $0.text("type") == type }
        }

        /// Prints a line for each connection that comes and goes, and for each request.
        private static let countingServer = """
            import socketserver, threading
            lock = threading.Lock()
            def say(*words):
                with lock: print(*words, flush=True)
            class Handler(socketserver.StreamRequestHandler):
                def handle(self):
                    say("come", self.client_address[1])
                    try:
                        while True:
                            line = self.rfile.readline()
                            if not line: break
                            if line.startswith(b"GET"): say("get", self.client_address[1], line.split()[1].decode())
                            if line == b"\\r\\n": self.wfile.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok")
                    except OSError: pass
                    say("gone", self.client_address[1])
            class Server(socketserver.ThreadingTCPServer):
                daemon_threads = True
                request_queue_size = 128
            server = Server(("127.0.0.1", 0), Handler)
            say("port", server.server_address[1])
            server.serve_forever()
            """

        @Test(
            "a storm of connections, connections that are dropped, and a slow reader: as many as planned, seen from the server",
            .enabled(if: Tool.python3.exists), arguments: [[], ["--isolate"]])
        func connections(flags: [String]) throws {
            let server = try ChildProcess(try #require(Tool.python3.path), ["-c", Self.countingServer])
            let port = try #require(server.wait(seconds: 10) { server.output.firstMatch(of: /port (\d+)\n/)?.1 })
            let path = try write("""
                version: 1
                target: http://127.0.0.1:\(port)/
                client: { connections: 4, streams: 1, http: h1 }
                requests: [{ get: /bytes/1KiB }]
                phases: [{ name: load, duration: 1500ms, rate: 100 }]
                events:
                  - { at: 400ms, do: connections, count: 12 }
                  - { at: 800ms, do: drop-connections, count: 5 }
                  - { at: 1200ms, do: slow-reader, for: 200ms }
                """)
            let result = try ChildProcess(Program.path, ["run", path, "--json"] + flags).end(withinSeconds: 30)
            #expect(result.code == 0, "\(result)")
            func seen() -> [[Substring]] { server.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ") } }
            // Until the server has noticed the end of each.
            let all = server.wait(seconds: 10) { () -> [[Substring]]? in
                let lines = seen()
                return lines.count { $0[0] == "come" } == lines.count { $0[0] == "gone" } ? lines : nil
            } ?? seen()
            #expect(all.count { $0[0] == "come" } == 4 + 8 + 5 + 1)
            // The slow reader came last, and before it only the dropped ones had gone; when they went there were twelve.
            let slow = try #require(all.last { $0[0] == "come" })
            #expect(all.contains { $0[0] == "get" && $0[1] == slow[1] })
            let before = all.prefix { $0 != slow }
            let dropped = Set(before.filter { $0[0] == "gone" }.map { $0[1] })
            #expect(dropped.count == 5)
            // A connection may come again before the server tells of the end of the one it is for.
            #expect(dropped.isSubset(of: before.filter { $0[0] == "come" }.prefix(12).map { $0[1] }))
            let report = try Report(output: result.output)
            #expect(report["client.connections.opened"] == 17 && report["client.connections.reconnects"] == 5)
            let asked = all.count { $0[0] == "get" && $0[1] != slow[1] }
            #expect(report["client.requests.started"] == Double(asked))
            server.signal(SIGKILL)
        }

        @Test("a switch of the write policy: connections after it cost the mallocs of a copy", arguments: [[], ["--isolate"]])
        func policy(flags: [String]) throws {
            let path = try write("""
                version: 1
                client: { connections: 4, streams: 1 }
                requests: [{ get: /bytes/1KiB }]
                phases:
                  - { name: lease, duration: 400ms, rate: 1k }
                  - { name: copy, duration: 800ms, rate: 1k }
                events:
                  - { at: 600ms, do: write-policy, policy: copy }
                  - { at: 600ms, do: drop-connections, count: 4 }
                """)
            let recording = folder("run.ndjson")
            let result = try ChildProcess(Program.path, ["run", path, "--interval", "200ms", "-o", recording] + flags).end(withinSeconds: 30)
            #expect(result.code == 0, "\(result)")
            let samples = try lines(recording, "sample")
            func cost(_ from: Report?, _ to: Report?) throws -> Double {
                let (from, to) = (try #require(from), try #require(to))
                func grown(_ name: String) throws -> Double { try #require(to[name]) - #require(from[name]) }
                return try grown("server.loop.allocations") / grown("server.requests.completed")
            }
            let lease = samples.filter { $0.text("phase") == "lease" }, copy = samples.filter { $0.text("phase") == "copy" }
            // Two blocks for each answer, and under lease none but for what a connection begins with. A debug
            // build makes some more of both.
            if try #require(samples.last?["server.loop.allocations"]) > 0 {
                let (leased, copied) = (try cost(lease.first, lease.last), try cost(copy.dropLast().last, copy.last))
                #if !DEBUG
                #expect(leased < 1.5)
                #endif
                #expect(copied > max(1.9, leased + 1))
            }
        }

        @Test("SIGTERM to the server: what it had begun it answers, then it is gone", arguments: [[], ["--isolate"]])
        func drain(flags: [String]) throws {
            let path = try write("""
                version: 1
                client: { connections: 4, streams: 4 }
                requests: [{ get: /bytes/16KiB }]
                phases: [{ name: load, duration: 1800ms, load: closed }]
                events: [{ at: 900ms, do: drain-server }]
                """)
            let recording = folder("run.ndjson")
            let process = try ChildProcess(Program.path, ["run", path, "--json", "--interval", "50ms", "-o", recording] + flags)
            let port = try #require(process.wait(seconds: 10) { () -> Int? in
                guard let file = try? String(contentsOfFile: recording, encoding: .utf8), file.contains("\"sample\"") else { return nil }
                return file.firstMatch(of: /"listen":"127\.0\.0\.1:(\d+)"/).flatMap { Int($0.1) }
            })
            // Ours are in the middle of theirs when the server is told.
            let peers = try (0..<5).map { _ in try RawSocket(port: port) }
            for peer in peers { try peer.send("GET /delay/0.9 HTTP/1.1\r\nHost: a\r\n\r\n") }
            for peer in peers {
                let answer = try #require(try peer.response())
                #expect(answer.status == 200 && answer.head.lowercased().contains("connection: close"), "\(answer.head)")
                #expect(try peer.response() == nil)
            }
            #expect(throws: SystemError.self) { try RawSocket(port: port) }
            let result = process.end(withinSeconds: 20)
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            // What was on its way when the server said that it takes no more, it has not begun.
            #expect(report["client.requests.errored"] == report["client.errors.goaway"])
            #expect(report["server.requests.completed"] == (report["client.requests.succeeded"] ?? 0) + 5)
            #expect(report["server.requests.started"] == report["server.requests.completed"])
            #expect(report["client.connections.failed"] ?? 0 > 0)
        }

        /// Of each phase: what the schedule wanted in it, and what was answered.
        private func counts(_ recording: String) throws -> [(phase: String, scheduled: Double, done: Double)] {
            var result: [(phase: String, scheduled: Double, done: Double)] = []
            var last = (scheduled: 0.0, done: 0.0)
            for sample in try lines(recording, "sample") {
                guard let phase = sample.text("phase") else { continue }
                let now = (scheduled: sample["client.requests.scheduled"] ?? 0, done: sample["client.requests.done"] ?? 0)
                if result.last?.phase != phase { result.append((phase, 0, 0)) }
                result[result.count - 1].scheduled += now.scheduled - last.scheduled
                result[result.count - 1].done += now.done - last.done
                last = now
            }
            return result
        }

        @Test("phases in a worker process count what they count in ours", .measuring)
        func isolated() throws {
            let path = try write("""
                version: 1
                client: { connections: 4, streams: 4 }
                requests: [{ get: /bytes/1KiB }]
                phases:
                  - { name: warm, warmup: true, duration: 200ms, rate: 500 }
                  - { name: climb, duration: 400ms, rate: 500, ramp_to: 1500 }
                  - { name: more, duration: 300ms, rate: 1k, connections: 6, streams: 2 }
                  - { name: rest, duration: 200ms, pause: true }
                thresholds:
                  - climb: client.requests.rate > 500
                  - more: client.connections.open.last == 6
                  - rest: client.requests.done == 0
                record: { interval: 70ms }
                """)
            for flags in [[], ["--isolate"]] {
                let recording = folder("run\(flags.count).ndjson")
                let result = try ChildProcess(Program.path, ["run", path, "-o", recording] + flags).end(withinSeconds: 30)
                #expect(result.code == 0, "\(flags) \(result)")
                let counts = try counts(recording)
                #expect(counts.map(\.phase) == ["warm", "climb", "more", "rest"])
                // The rates' integrals. A sample at a phase's end may be late; nothing is lost between two.
                for (count, wanted) in zip(counts, [100.0, 400, 300, 0]) {
                    #expect(abs(count.scheduled - wanted) <= 40 && abs(count.done - wanted) <= 40, "\(flags) \(counts)")
                }
                #expect(abs(counts.map(\.scheduled).reduce(0, +) - 800) <= 3, "\(counts)")
                #expect(try lines(recording, "event").count { $0.text("source") == "phase" } == 4)
            }
        }

        @Test(
            "a policy that kills in the first phase is an outcome: its thresholds are judged, and so are those never come to",
            .enabled(if: dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil))
        func dies() throws {
            let path = try write("""
                version: 1
                # The socket takes a part of each answer, and the next request has come before the rest is out.
                server: { send_buffer: 8KiB, unsent_limit: 32MiB }
                client: { connections: 8, streams: 4, http: h1 }
                requests: [{ get: /bytes/100KiB }]
                phases:
                  - { name: first, duration: 5s, load: closed }
                  - { name: second, duration: 5s, load: closed }
                events:
                  - { at: 500ms, do: write-policy, policy: reset-early }
                  - { at: 500ms, do: drop-connections, count: 8 }
                thresholds:
                  - first: client.requests.done > 50
                  - second: client.requests.done > 50
                  - all: client.responses.5xx == 0
                record: { interval: 100ms }
                """)
            let recording = folder("run.ndjson")
            let result = try Program.run("run", path, "-o", recording)
            #expect(result.code == 99 && result.output.hasPrefix("FAILED         the worker process crashed by SIG"), "\(result)")
            #expect(result.output.contains("2 of 3 passed (partial"), "\(result.output)")
            #expect(result.output.contains("FAILED  second: client.requests.done > 50: the phase was not run"), "\(result.output)")
            let summary = try #require(try lines(recording, "summary").first)
            #expect(summary.text("outcome")?.hasPrefix("crashed by SIG") == true && summary["client.requests.done"] ?? 0 > 50)
            #expect(try lines(recording, "sample").allSatisfy { $0.text("phase") == "first" })
        }
    }
}
