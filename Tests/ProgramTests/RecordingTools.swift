import Foundation
import Testing

/// Other people's readers of what `highwater export` writes.
enum RecordingTools {
    /// nil: not on this machine.
    static let promtool = found("promtool")
    static let prometheus = found("prometheus")
    /// Checks and shows manual pages.
    static let mandoc = found("mandoc")
    static let jq = found("jq")
    /// Opens what `highwater report` writes.
    static let chromium = found("chromium")

    /// A Python that has the package `hdrhistogram`. `HIGHWATER_PYTHON` says which; else the first of the path.
    static let python: String? = {
        let named = ProcessInfo.processInfo.environment["HIGHWATER_PYTHON"]
        return [named, found("python3")].compactMap { $0 }.first { python in
            (try? ChildProcess(python, ["-c", "import hdrh.histogram"]).end(withinSeconds: 20).code) == 0
        }
    }()

    /// Debian's python3-jsonschema and python3-yaml.
    static let pythonWithSchemas: String? = found("python3").flatMap { python in
        (try? ChildProcess(python, ["-c", "import jsonschema, yaml; jsonschema.Draft202012Validator"]).end(withinSeconds: 20).code) == 0 ? python : nil
    }

    /// Any Python 3, for what its own library can do.
    static let plainPython = found("python3")

    private static func found(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// A folder that goes with its owner.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "highwater-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }

    /// A recording of a short run.
    func record(_ name: String = "run.ndjson", _ arguments: String...) throws -> String {
        let file = self(name)
        let result = try ChildProcess(
            Program.path, ["record", "-c", "4", "-m", "4", "-d", "600ms", "--interval", "100ms", "-o", file] + arguments
        ).end(withinSeconds: 30)
        try #require(result.code == 0, "record: \(result.errors)")
        return file
    }
}
