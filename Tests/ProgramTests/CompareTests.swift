import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("highwater compare", .enabled(if: Program.exists)) struct Compares {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        @Test("shows what changed, within 80 columns, and exits 0")
        func table() throws {
            let a = try folder.record("a"), b = try folder.record("b")
            let result = try Program.run("compare", a, b, "--all")
            #expect(result.code == 0, "\(result.errors)")
            #expect(result.output.contains("client.response_time") && result.output.contains("p99"))
            for line in result.output.split(separator: "\n") where !line.hasPrefix("A ") && !line.hasPrefix("B ") {
                #expect(line.count <= 80, "\(line)")
            }
        }

        @Test("exits 99 when a condition holds, and 0 when it does not", .measuring)
        func conditions() throws {
            let a = try folder.record("a"), b = try folder.record("b", "-q", "100")
            let worse = try Program.run("compare", a, b, "--fail-on", "client.requests.rate < -20%")
            #expect(worse.code == 99)
            #expect(worse.errors.contains("failed: ") && worse.errors.contains("client.requests.rate < -20"), "\(worse.errors)")
            #expect(try Program.run("compare", a, b, "--fail-on", "client.requests.rate > +20%").code == 0)
            #expect(try Program.run("compare", a, a, "--fail-on", "client.response_time.p99 > +10%").code == 0)
        }

        @Test("does not judge a change of which it cannot tell whether it is noise: exit 3, and an error in JUnit's words")
        func unknownNoise() throws {
            let a = try folder.record("a", "--interval", "300ms"), b = try folder.record("b", "--interval", "300ms", "-q", "100")
            let condition = ["--fail-on", "client.requests.rate < -20%"]
            let result = try ChildProcess(Program.path, ["compare", a, b] + condition).end(withinSeconds: 20)
            #expect(result.code == 3, "\(result.errors)")
            #expect(result.errors.contains("not judged: \(b): client.requests.rate < -20") && result.errors.contains("of 5 needed"), "\(result.errors)")
            let junit = try ChildProcess(Program.path, ["compare", a, b, "--junit"] + condition).end(withinSeconds: 20)
            #expect(junit.code == 3 && junit.output.contains("errors=\"1\"") && junit.output.contains("failures=\"0\""), "\(junit.output)")
        }

        @Test("says first which run is slower, then that they were asked for different things", .measuring)
        func headline() throws {
            let a = try folder.record("a", "--path", "/bytes/1KiB", "--interval", "100ms")
            let b = try folder.record("b", "--path", "/delay/0.02", "--interval", "100ms")
            let result = try Program.run("compare", a, b)
            let lines = result.output.split(separator: "\n").map(String.init)
            #expect(lines.first?.hasPrefix("B is slower: service p50 ") == true, "\(result.output)")
            #expect(lines.contains("warning: the runs were asked for different things:"), "\(result.output)")
            #expect(lines.contains("  client.path  [\"/bytes/1KiB\"] -> [\"/delay/0.02\"]"), "\(result.output)")
            #expect(!result.output.contains("client.target") && !result.output.contains("server.listen"), "\(result.output)")
        }

        @Test("says that a recording is cut off, or has no summary, and judges nothing by it: exit 3")
        func cutOff() throws {
            let a = try folder.record("a"), whole = try String(contentsOfFile: a, encoding: .utf8)
            let lines = whole.split(separator: "\n")
            try whole.dropLast(40).write(toFile: folder("cut"), atomically: false, encoding: .utf8)
            try (lines.dropLast().joined(separator: "\n") + "\n").write(toFile: folder("killed"), atomically: false, encoding: .utf8)
            for (name, words) in [("cut", "it is cut off within a line"), ("killed", "it has no summary")] {
                let result = try Program.run("compare", a, folder(name), "--fail-on", "client.requests.failed > 0")
                #expect(result.code == 3 && result.output.contains("warning: B: \(words)"), "\(result.output)\(result.errors)")
                #expect(result.errors.contains("not judged: \(folder(name)): \(words)"), "\(result.errors)")
                let junit = try Program.run("compare", a, folder(name), "--junit", "--fail-on", "client.requests.failed > 0")
                #expect(junit.code == 3 && junit.output.contains("errors=\"1\""), "\(junit.output)")
            }
        }

        @Test("reads a pipe as it reads a file")
        func pipe() throws {
            let a = try folder.record("a")
            let result = try ChildProcess("/bin/bash", ["-c", "\(Program.path) compare --json \(a) <(cat \(a))"]).end(withinSeconds: 20)
            #expect(result.code == 0 && !result.output.contains("\"worse\"") && !result.output.contains("\"within noise\""), "\(result.errors)")
        }

        @Test("writes JSON that jq reads", .enabled(if: RecordingTools.jq != nil))
        func json() throws {
            let a = try folder.record("a")
            try Program.run("compare", a, a, "--json").output.write(toFile: folder("json"), atomically: false, encoding: .utf8)
            let result = try ChildProcess(try #require(RecordingTools.jq), ["-e", ".figures | length > 100", folder("json")])
                .end(withinSeconds: 10)
            #expect(result.code == 0, "\(result.output)\(result.errors)")
        }

        @Test("refuses what makes no sense with exit 2 and the nearest name")
        func usage() throws {
            let unknown = try Program.run("compare", "a", "b", "--fail-on", "client.responsetime.p99 > +10%")
            #expect(unknown.code == 2 && unknown.errors.contains("did you mean 'client.response_time.p99'?"), "\(unknown.errors)")
            #expect(try Program.run("compare", "a").code == 2)
            #expect(try Program.run("compare", "a", "b", "--json", "--markdown").code == 2)
            let missing = try Program.run("compare", folder("none"), "b")
            #expect(missing.code == 1 && missing.errors.contains("No such file"))
        }
    }
}
