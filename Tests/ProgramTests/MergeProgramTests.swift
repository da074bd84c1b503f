import Foundation
import Testing

extension ProgramTests {
    @Suite("The merge of a run's parts", .enabled(if: Program.exists)) struct MergeProgramTests {
        /// A directory of its own, gone with the test.
        private final class Directory {
            let path: String

            init() throws {
                let url = FileManager.default.temporaryDirectory.appending(path: "highwater-\(UUID().uuidString)")
                try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
                path = url.path
            }

            deinit { try? FileManager.default.removeItem(atPath: path) }

            func file(_ name: String) -> String { "\(path)/\(name)" }
        }

        private func lines(_ path: String, type: String) throws -> [Report] {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try Report(text: String($0)) }.filter { $0.text("type") == type }
        }

        @Test("comes to the counts of the server, and to all values of the parts' histograms")
        func counts() throws {
            let directory = try Directory()
            let server = try RunningServer()
            let parts = try (1...3).map { number in
                try Program.start(
                    "load", server.url("/bytes/100"), "-n", "3000", "-q", "3k", "-c", "6", "--interval", "200ms", "--share", "\(number)/3",
                    "--start-at", "+1s", "-o", directory.file("\(number).ndjson"))
            }
            for part in parts { #expect(part.end(withinSeconds: 30).code == 0) }
            let served = try server.stop()
            let result = try Program.run(
                "merge", directory.file("1.ndjson"), directory.file("2.ndjson"), directory.file("3.ndjson"), "-o", directory.file("all.ndjson"), "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.done"] == 3_000 && served["server.requests.completed"] == 3_000)
            #expect(report["client.service_time.count"] == 3_000)
            #expect(report["client.connections.opened"] == 6)
            #expect(report["client.bytes.received_body"] == 300_000)
            let samples = try lines(directory.file("all.ndjson"), type: "sample")
            #expect(samples.reduce(0) { $0 + ($1["client.service_time.count"] ?? 0) } == 3_000)
            #expect(samples.last?["parts.reporting"] == 3 && samples.last?["parts.count"] == 3)
            // What others read, reads this too.
            for command in [["export", directory.file("all.ndjson"), "--to", "csv"], ["report", directory.file("all.ndjson"), "-o", "-"]] {
                #expect(try ChildProcess(Program.path, command).end(withinSeconds: 20).code == 0)
            }
        }

        @Test("without a part is told, and exits with 3 where trust is asked for")
        func missing() throws {
            let directory = try Directory()
            for number in [1, 3] {
                #expect(try Program.run("record", "-n", "30", "-c", "3", "--share", "\(number)/3", "-o", directory.file("\(number).ndjson")).code == 0)
            }
            let result = try Program.run("merge", directory.file("1.ndjson"), directory.file("2.ndjson"), directory.file("3.ndjson"), "--strict")
            #expect(result.code == 3, "\(result)")
            #expect(result.flowedOutput.contains("part 2/3 is missing") && result.flowedOutput.contains("2.ndjson: cannot read: No such file or directory"), "\(result)")
            #expect(try Program.run("merge", directory.file("2.ndjson")).code == 1)
            let lost = try Program.run("merge", directory.file("1.ndjson"), "-o", directory.file("1.ndjson"))
            #expect(lost.code == 2 && lost.errors.contains("would be lost"), "\(lost)")
        }

        @Test("judges a scenario's thresholds once, over all parts")
        func thresholds() throws {
            let directory = try Directory()
            let scenario = directory.file("s.yaml")
            try """
                version: 1
                server: {}
                client: { connections: 2 }
                phases: [{ name: a, duration: 300ms, rate: 200 }]
                thresholds: ["client.requests.done == 60"]
                """.write(toFile: scenario, atomically: true, encoding: .utf8)
            for number in [1, 2] {
                #expect(try Program.run("run", scenario, "--share", "\(number)/2", "-o", directory.file("\(number).ndjson")).code == 0)
            }
            #expect(try Program.run("merge", "--align", "start", directory.file("1.ndjson"), directory.file("2.ndjson")).code == 0)
            let half = try Program.run("merge", directory.file("1.ndjson"))
            #expect(half.code == 99 && half.output.contains("30"), "\(half)")
        }

        @Test("while they run tells of a part that is stopped, of its return, and of one that dies; the rest goes on")
        func live() throws {
            let directory = try Directory()
            let server = try RunningServer()
            let parts = try (1...3).map { number in
                try Program.start(
                    "load", server.url("/bytes/100"), "-q", "300", "-d", "9s", "-c", "3", "--interval", "200ms", "--share", "\(number)/3",
                    "-o", directory.file("\(number).ndjson"))
            }
            for number in 1...3 {
                _ = parts[number - 1].wait(seconds: 10) { FileManager.default.fileExists(atPath: directory.file("\(number).ndjson")) ? true : nil }
            }
            let merge = try Program.start(
                "merge", "--follow", directory.file("1.ndjson"), directory.file("2.ndjson"), directory.file("3.ndjson"),
                "-o", directory.file("all.ndjson"), "--strict")
            func samples() -> [Report] { (try? lines(directory.file("all.ndjson"), type: "sample")) ?? [] }
            func texts() -> [String] { ((try? lines(directory.file("all.ndjson"), type: "event")) ?? []).compactMap { $0.text("text") } }
            #expect(merge.wait(seconds: 10) { samples().contains { $0["parts.reporting"] == 3 } ? true : nil } == true)
            parts[2].signal(SIGKILL)
            parts[1].signal(SIGSTOP)
            #expect(merge.wait(seconds: 10) { texts().contains { $0.contains("part 2/3") && $0.contains("has sent nothing for") } ? true : nil } == true)
            parts[1].signal(SIGCONT)
            #expect(merge.wait(seconds: 10) { texts().contains { $0.contains("part 2/3") && $0.contains("reports again") } ? true : nil } == true)
            for part in parts { _ = part.end(withinSeconds: 20) }
            // A file says nothing of its writer's death; a signal ends the wait for it.
            #expect(merge.wait(seconds: 10) { samples().last?["client.connections.open"] == 1 ? true : nil } == true)
            merge.signal(SIGTERM)
            let result = merge.end(withinSeconds: 20)
            #expect(result.code == 143 && result.flowedOutput.contains("part 3/3") && result.flowedOutput.contains("has no end"), "\(result)")
            #expect(try server.stop()["server.requests.completed"] ?? 0 > 1_000)
        }

        @Test("through pipes ends by itself, with what is missing by name")
        func pipes() throws {
            let directory = try Directory()
            let server = try RunningServer()
            let script = """
                part() { "$0" load \(server.url("/bytes/100")) -q 200 -d 2s -c 2 --interval 100ms --share $1/2 -o - 2>/dev/null; }
                "$0" merge --follow <(part 1) <(part 2 | head -c 20000) --strict -o \(directory.file("all.ndjson"))
                """
            let result = try ChildProcess("/bin/bash", ["-c", script, Program.path]).end(withinSeconds: 40)
            #expect(result.code == 3, "\(result)")
            #expect(result.flowedOutput.contains("part 2/2") && result.flowedOutput.contains("has no end: it died or was cut off after"), "\(result)")
            let samples = try lines(directory.file("all.ndjson"), type: "sample")
            #expect(samples.contains { $0["parts.reporting"] == 2 } && samples.last?["parts.reporting"] == 1)
        }
    }
}
