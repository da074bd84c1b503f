import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("--body-check", .enabled(if: Program.exists)) struct BodyCheckTests {
        @Test("finds nothing wrong with our own server, at 2000 connections", .enabled(if: DescriptorLimit.now >= 4_096, "needs 4096 file descriptors"))
        func manyConnections() throws {
            let server = try RunningServer()
            let result = try Program.run(
                "load", server.url("/bytes/4KiB"), server.url("/stream-bytes/100"), "--body-check", "-c", "2000", "-m", "2",
                "-n", "20000", "-t", "2", "--json", "--timeout", "60s", within: 60)
            #expect(result.code == 0, "\(result.errors)")
            let report = try Report(output: result.output)
            #expect(report["client.bodies.checked"] == 20_000)
            for name in ["corrupted", "swapped", "truncated", "wrong_length", "wrong_status"] {
                #expect(report["client.bodies.\(name)"] == 0, "\(name)")
            }
            #expect(report["client.responses.2xx"] == 20_000)
            _ = try server.stop()
        }

        @Test("asks for something that can be predicted, or is a mistake", arguments: [
            ["load", "http://127.0.0.1:1/health"], ["load", "http://127.0.0.1:1/bytes/1", "-X", "HEAD"],
            ["load", "http://127.0.0.1:1/bytes/1", "--data", "x"], ["record", "--path", "/health"],
        ])
        func mistakes(arguments: [String]) throws {
            let result = try ChildProcess(Program.path, arguments + ["--body-check"]).end(withinSeconds: 20)
            #expect(result.code == 2 && result.errors.contains("--body-check"), "\(result)")
        }

        @Test("fails when no answer came that it could look at")
        func nothing() throws {
            let server = try RunningServer()
            let result = try Program.run("load", server.url("/drip?delay=5"), "--body-check", "-c", "1", "-n", "2", "--timeout", "50ms")
            #expect(result.code == 1 && result.errors.contains("--body-check"), "\(result)")
            _ = try server.stop()
        }

        @Test("ends with 99 when an answer is wrong, which is in summary and recording")
        func wrongAnswer() throws {
            let server = try RunningServer()
            let recording = NSTemporaryDirectory() + "highwater-bodies-\(UUID().uuidString).ndjson"
            defer { unlink(recording) }
            // Too large for the server: 400.
            let result = try Program.run(
                "load", server.url("/bytes/100MiB"), server.url("/bytes/1"), "--body-check", "-c", "1", "-n", "4", "-o", recording)
            #expect(result.code == 99, "\(result)")
            #expect(result.output.hasPrefix("FAILED         2 answers with another status than 200 (--body-check)\n"), "\(result.output)")
            let first = "(first: GET /bytes/100MiB?seed=0, request 1 of the run: status 400, not 200, answered 'bytes: a size up to 64MiB,"
            #expect(
                result.flowedOutput.contains("4: 2 ok, 2 failed 2 status 400, each of the 2 GET /bytes/100MiB, and no other \(first)"), "\(result.output)")
            let lines = try String(contentsOfFile: recording, encoding: .utf8)
            #expect(lines.contains("status 400 \(first)"))
            #expect(lines.contains("2 wrong answers, found by --body-check"))
            _ = try server.stop()
        }
    }

    @Suite("The page on predictable bodies", .enabled(if: Program.exists)) struct PredictableBodyPageTests {
        private let page: String

        init() throws {
            page = try String(contentsOf: Program.root.appending(path: "Sources/highwater/Manual.docc/predictable-bodies.md"), encoding: .utf8)
        }

        private func example(_ language: String) throws -> String {
            let start = try #require(page.range(of: "```\(language)\n")).upperBound
            return String(page[start..<(try #require(page.range(of: "```", range: start..<page.endIndex)).lowerBound)])
        }

        @Test("has Python that makes the bytes that our server sends", .enabled(if: Tool.python3.exists))
        func python() throws {
            let server = try RunningServer()
            let check = """
                import sys, urllib.request
                for seed in (0, 1, 12345, 2**64 - 1):
                    for path in ("/bytes/%d?seed=%d", "/stream-bytes/%d?chunk_size=13&seed=%d", "/drip?duration=0&numbytes=%d&seed=%d"):
                        for size in (1, 8, 1001):
                            got = urllib.request.urlopen("http://127.0.0.1:" + sys.argv[1] + path % (size, seed)).read()
                            assert got == body(seed, size), (path, size, seed)
                print(body(0, 4).hex(" "), body(1, 4).hex(" "))
                """
            let result = try Tool.python3.run("-c", try example("python") + check, String(server.port))
            #expect(result.code == 0, "\(result.errors)")
            let first = result.output.prefix(11)
            let second = result.output.dropFirst(12).prefix(11)
            #expect(page.contains("Body 0 begins `\(first)`, body 1 `\(second)`."), "\(result.output)")
            _ = try server.stop()
        }

        @Test("has C that makes them too", .enabled(if: Tool.cc.exists))
        func c() throws {
            let path = NSTemporaryDirectory() + "highwater-body-\(UUID().uuidString)"
            defer { for suffix in ["", ".c"] { unlink(path + suffix) } }
            let main = "\n#include <stdio.h>\nint main(void) { for (int i = 0; i < 1001; i++) putchar(body_byte(12345, i)); return 0; }\n"
            try (try example("c") + main).write(toFile: path + ".c", atomically: true, encoding: .utf8)
            let compiled = try Tool.cc.run("-O1", "-o", path, path + ".c")
            try #require(compiled.code == 0, "\(compiled.errors)")
            let result = try ChildProcess(path, []).end(withinSeconds: 10)
            #expect(result.outputBytes == patternBytes(1_001, seed: 12_345))
        }
    }
}
