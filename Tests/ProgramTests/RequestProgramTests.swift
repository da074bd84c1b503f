import Foundation
import Testing

extension ProgramTests {
    @Suite("Requests of any kind", .enabled(if: Program.exists)) struct RequestProgramTests {
        /// Answers with the request's body, and prints a line for each: method, path, content type, x-id,
        /// and the CRC-32 of the body.
        private func echo() throws -> PythonServer {
            try PythonServer(
                preamble: "import zlib",
                handler: """
                    def answer(self):
                        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                        words = [self.command, self.path, self.headers.get("Content-Type", ""), self.headers.get("X-Id", ""), "%08x" % zlib.crc32(body)]
                        # One write: threads take turns between two.
                        print("\\t".join(words) + "\\n", end="", flush=True)
                        self.send_response(200)
                        self.send_header("Content-Length", str(len(body)))
                        self.end_headers()
                        if self.command != "HEAD": self.wfile.write(body)
                    do_GET = do_POST = do_PUT = do_HEAD = do_PATCH = answer
                    """)
        }

        /// What `echo` printed, after its port.
        private func lines(_ server: PythonServer) -> [[String]] {
            server.process.output.split(separator: "\n").dropFirst().map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        }

        @Test("from the command line reach somebody else's server as they were meant", .enabled(if: Tool.python3.exists))
        func commandLine() throws {
            let server = try echo()
            let folder = try ScratchFolder()
            let blob = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) } + Array("{{seq}}".utf8)
            try Data(blob).write(to: URL(fileURLWithPath: folder("blob")))
            let url = "http://127.0.0.1:\(server.port)"
            let file = try Program.run("load", "\(url)/up", "--h1", "-X", "PUT", "--data-file", folder("blob"), "-n", "20", "-c", "3", "--json")
            #expect(file.code == 0, "\(file)")
            let report = try Report(output: file.output)
            #expect(report["client.requests.succeeded"] == 20)
            #expect(report["client.bytes.received_body"] == Double(20 * blob.count))
            let text = try Program.run(
                "load", "\(url)/t/{{seq}}?k={{random.choice a b}}", "--h1", "--data", "{{seq}}", "-H", "content-type: text/x", "-H",
                "X-Id: {{random.hex 12}}", "-n", "50", "-c", "2", "-m", "3", "--seed", "7")
            #expect(text.code == 0, "\(text)")
            #expect(server.process.wait(seconds: 10) { lines(server).count >= 70 ? true : nil } == true)
            let files = lines(server).filter { $0[1] == "/up" }
            let checksum = try #require(files.first?[4])
            #expect(files.count == 20 && files.allSatisfy { $0[0] == "PUT" && $0[4] == checksum })
            let texts = lines(server).filter { $0[1] != "/up" }
            #expect(Set(texts.map { $0[1].split(separator: "?")[0] }) == Set((1...50).map { "/t/\($0)" }))
            #expect(texts.allSatisfy { $0[0] == "POST" && $0[2] == "text/x" && $0[3].wholeMatch(of: /[0-9a-f]{12}/) != nil })
            // The checksum of the file as it is, templates and all, by whoever else knows CRC-32.
            let python = try Tool.python3.run("-c", "import sys, zlib; print('%08x' % zlib.crc32(open(sys.argv[1], 'rb').read()))", folder("blob"))
            #expect(python.output.trimmingCharacters(in: .whitespacesAndNewlines) == checksum)
        }

        @Test("of a scenario are asked over each protocol, and their answers judged", arguments: ["h1", "h2", "tls"])
        func scenario(way: String) throws {
            let folder = try ScratchFolder()
            try Data((0..<200_000).map { UInt8(truncatingIfNeeded: 32 + $0 % 95) }).write(to: URL(fileURLWithPath: folder("body.txt")))
            // 123456789 is what everybody's CRC-32 is checked with: cbf43926. Body 0 of /bytes is in predictable-bodies.md.
            try """
                version: 1
                \(way == "tls" ? "server: { tls: true }" : "")
                client: { connections: 4, streams: 4, http: \(way == "h1" ? "h1" : "negotiated") }
                requests:
                  - { post: /post, body: '{"id":{{seq}}}', headers: { content-type: application/json }, expect: { status: 200, headers: { content-type: application/json } } }
                  - { put: /put, body_file: body.txt, expect: { status: 2xx } }
                  - { get: /bytes/4, expect: { status: [200, 204], body_length: 4B, body_crc32: \(Self.checksumOfBody0) } }
                  - { head: /bytes/4, expect: { status: 200, headers: { content-type: application/octet-stream } } }
                  - { name: wrong, get: "/status/{{random.choice 404 503}}", weight: 2, expect: { status: 200 } }
                phases:
                  - { name: steady, duration: 1s, rate: 100 }
                thresholds:
                  - client.responses.unexpected_header == 0
                  - client.responses.unexpected_length == 0
                  - client.responses.unexpected_checksum == 0
                  - client.requests.errored == 0
                """.write(toFile: folder("s.yaml"), atomically: false, encoding: .utf8)
            let result = try Program.run("run", folder("s.yaml"), "-o", folder("s.ndjson"), "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            let failed = try #require(report["client.requests.failed"])
            #expect(failed > 0 && report["client.responses.unexpected_status"] == failed && report["client.responses.unexpected"] == failed)
            #expect(report["client.responses.checked"] == report["client.requests.done"])
            let events = try String(contentsOfFile: folder("s.ndjson"), encoding: .utf8).split(separator: "\n").filter { $0.contains("\"event\"") }
            #expect(events.contains { $0.contains("wrong, GET /status/") && $0.contains(", request ") && $0.contains("expected 200") })
        }

        /// Of 96 65 3d 99.
        private static let checksumOfBody0: String = {
            var value: UInt32 = .max
            for byte: UInt8 in [0x96, 0x65, 0x3D, 0x99] {
                value ^= UInt32(byte)
                for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            }
            let text = String(~value, radix: 16)
            return String(repeating: "0", count: 8 - text.count) + text
        }()

        @Test("that expect what does not come fail the scenario with 99, and say so")
        func unexpected() throws {
            let folder = try ScratchFolder()
            try "version: 1\nrequests: [{ get: /health, expect: { body_length: 4B } }]\nphases: [{ duration: 200ms, rate: 100 }]"
                .write(toFile: folder("s.yaml"), atomically: false, encoding: .utf8)
            let result = try Program.run("run", folder("s.yaml"))
            #expect(result.code == 99, "\(result)")
            #expect(result.output.contains("FAILED  all: client.responses.unexpected == 0 (from expect)"))
            #expect(result.errors.contains("GET /health, request 1 of the run: a body of 3 bytes, expected 4"), "\(result.errors)")
        }

        @Test("that cannot be are refused with 2", arguments: [
            ["record", "--data", "{{sq}}"], ["record", "--data-file", "/nowhere"], ["record", "--data", "x", "--data-file", "/etc/hostname"],
            ["load", "http://127.0.0.1:1/{{random.int}}"], ["record", "-H", "a: {{random.hex 0}}"], ["record", "--path", "/{{seq"],
            ["record", "--data-file", "/"], ["record", "--body-check", "--path", "/bytes/1?x={{seq}}"],
        ])
        func refused(arguments: [String]) throws {
            let result = try ChildProcess(Program.path, arguments).end(withinSeconds: 20)
            #expect(result.code == 2, "\(result)")
        }
    }
}
