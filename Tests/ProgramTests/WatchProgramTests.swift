import Foundation
import Glibc
import TestSupport
import Testing

extension ProgramTests {
    /// Under the sanitizers our own program cannot be the parent of a preloaded one as its users have it.
    @Suite("highwater watch -- SERVER", .enabled(if: Program.exists && WatchedFixture.epoll != nil && WatchedFixture.libuv != nil))
    struct WatchProgramTests {
        @Test("counts a right server's connections, bytes and writes as its clients do, and ends with 0", arguments: ["epoll", "libuv"])
        func counts(kind: String) throws {
            let port = try WatchedFixture.freePort()
            let server = try #require(kind == "epoll" ? WatchedFixture.epoll : WatchedFixture.libuv)
            let result = try Program.run(
                "watch", "--no-tui", "--json", "--load", "http://127.0.0.1:\(port)/1000", "--h1", "-c", "7", "-n", "2000", "--", server, "\(port)", "right")
            #expect(result.code == 0 && !result.isOverdue, "\(result.errors)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 2_000)
            #expect(report["server.connections.accepted"] == 7 && report["server.connections.closed"] == 7)
            #expect(report["server.bytes.received"] == report["client.bytes.sent"])
            #expect(report["server.bytes.sent"] == report["client.bytes.received"])
            // Each answer is one write.
            #expect((report["server.writes.direct"] ?? 0) + (report["server.writes.queued"] ?? 0) == 2_000)
            #expect(report["watch.findings"] == 0 && report["watch.crashes"] == 0)
            #expect(report["watch.processes.max"] == 1 && (report["watch.memory.resident.max"] ?? 0) > 500_000)
            // Figures that no probe can see are absent, and not 0.
            #expect(report["server.requests.completed"] == nil && report["server.arena.leases.max"] == nil && report["server.tls.handshakes"] == nil)
            #expect(report.text("outcome") == "ended")
        }

        @Test("watches a server that is made in another way like any other", arguments: ["closes", "small", "handles", "executed", "daemon"])
        func unusual(mode: String) throws {
            let port = try WatchedFixture.freePort()
            let server = try #require(WatchedFixture.epoll)
            let command = mode == "executed" ? ["/bin/sh", "-c", "exec \(server) \(port) right"] : [server, "\(port)", mode]
            let result = try ChildProcess(
                Program.path, ["watch", "--no-tui", "--json", "--load", "http://127.0.0.1:\(port)/1000", "--h1", "-c", "3", "-n", "300", "--"] + command
            ).end(withinSeconds: 30)
            #expect(result.code == 0 && !result.isOverdue, "\(result.errors)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 300 && report["server.connections.accepted"] == 3)
            #expect(report["watch.findings"] == 0 && report["watch.crashes"] == 0 && (report["watch.processes.max"] ?? 0) >= 1)
        }

