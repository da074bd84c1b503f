import Foundation
import Glibc
import Testing

extension ProgramTests {
    @Suite("A server that is lost in the middle of a run", .enabled(if: Program.exists)) struct LostServerTests {
        /// A load of so many seconds whose server is killed when a second of it is over.
        private func result(seconds: Int, _ arguments: String..., comesBack: Bool = false) throws -> ChildProcess.Result {
            let server = try RunningServer()
            let load = try ChildProcess(
                Program.path, ["load", server.url("/health"), "-c", "20", "-d", "\(seconds)s", "--interval", "200ms"] + arguments)
            _ = load.wait(seconds: 10) { load.errors.contains(" 1.2s") ? true : nil }
            server.process.signal(SIGKILL)
            var successor: ChildProcess?
            if comesBack {
                usleep(700_000)
                successor = try ChildProcess(Program.path, ["serve", "--listen", "127.0.0.1:\(server.port)"])
            }
            defer { successor?.signal(SIGTERM) }
            return load.end(withinSeconds: Double(seconds) + 15)
        }

        @Test("the moment of its end is an event, the clients try to the end of the run, and the run has failed")
        func gone() throws {
            let result = try result(seconds: 4, "--json")
            #expect(result.errors.contains("the server is gone: 20 connections closed, reconnects refused"), "\(result.errors)")
            #expect(result.code == 1)
            let report = try Report(output: result.output)
            let duration = report["run.duration"] ?? 0, cutOff = report["client.cut_off.time"] ?? 0
            #expect(duration >= 3.9, "the run goes on to its end")
            #expect(cutOff > 1 && cutOff < 3.5)
            #expect(report["client.cut_off.loops.last"] == 1)
            let succeeded = report["client.requests.succeeded"] ?? 0, rate = report["client.requests.rate"] ?? 0
            let words = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            let verdict = try #require(words?["result"] as? [String: Any])
            let reason = try #require((verdict["reasons"] as? [String])?.first)
            let gone = try #require(reason.firstMatch(of: /the server was gone at ([12]\.\d+)s/), "\(verdict)")
            #expect(verdict["ok"] as? Bool == false)
            #expect(abs(rate * (Double(gone.1) ?? 0) / succeeded - 1) < 0.1, "the rate is that of the time with a server")
        }

        @Test("when it comes back the run goes on, and has not failed")
        func back() throws {
            let result = try result(seconds: 5, "--json", comesBack: true)
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.cut_off.loops.last"] == 0)
            #expect((report["client.cut_off.time"] ?? 0) > 0.5)
            #expect((report["client.connections.reconnects"] ?? 0) >= 20)
        }
    }

    @Suite("A port that changes its owner in the middle of a run", .enabled(if: Program.exists && Tool.python3.exists)) struct PortOwnerTests {
        /// A server of HTTP/1.1 at a port; `word` makes it another program.
        private func server(_ port: Int, _ word: String) throws -> ChildProcess {
            let program = """
                import http.server
                class Handler(http.server.BaseHTTPRequestHandler):
                    protocol_version = "HTTP/1.1"
                    def log_message(self, *words): pass
                    def do_GET(self):
                        self.send_response(200)
                        self.send_header("Content-Length", "0")
                        self.end_headers()
                server = http.server.ThreadingHTTPServer(("127.0.0.1", \(port)), Handler)
                print("\(word)", flush=True)
                server.serve_forever()
                """
            let process = try ChildProcess(try #require(Tool.python3.path), ["-c", program])
            try #require(process.wait(seconds: 10) { process.output.contains(word) ? true : nil } == true, "\(process.errors)")
            return process
        }

        @Test("another program at the server's port is an event, and the measurement is not valid; the same one again is an event", arguments: [true, false])
        func owner(isAnother: Bool) throws {
            let port = try freePort()
            let first = try server(port, "first")
            let load = try ChildProcess(
                Program.path, ["load", "http://127.0.0.1:\(port)/", "--h1", "-c", "2", "-q", "50", "-d", "8s", "--interval", "200ms", "--json"])
            _ = load.wait(seconds: 10) { load.errors.contains(" 0.6s") ? true : nil }
            first.signal(SIGKILL)
            _ = first.end(withinSeconds: 5)
            let second = try server(port, isAnother ? "second" : "first")
            defer { second.signal(SIGKILL) }
            let result = load.end(withinSeconds: 30)
            let report = try Report(output: result.output)
            #expect(report["watch.takeovers"] == (isAnother ? 1 : 0))
            #expect(result.output.contains("another program took the server's port") == isAnother, "\(result.output)")
            #expect(result.errors.contains(
                isAnother ? "another program listens on the server's port: python3" : "the server was started again: python3"), "\(result.errors)")
        }
    }

    @Suite("The end of a run that went badly", .enabled(if: Program.exists && Tool.python3.exists)) struct BadEndTests {
        @Test("requests that were never answered count with the time they waited, and the summary says so")
        func neverAnswered() throws {
            let server = try PythonServer(
                preamble: "import time, itertools\ncount = itertools.count()",
                handler: """
                    def do_GET(self):
                        if next(count) % 100 == 99: time.sleep(60)
                        self.send_response(200)
                        self.send_header("Content-Length", "0")
                        self.end_headers()
                    """)
            let result = try Program.run(
                "load", "http://127.0.0.1:\(server.port)/", "--h1", "-c", "20", "-q", "200", "-d", "3s", "--drain", "500ms")
            #expect(result.output.contains("requests never answered: in the table with the time waited"), "\(result.output)")
            let response = try #require(result.output.firstMatch(of: /(?m)^  response .* (\S+)$/)).1
            #expect(response.hasSuffix("s") && !response.hasSuffix("ms"), "the longest waited for seconds: \(response)")
        }

        @Test("the wait for requests in flight is told each second, with its end")
        func drain() throws {
            let server = try PythonServer(preamble: "import time", handler: "def do_GET(self): time.sleep(60)")
            let result = try Program.run("load", "http://127.0.0.1:\(server.port)/", "--h1", "-c", "3", "-d", "500ms", "--drain", "2500ms")
            #expect(result.errors.contains("waiting for 3 requests in flight, for 2 s at most (--drain)"), "\(result.errors)")
            #expect(result.flowedOutput.contains("timeout") || result.flowedOutput.contains("aborted at the end of the run: nothing of the answer had come"))
        }

        @Test("a load of which nothing succeeded ends with 1")
        func nothingSucceeded() throws {
            let server = try RunningServer()
            let result = try Program.run("load", server.url("/nowhere"), "-n", "20", "-c", "2")
            #expect(result.code == 1)
            #expect(result.errors.contains("no request succeeded"))
            _ = try server.stop()
        }
    }
}
