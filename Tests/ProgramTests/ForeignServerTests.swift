import Foundation
import Testing

extension ProgramTests {
    /// A server that somebody else wrote, from our page alone: Python's own, with the page's ten lines.
    @Suite("Bringing another server", .enabled(if: Program.exists && Tool.python3.exists)) struct ForeignServerTests {
        /// - Parameter fault: a statement on `data`, the answer of seed `seed`.
        private func server(fault: String = "pass") throws -> PythonServer {
            let page = try String(contentsOf: Program.root.appending(path: "Sources/highwater/Manual.docc/predictable-bodies.md"), encoding: .utf8)
            let rule = try #require(page.firstMatch(of: /```python\n((?s).*?)```/)).1
            return try PythonServer(
                preamble: String(rule) + "\nimport urllib.parse",
                handler: """
                    def do_GET(self):
                        url = urllib.parse.urlsplit(self.path)
                        seed = int(urllib.parse.parse_qs(url.query).get("seed", ["0"])[0])
                        data = bytearray(body(seed, int(url.path.split("/")[-1].replace("4MiB", "100000"))))
                        length = len(data)
                        \(fault)
                        self.send_response(200)
                        self.send_header("Content-Length", str(length))
                        self.end_headers()
                        self.wfile.write(data)
                    """)
        }

        @Test("that answers by the page finds it right, pipelined, half-closed and left early")
        func right() throws {
            let server = try self.server()
            for flags in [["-m", "8"], ["--half-close", "-m", "4"], ["--early-close", "10%"]] {
                let result = try ChildProcess(
                    Program.path, ["load", "http://127.0.0.1:\(server.port)/bytes/3000", "--h1", "--body-check", "-c", "10", "-n", "500", "--json"] + flags
                ).end(withinSeconds: 30)
                #expect(result.code == 0, "\(flags) \(result)")
                let report = try Report(output: result.output)
                let early = report["client.errors.abandoned"] ?? 0
                #expect(report["client.bodies.checked"] == 500 - early)
                #expect(report["client.requests.succeeded"] == 500 - early)
                #expect(flags[0] == "--early-close" || early == 0)
            }
        }

        @Test("that flips a byte in every fiftieth answer is found out each time")
        func wrong() throws {
            let server = try self.server(fault: "data[seed % length] ^= seed % 50 == 0")
            let result = try Program.run(
                "load", "http://127.0.0.1:\(server.port)/bytes/777", "--h1", "--body-check", "-c", "10", "-m", "4", "-n", "1000", "--json")
            #expect(result.code == 99, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.bodies.checked"] == 1_000)
            #expect(report["client.bodies.corrupted"] == 20)
            #expect(report["client.bodies.swapped"] == 0)
        }
    }

    /// More ready sockets than one `epoll_wait` gives, and among them those that read slowly, leave early or say
    /// their end before the answer: the load under which early resets were found.
    @Suite("Bad clients by the thousand", .enabled(if: Program.exists), .enabled(if: DescriptorLimit.now >= 8_192, "needs 8192 file descriptors"))
    struct BadClientTests {
        @Test("get every byte right from our own server, which keeps nothing of them", arguments: [
            ["--h1", "-m", "4", "--slow-readers", "40"], ["-m", "4", "--slow-readers", "40", "--early-close", "1%"],
            ["--half-close", "-m", "3", "--slow-readers", "10"],
        ])
        func badClients(flags: [String]) throws {
            let server = try RunningServer()
            let result = try ChildProcess(
                Program.path,
                ["load", server.url("/bytes/2KiB"), server.url("/bytes/40000"), "--body-check", "-c", "1200", "-n", "15k", "--timeout", "60s", "--json"]
                    + flags
            ).end(withinSeconds: 60)
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            let early = report["client.errors.abandoned"] ?? 0
            #expect(report["client.requests.done"] == 15_000)
            #expect(report["client.bodies.checked"] == 15_000 - early)
            #expect(report["client.responses.2xx"] == 15_000 - early)
            #expect(report["client.requests.errored"] == early)
            #expect(flags.contains("--early-close") == (early > 0))
            let served = try server.stop()
            #expect(served["server.arena.in_use.last"] == 0)
            #expect(served["server.arena.leases.last"] == 0)
            #expect(served["server.errors.protocol"] == 0)
        }
    }
}
