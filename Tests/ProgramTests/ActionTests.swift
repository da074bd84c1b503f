import Foundation
import Testing

extension ProgramTests {
    @Suite("The GitHub action", .enabled(if: Program.exists && ActionFile.shared != nil, "no program, or no python3-yaml"))
    struct ActionTests {
        private let folder: ScratchFolder

        init() throws { folder = try ScratchFolder() }

        /// Runs a scenario with one threshold.
        private func run(threshold: String, _ inputs: [String: String] = [:]) throws -> ActionFile.Result {
            let scenario = """
                version: 1
                name: small
                client: { connections: 2 }
                requests: [{ get: /bytes/1KiB }]
                phases: [{ name: steady, duration: 600ms, rate: 500 }]
                thresholds: [{ all: \(threshold) }]
                record: { interval: 50ms }
                """
            try scenario.write(toFile: folder("small.yaml"), atomically: false, encoding: .utf8)
            let action = try #require(ActionFile.shared)
            return try action.run(["scenario": "small.yaml"].merging(inputs) { $1 }, in: folder)
        }

        private func text(_ name: String) throws -> String { try String(contentsOfFile: folder(name), encoding: .utf8) }

        @Test("passes with a summary, a recording and JUnit's file")
        func passes() throws {
            let result = try run(threshold: "client.requests.failed == 0", ["arguments": "--set client.connections=3\n --quiet"])
            #expect(result.code == 0 && result.outputs["exit-code"] == "0", "\(result.log)")
            #expect(result.summary.hasPrefix("## Highwater: small.yaml passed\n"), "\(result.summary)")
            #expect(result.summary.contains("| `all: client.requests.failed == 0` | 0 | held |"), "\(result.summary)")
            #expect(result.summary.contains("| requests done | 300 |") && result.log.contains("| requests done | 300 |"))
            #expect(try text(try #require(result.outputs["summary"])) == result.summary)
            #expect(try text(try #require(result.outputs["recording"])).contains(#""type":"summary""#))
            // Whether the measurement is valid is the machine's: the threshold has passed.
            #expect(try text("highwater/junit-run.xml").contains(/name="client.requests.failed == 0" time="[\d.]+"\/>/))
        }

        @Test("fails with 99 when a threshold does, and its reports are complete")
        func fails() throws {
            let result = try run(threshold: "client.requests.succeeded < 10")
            #expect(result.code == 99 && result.outputs["exit-code"] == "99", "\(result.log)")
            #expect(result.log.contains("::error title=Highwater::small.yaml: failed\n"), "\(result.log)")
            #expect(result.summary.contains("| `all: client.requests.succeeded < 10` | 300 | **missed** |"), "\(result.summary)")
            #expect(try text("highwater/junit-run.xml").contains("<failure"))
        }

        @Test("fails with 2 on a mistake in the scenario, and says so")
        func mistake() throws {
            let result = try run(threshold: "client.requests.succeded < 10")
            #expect(result.code == 2 && result.log.contains("did you mean 'client.requests.succeeded'?"), "\(result.log)")
            #expect(result.summary.contains("could not run (exit code 2)"))
        }

        @Test("compares with a base, and fails when a condition holds")
        func compares() throws {
            let first = try run(threshold: "client.requests.failed == 0", ["base": "base.ndjson", "fail-on": "client.requests.rate < 10"])
            #expect(first.code == 0 && first.log.contains("::notice title=Highwater::base.ndjson does not exist"), "\(first.log)")
            try FileManager.default.moveItem(atPath: folder("highwater/run.ndjson"), toPath: folder("base.ndjson"))

            let second = try run(threshold: "client.requests.failed == 0", ["base": "base.ndjson", "fail-on": "\n client.requests.rate < 10\n\n"])
            #expect(second.code == 0 && second.summary.contains("A: base.ndjson, B: "), "\(second.log)\(second.summary)")
            #expect(try text("highwater/junit-compare.xml").contains("failures=\"0\""))

            let conditions = "client.requests.rate < 10\nclient.requests.rate < 100000"
            let third = try run(threshold: "client.requests.failed == 0", ["base": "base.ndjson", "fail-on": conditions])
            #expect(third.code == 99, "\(third.log)")
            #expect(third.log.contains("::error title=Highwater::failed: highwater/run.ndjson: client.requests.rate < 100000"), "\(third.log)")
            // A line that is an annotation has its percent signs escaped.
            #expect(third.log.contains(/::error .*%25\)\n/), "\(third.log)")
            #expect(try text("highwater/junit-compare.xml").contains("failures=\"1\""))
        }

        @Test("gives its steps each input that it declares, and no other")
        func inputs() throws {
            let action = try #require(ActionFile.shared)
            let used = action.steps.flatMap { step in
                ([step.script, step.condition ?? ""] + step.environment.values).flatMap { text in
                    text.matches(of: /inputs\.([\w-]+)/).map { String($0.1) }
                }
            }
            #expect(Set(used) == Set(action.inputs.keys))
        }
    }
}
