import Foundation
import Testing

/// `Sources/Packaging/action/action.yml`, run as GitHub runs a composite action: each step in a shell of its own,
/// until one fails.
struct ActionFile {
    static let folder = Program.root.appending(path: "Sources/Packaging/action")
    /// nil where Python's reader of YAML is missing.
    static let shared: ActionFile? = try? ActionFile()

    /// Names, and the values that they have when the workflow gives none.
    let inputs: [String: String]
    let steps: [Step]

    struct Step {
        var id: String?
        var condition: String?
        var shell: String
        var script: String
        var environment: [String: String]
    }

    /// What a job sees of an action.
    struct Result {
        var code: Int32
        /// Of all its steps.
        var log = ""
        var outputs: [String: String] = [:]
        /// What is shown on the page of the job.
        var summary = ""
    }

    private init() throws {
        let script = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)"
        let json = try Tool.python3.run("-c", script, Self.folder.appending(path: "action.yml").path)
        let file = try #require(try JSONSerialization.jsonObject(with: Data(json.outputBytes)) as? [String: Any])
        let inputs = try #require(file["inputs"] as? [String: [String: Any]])
        self.inputs = inputs.mapValues { $0["default"] as? String ?? "" }
        let runs = try #require(file["runs"] as? [String: Any])
        let steps = try #require(runs["steps"] as? [[String: Any]])
        try #require(runs["using"] as? String == "composite")
        self.steps = try steps.map { step in
            Step(
                id: step["id"] as? String, condition: step["if"] as? String, shell: try #require(step["shell"] as? String),
                script: try #require(step["run"] as? String), environment: step["env"] as? [String: String] ?? [:])
        }
    }

    /// - Parameter folder: the job's working folder.
    func run(_ given: [String: String], in folder: ScratchFolder) throws -> Result {
        let values = inputs.merging(given) { $1 }
        var outputs: [String: [String: String]] = [:]
        func evaluated(_ text: String) throws -> String {
            var text = text
            while let match = text.firstMatch(of: /\$\{\{ (?:inputs\.([\w-]+)|steps\.([\w-]+)\.outputs\.([\w-]+)) \}\}/) {
                let value = match.1.map { values[String($0)] } ?? outputs[String(match.2 ?? "")]?[String(match.3 ?? "")]
                text.replaceSubrange(match.range, with: try #require(value, "\(match.0)"))
            }
            return text
        }

        var result = Result(code: 0)
        let summary = folder("step-summary"), output = folder("step-output")
        for step in steps {
            if let condition = step.condition {
                let match = try #require(condition.wholeMatch(of: /inputs\.([\w-]+) != ''/), "\(condition)")
                if values[String(match.1)]?.isEmpty != false { continue }
            }
            try #require(step.shell == "bash")
            try "".write(toFile: output, atomically: false, encoding: .utf8)
            var environment = [
                "GITHUB_ACTION_PATH": Self.folder.path, "GITHUB_STEP_SUMMARY": summary, "GITHUB_OUTPUT": output,
                "PATH": Program.path.replacing(/\/[^\/]*$/, with: "") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
            ]
            for (name, value) in step.environment { environment[name] = try evaluated(value) }
            let script = "cd '\(folder("."))'\n" + (try evaluated(step.script))
            let ended = try ChildProcess("/bin/bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], environment: environment)
                .end(withinSeconds: 60)
            result.log += ended.output + ended.errors
            result.code = ended.code
            for line in try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n") {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                if let id = step.id, parts.count == 2 { outputs[id, default: [:]][parts[0]] = parts[1] }
            }
            if ended.code != 0 { break }
        }
        result.outputs = outputs["measure"] ?? [:]
        result.summary = (try? String(contentsOfFile: summary, encoding: .utf8)) ?? ""
        return result
    }
}
