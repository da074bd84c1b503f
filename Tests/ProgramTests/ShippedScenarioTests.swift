import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("A shipped scenario", .enabled(if: Program.exists)) struct ShippedScenarios {
        /// What to change so that it is over in a few seconds: the limits that need its whole length.
        private static let shortened: [(name: String, overrides: [String])] = [
            ("quick", ["duration=1500ms", "phases.steady.rate=1k"]),
            ("ramp", ["duration=2s", "phases.climb.ramp_to=1k", "phases.steady.rate=1k", "phases.stairs.rate=1k", "phases.stairs.ramp_to=200"]),
            ("keep-alive-storm", ["duration=3s"]),
            ("over-the-limit", ["duration=2s"]), ("drain", ["duration=3s"]), ("tls-churn", ["duration=2s"]),
            ("pipelining", ["duration=2s"]), ("half-closed-peers", ["duration=2s"]), ("early-reply", ["duration=2s"]),
            ("soak", [
                "duration=2s", "record.interval=100ms", "thresholds.0.all=process.memory.resident.slope < 16MiB/s",
                "thresholds.1.all=server.arena.reserved_bytes.slope < 4MiB/s", "thresholds.2.all=process.files.open.slope < 5",
            ]),
        ]

        @Test("keeps its thresholds, shortened", .measuring, arguments: shortened.map(\.name))
        func passes(name: String) throws {
            let overrides = Self.shortened.first { $0.name == name }?.overrides ?? []
            let result = try ChildProcess(Program.path, ["run", name] + overrides.flatMap { ["--set", $0] }).end(withinSeconds: 60)
            #expect(result.code == 0, "\(result)")
        }

        @Test("is listed, shown as a file that is right, and tried above")
        func listed() throws {
            let list = try Program.run("scenarios").output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
            // The lab's trials have tests of their own.
            let trials: Set = ["arena-race", "slow-reader", "cache-race"]
            #expect(Set(list) == Set(Self.shortened.map(\.name)).union(trials))
            let folder = try ScratchFolder()
            for name in list {
                let shown = try Program.run("scenarios", "show", name)
                try shown.output.write(toFile: folder(name + ".yaml"), atomically: false, encoding: .utf8)
                #expect(try Program.run("run", folder(name + ".yaml"), "--check").code == 0, "\(name)")
                #expect(shown.output.contains(trials.contains(name) ? "trials:" : "thresholds:") && shown.output.contains("description:"), "\(name)")
            }
            #expect(try Program.run("scenarios", "show", "nonsense").code == 2)
        }

        @Test("is right by the JSON Schema", .enabled(if: RecordingTools.pythonWithSchemas != nil))
        func schema() throws {
            let folder = try ScratchFolder()
            let schema = folder("schema.json")
            try Program.run("scenarios", "schema").output.write(toFile: schema, atomically: false, encoding: .utf8)
            let script = """
                import json, sys, yaml, jsonschema
                schema = json.load(open(sys.argv[1]))
                jsonschema.Draft202012Validator.check_schema(schema)
                validator = jsonschema.Draft202012Validator(schema)
                for path in sys.argv[3:]:
                    errors = list(validator.iter_errors(yaml.safe_load(open(path))))
                    if (len(errors) == 0) != (sys.argv[2] == "right"): sys.exit(f"{path}: {errors}")
                """
            let python = try #require(RecordingTools.pythonWithSchemas)
            let scenarios = Program.root.appending(path: "Sources/Workload/Scenarios").path
            let files = try FileManager.default.contentsOfDirectory(atPath: scenarios).map { "\(scenarios)/\($0)" }
            let right = try ChildProcess(python, ["-c", script, schema, "right"] + files).end(withinSeconds: 30)
            #expect(right.code == 0, "\(right)")
            // What the program refuses for its form, the schema refuses.
            let wrong = [
                "version: 1\nphases: [{ duration: 5, rate: 1 }]", "version: 1\nphases: [{ duration: 5s, rat: 1 }]", "phases: []",
                "version: 1\nclient: { connections: 0 }", "version: 1\nthresholds: [{ a: x < 1, b: y < 1 }]", "version: 1\nclient: { window: 65536 }",
                "version: 1\nphases: [{ duration: 5s, load: close }]",
                "version: 1\nphases: [{ duration: 5s, load: closed }]\ntrials: [{ set: { seed: 2 } }]",
                "version: 1\nphases: [{ duration: 5s, load: closed }]\ntrials: [{ name: a, expect: death }]",
            ]
            for (index, text) in wrong.enumerated() {
                let path = folder("\(index).yaml")
                try text.write(toFile: path, atomically: false, encoding: .utf8)
                let result = try ChildProcess(python, ["-c", script, schema, "wrong", path]).end(withinSeconds: 30)
                #expect(result.code == 0, "\(text): \(result.errors)")
                #expect(try Program.run("run", path, "--check").code == 2, "\(text)")
            }
        }
    }
}
