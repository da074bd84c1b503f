import Foundation
import Testing

extension ProgramTests {
    @Suite("highwater run", .enabled(if: Program.exists)) struct ScenarioRuns {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        /// A scenario file of a second: a warm-up, and two phases with what `rest` adds.
        private func file(_ rest: String) throws -> String {
            try write("""
                version: 1
                client: { connections: 4, streams: 4 }
                requests: [{ get: /bytes/1KiB }]
                phases:
                  - { name: warm, warmup: true, duration: 200ms, rate: 500 }
                  - { name: climb, duration: 500ms, rate: 200, ramp_to: 1k }
                  - { name: flood, duration: 300ms, load: closed }
                record: { interval: 100ms }
                \(rest)
                """)
        }

        private func write(_ text: String) throws -> String {
            let path = folder("s.yaml")
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            return path
        }

        @Test("leaves the warm-up out, counts a ramp exactly, and writes the phases into the recording")
        func phases() throws {
            let recording = folder("run.ndjson")
            let result = try Program.run("run", try file("thresholds: [client.requests.failed == 0]"), "--json", "-o", recording)
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            let lines = try String(contentsOfFile: recording, encoding: .utf8).split(separator: "\n").map { try Report(text: String($0)) }
            let samples = lines.filter { $0.text("type") == "sample" }
            let climb = samples.filter { $0.text("phase") == "climb" }, warm = samples.filter { $0.text("phase") == "warm" }
            let warmed = try #require(warm.last?["client.requests.scheduled"])
            let climbed = try #require(climb.last?["client.requests.scheduled"])
            // The integral of the rate: 0.5 s x 600. A sample may be taken a little late, into the next phase.
            #expect(abs(warmed - 100) <= 10)
            #expect(climbed >= 400)
            #expect(warm.allSatisfy { $0["warmup"] == 1 } && climb.allSatisfy { $0["warmup"] == nil })
            #expect(samples.contains { $0.text("phase") == "flood" } && samples.last?.text("phase") == nil)
            let total = try #require(samples.last?["client.requests.done"])
            let warmDone = try #require(warm.last?["client.requests.done"])
            #expect(report["client.requests.done"] == total - warmDone)
            let events = lines.filter { $0.text("type") == "event" && $0.text("source") == "phase" }.compactMap { $0.text("text") }
            #expect(events.count == 3 && events[1].hasPrefix("climb: open 200..1000/s for 500ms"), "\(events)")
        }

        @Test("exits 99 when a threshold fails, and says which")
        func fails() throws {
            let path = try file("thresholds:\n  - climb: client.response_time.max < 1ns\n  - client.requests.failed == 0\n")
            let failed = try Program.run("run", path)
            #expect(failed.code == 99, "\(failed)")
            #expect(failed.output.contains("thresholds     1 of 2 passed"))
            #expect(failed.output.contains("  FAILED  climb: client.response_time.max < 1ns:"))
            let json = try Program.run("run", path, "--json")
            #expect(json.code == 99)
            #expect(json.output.contains("\"passed\": false"))
        }

        @Test("ends at once when a threshold with abort fails")
        func aborts() throws {
            let path = try file("thresholds:\n  - climb: { check: client.requests.done < 1, abort: true, after: 10ms }\nduration: 60s")
            let start = ContinuousClock.now
            // With the phases the 10 ms become three quarters of a second.
            let result = try Program.run("run", path, "--set", "phases.warm.duration=10ms")
            #expect(result.code == 99, "\(result)")
            #expect(ContinuousClock.now - start < .seconds(20))
            #expect(result.errors.contains("the run ends"), "\(result.errors)")
        }

        @Test("exits 3 with --strict when the measurement is not valid")
        func strict() throws {
            let path = try write("""
                version: 1
                client: { connections: 1 }
                requests: [{ get: /delay/0.2 }]
                phases: [{ duration: 600ms, rate: 1k }]
                """)
            #expect(try Program.run("run", path).code == 0)
            let strict = try Program.run("run", path, "--strict")
            #expect(strict.code == 3, "\(strict)")
            #expect(strict.output.contains("of the asked rate was sent"))
        }

        @Test("exits 2 and tells every error with its place")
        func wrong() throws {
            let path = try file("thresholds: [client.requests.faild == 0]\nserver: { lops: 1 }")
            for arguments in [["run", path], ["run", path, "--check"], ["run", path, "--dry-run"]] {
                let result = try ChildProcess(Program.path, arguments).end(withinSeconds: 20)
                #expect(result.code == 2 && result.output.isEmpty, "\(result)")
                #expect(result.errors.contains("s.yaml:9:14: unknown metric 'client.requests.faild'; did you mean 'client.requests.failed'?"), "\(result.errors)")
                #expect(result.errors.contains("s.yaml:10:11: unknown key 'lops'; did you mean 'loops'?"), "\(result.errors)")
            }
            let unknown = try Program.run("run", "quik")
            #expect(unknown.code == 2 && unknown.errors.contains("did you mean quick?"), "\(unknown)")
            #expect(try Program.run("run", "/nonexistent/x.yaml").code == 1)
        }

        @Test("with --check and --dry-run runs nothing")
        func dry() throws {
            let path = try file("")
            #expect(try Program.run("run", path, "--check").output.hasSuffix("right\n"))
            let dry = try Program.run("run", path, "--dry-run")
            #expect(dry.code == 0 && dry.output.contains("open 200..1000/s, 300 requests"), "\(dry)")
            for line in dry.output.split(separator: "\n") { #expect(line.count <= 80) }
        }

        @Test("interrupted judges what there was, and exits 130")
        func interrupted() throws {
            let process = try Program.start("run", try file("thresholds: [client.requests.failed == 0]"), "--set", "duration=60s")
            let isUnderWay: Bool? = process.wait(seconds: 10) { process.errors.contains(/[1-9]\d* req\/s/) ? true : nil }
            #expect(isUnderWay == true, "\(process.errors)")
            process.signal(SIGINT)
            let result = process.end(withinSeconds: 20)
            #expect(result.code == 130, "\(result)")
            #expect(result.output.contains("partial: the run was cut short"))
        }

        @Test("--phase does the same without a file")
        func commandLine() throws {
            let result = try Program.run(
                "record", "-c", "4", "-m", "4", "--phase", "w=100ms:500,warmup", "--phase", "a=300ms:100..500,poisson", "--phase", "200ms:closed,connections=6",
                "--interval", "100ms", "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.connections.opened"] == 6)
            #expect(report["client.requests.failed"] == 0)
            for wrong in [["--phase", "10s"], ["--phase", "10s:fast"], ["--phase", "1s:5", "-n", "10"], ["--phase", "a=1s:5", "--phase", "a=1s:5"], ["--phase", "1s:closed,poisson"]] {
                #expect(try ChildProcess(Program.path, ["record"] + wrong).end(withinSeconds: 10).code == 2, "\(wrong)")
            }
        }
    }
}