        @Test("goes on with a server that has no descriptor left, and ends as it should")
        func exhausted() throws {
            let port = try WatchedFixture.freePort()
            let result = try Program.run(
                "watch", "--no-tui", "--json", "--load", "http://127.0.0.1:\(port)/1000", "--h1", "-c", "24", "-d", "1s", "--drain", "1s", "--timeout", "1s",
                "--", try #require(WatchedFixture.epoll), "\(port)", "small")
            #expect(!result.isOverdue, "\(result.errors)")
            let report = try Report(output: result.output)
            #expect((report["client.requests.succeeded"] ?? 0) > 0 && report["watch.findings"] == 0 && report["watch.crashes"] == 0)
            #expect((report["server.connections.open.max"] ?? 99) < 16)
        }

        @Test("ends with its terminal, and the server with it: the recording is whole")
        func hangUp() throws {
            let folder = try ScratchFolder()
            let port = try WatchedFixture.freePort()
            let process = try TerminalProcess(["watch", "-o", folder("run.ndjson"), "--", try #require(WatchedFixture.epoll), "\(port)", "right"])
            #expect(process.wait(for: "RUN"))
            let server = try #require(children(of: process.pid).first)
            process.hangUp()
            #expect(process.end(seconds: 10) == 129)
            #expect(holds(within: 5) { !lives(server) })
            let lines = try String(contentsOfFile: folder("run.ndjson"), encoding: .utf8).split(separator: "\n")
            #expect(lines.first?.contains("header") == true && lines.last?.contains("summary") == true)
        }

        @Test("tells of overwritten bytes at once in a line, and whole in the summary, with both places, and ends with 99")
        func finding() throws {
            let folder = try ScratchFolder()
            let run = try WatchedRun(WatchedFixture.libuv, "buffer", "-o", folder("run.ndjson"))
            let client = try run.slowReader(6_000_000, 5_000_000)
            #expect(run.waits(for: "error: finding 1: bytes changed under a pending write"), "\(run.process.errors)")
            let result = run.stop()
            #expect(result.code == 99 && !result.isOverdue, "\(result)")
            let write = try WatchedFixture.line("uv_write(&answer->request", in: "uvserver.c")
            #expect(result.output.contains("finding 1: found ") && result.output.contains("handed over at") && result.output.contains(write), "\(result.output)")
            #expect(result.output.contains("61 61 61 61") && result.output.contains("62 62 62 62"), "\(result.output)")
            #expect(!result.errors.contains("handed over at") && !result.errors.contains("61 61 61 61"), "\(result.errors)")
            // The recording has it too: for replay, and for CI.
            let recorded = try String(contentsOfFile: folder("run.ndjson"), encoding: .utf8)
            #expect(recorded.contains(#""finding":{"kind":"bytes changed under a pending write","number":1"#) && recorded.contains(write))
            let exported = try Program.run("export", folder("run.ndjson"), "--to", "junit")
            #expect(exported.output.contains(#"<failure type="threshold" message="bytes changed under a pending write"#), "\(exported.output)")
            let page = try Program.run("report", folder("run.ndjson"), "-o", folder("run.html"))
            #expect(page.code == 0, "\(page.errors)")
            #expect(try String(contentsOfFile: folder("run.html"), encoding: .utf8).contains("bytes changed under a pending write"))
            _ = client
        }

        @Test("with --quiet tells of a finding in the summary alone")
        func quiet() throws {
            let folder = try ScratchFolder(), port = try WatchedFixture.freePort()
            let run = try ChildProcess(Program.path, [
                "watch", "--no-tui", "--quiet", "--interval", "100ms", "-o", folder("run.ndjson"), "--", try #require(WatchedFixture.libuv), "\(port)", "buffer",
            ])
            #expect(run.wait(seconds: 20) { run.errors.contains("\(port)\n") ? true : nil } == true)
            let client = try RawSocket(port: port, receiveBuffer: 4096)
            for size in [6_000_000, 5_000_000] { try client.send("GET /\(size) HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            #expect(holds { (try? String(contentsOfFile: folder("run.ndjson"), encoding: .utf8))?.contains(#""finding":{"#) == true })
            run.signal(SIGTERM)
            let result = run.end(withinSeconds: 10)
            #expect(result.code == 99 && result.output.contains("bytes changed under a pending write"), "\(result)")
            // The server's own words, and the wish to stop.
            #expect(!result.errors.contains("finding") && !result.errors.contains("handed over at") && !result.errors.contains("server figures"), "\(result.errors)")
            _ = client
        }

        @Test("says what would make writes wait, where none had to")
        func advice() throws {
            let port = try WatchedFixture.freePort()
            let result = try Program.run(
                "watch", "--no-tui", "--load", "http://127.0.0.1:\(port)/100", "--h1", "-c", "2", "-n", "50",
                "--", try #require(WatchedFixture.libuv), "\(port)", "right")
            let text = result.output.replacing(/\s+/, with: " ")
            #expect(result.code == 0 && text.contains("no write had to wait: the socket took each at once") && text.contains("This makes them wait:"), "\(result)")
            let command = "\n  highwater watch --no-tui --load http://127.0.0.1:\(port)/100 -c 2 --h1 -m 64 -n 1000 -- "
            #expect(result.output.contains(command), "\(result.output)")
        }

        @Test("keeps no bytes of responses with --no-bytes")
        func noBytes() throws {
            let run = try WatchedRun(WatchedFixture.libuv, "buffer", "--no-bytes")
            let client = try run.slowReader(6_000_000, 5_000_000)
            #expect(run.waits(for: "error: finding 1: "), "\(run.process.errors)")
            let result = run.stop()
            #expect(result.code == 99 && result.output.contains("handed over at") && !result.output.contains("61 61"), "\(result.output)")
            _ = client
        }

        @Test("tells of a crash with its signal and its line, ends at once with 99, and the recording is whole")
        func crash() throws {
            let folder = try ScratchFolder()
            let run = try WatchedRun(WatchedFixture.epoll, "crashes", "-o", folder("run.ndjson"))
            let client = try run.slowReader(666)
            let result = run.process.end(withinSeconds: 10)
            #expect(result.code == 99 && !result.isOverdue)
            #expect(result.output.contains("the server crashed by SIGSEGV at "), "\(result.output)")
            let line = try WatchedFixture.line("*(volatile char *)16 = 1", in: "epollserver.c")
            #expect(result.output.contains("\ncrashed at     respond \(line)"), "\(result.output)")
            #expect(result.errors.contains("crashed by SIGSEGV at 0x10 on thread epollserver") && result.errors.contains("#0 respond \(line)"), "\(result.errors)")
            let lines = try String(contentsOfFile: folder("run.ndjson"), encoding: .utf8).split(separator: "\n")
            #expect(lines.last?.contains(#""outcome":"crashed by SIGSEGV""#) == true)
            _ = client
        }

        @Test("ends with the server: 0 where it did, 99 with another code, and its last words", arguments: [0, 3])
        func exits(code: Int32) throws {
            let result = try Program.run("watch", "--no-tui", "--", "/bin/sh", "-c", "echo cannot bind >&2; exit \(code)", within: 10)
            #expect(result.code == (code == 0 ? 0 : 99) && !result.isOverdue, "\(result)")
            #expect(result.errors.contains("cannot bind\n"))
            #expect(result.output.contains("the server exited with code \(code)") == (code != 0), "\(result.output)")
        }

        @Test("kills a server that spins and ignores SIGTERM, within seconds: hung")
        func hung() throws {
            let run = try WatchedRun(WatchedFixture.epoll, "hangs")
            let client = try run.slowReader(666)
            let server = try #require(run.server)
            // It has begun to spin when it has used CPU.
            #expect(holds { (try? String(contentsOfFile: "/proc/\(server)/stat", encoding: .utf8))?.split(separator: " ")[13].count ?? 0 > 1 })
            let begin = ContinuousClock.now
            let result = run.stop()
            #expect(result.code == 99 && ContinuousClock.now - begin < .seconds(6))
            #expect(result.output.contains("the server hung"), "\(result.output)")
            #expect(!lives(server))
            _ = client
        }

        @Test("hands a signal on: the server ends, and then the summary comes", arguments: [SIGTERM, SIGINT])
        func signals(signal: Int32) throws {
            let run = try WatchedRun(WatchedFixture.libuv, "right")
            let server = try #require(run.server)
            run.process.signal(signal)
            let result = run.process.end(withinSeconds: 10)
            #expect(result.code == 0 && result.output.contains("watched \(WatchedFixture.libuv ?? "") \(run.port) right for"), "\(result)")
            #expect(!lives(server))
        }

        @Test("kill -9 of Highwater ends the server, also one that spins and ignores SIGTERM", arguments: ["right", "hangs"])
        func orphan(mode: String) throws {
            let run = try WatchedRun(WatchedFixture.epoll, mode)
            let client = try run.slowReader(666)
            let server = try #require(run.server)
            run.process.signal(SIGKILL)
            _ = run.process.end(withinSeconds: 5)
            #expect(holds(within: 5) { !lives(server) })
            _ = client
        }

        /// The first child of a server, which it may still have to fork.
        private func firstWorker(of server: pid_t) -> pid_t? { holds { !children(of: server).isEmpty } ? children(of: server).first : nil }

        @Test("kill -9 of Highwater ends a server that forks, and the worker that its parent leaves behind")
        func orphans() throws {
            let run = try WatchedRun(WatchedFixture.epoll, "forks")
            let server = try #require(run.server)
            let worker = try #require(firstWorker(of: server))
            run.process.signal(SIGKILL)
            _ = run.process.end(withinSeconds: 5)
            #expect(holds(within: 5) { !lives(server) && !lives(worker) })
        }

        /// The process that listens on a port, seen by its answer: the daemon has no parent that a test knows.
        private func daemon(_ run: WatchedRun) throws -> pid_t {
            let client = try RawSocket(port: run.port)
            try client.send("GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try #require(try client.response()?.text == "aaaaa")
            return try #require(run.process.wait(seconds: 10) { children(of: run.process.pid).first { lives($0) } })
        }

        @Test("kill -9 of Highwater ends a server that has put itself into the background")
        func orphanedDaemon() throws {
            let run = try WatchedRun(WatchedFixture.epoll, "daemon")
            #expect(run.waits(for: "the started process has ended, and others go on in the background"))
            let daemon = try daemon(run)
            run.process.signal(SIGKILL)
            let result = run.process.end(withinSeconds: 5)
            #expect(!result.isOverdue && holds(within: 5) { !lives(daemon) })
        }

        @Test("a server that has put itself into the background is watched there, and ends with the run")
        func daemon() throws {
            let run = try WatchedRun(WatchedFixture.epoll, "daemon", "--json")
            let daemon = try daemon(run)
            let result = run.stop()
            #expect(!result.isOverdue && result.code == 0, "\(result)")
            #expect(holds(within: 5) { !lives(daemon) })
            #expect(try Report(output: result.output)["server.connections.accepted"] == 1)
        }

        @Test("a worker whose parent ends goes on while Highwater is there")
        func orphanedWorker() throws {
            let run = try WatchedRun(WatchedFixture.epoll, "forks")
            let server = try #require(run.server)
            let worker = try #require(firstWorker(of: server))
            kill(server, SIGKILL)
            #expect(holds(within: 5) { !lives(server) })
            let client = try RawSocket(port: run.port)
            try client.send("GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try client.response()?.text == "aaaaa")
            #expect(lives(worker))
            #expect(!run.stop().isOverdue)
        }

        @Test("kill -9 of the server is told, and the recording is whole")
        func killed() throws {
            let folder = try ScratchFolder()
            let run = try WatchedRun(WatchedFixture.epoll, "right", "-o", folder("run.ndjson"))
            kill(try #require(run.server), SIGKILL)
            let result = run.process.end(withinSeconds: 10)
            #expect(result.code == 99 && result.output.contains("the server was killed by SIGKILL at "), "\(result)")
            #expect(try String(contentsOfFile: folder("run.ndjson"), encoding: .utf8).split(separator: "\n").last?.contains("killed by SIGKILL") == true)
        }

        @Test("sums up a server that forks: the worker's connections count, and it ends with its parent")
        func forks() throws {
            let run = try WatchedRun(WatchedFixture.epoll, "forks", "--json")
            let client = try RawSocket(port: run.port)
            try client.send("GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try client.response()?.text == "aaaaa")
            #expect(run.waits(for: "1 conn"))
            let result = run.stop()
            #expect(!result.isOverdue && result.code == 0, "\(result)")
            #expect(throws: SystemError.self) { try RawSocket(port: run.port) }
            let report = try Report(output: result.output)
            #expect(report["watch.processes.max"] == 2 && report["server.connections.accepted"] == 1, "\(result.output)")
        }

        @Test("refuses a program where the probe cannot work: why, the way around, and 1", .enabled(if: WatchedFixture.statically != nil))
        func refusal() throws {
            let program = try #require(WatchedFixture.statically)
            let result = try Program.run("watch", "--no-tui", "--", program, "0", "right")
            #expect(result.code == 1 && result.errors.contains("it is linked statically") && result.errors.contains("--listen PORT"), "\(result)")
            let checked = try Program.run("watch", "--check", "--", program)
            #expect(checked.code == 1 && checked.output.contains("cannot be watched with the probe: it is linked statically"))
            let possible = try Program.run("watch", "--check", "--", WatchedFixture.libuv ?? "")
            #expect(possible.code == 0 && possible.output.contains("libuv: each pending write is audited"), "\(possible.output)")
        }

        @Test("has clear words for a wrong command line, and 2", arguments: [
            (["watch"], "there is no server to watch; write 'highwater watch -- ./server 9000'"),
            (["watch", "--pid", "1", "--listen", "2"], "-- SERVER, --pid and --listen exclude each other"),
            (["watch", "--listen", "80", "--trap"], "--trap is for a server that is started"),
            (["watch", "-c", "5", "--", "/bin/true"], "options of the load need a target; write --load http://127.0.0.1:9000/"),
        ])
        func usage(arguments: [String], words: String) throws {
            let result = try ChildProcess(Program.path, arguments).end(withinSeconds: 10)
            #expect(result.code == 2 && result.errors.contains(words), "\(result)")
        }

        @Test("says which program is not there", arguments: [["watch", "--", "/no/such/server"], ["watch", "--pid", "4194303"], ["watch", "--listen", "1"]])
        func missing(arguments: [String]) throws {
            let result = try ChildProcess(Program.path, arguments + []).end(withinSeconds: 10)
            #expect(result.code == 1, "\(result)")
        }
    }
}
