import Foundation
import Testing

/// The executable under test, which the build put beside these tests.
enum Program {
    static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "highwater").path
    }()

    static var exists: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Runs a command to its end.
    static func run(_ arguments: String..., within seconds: Double = 30) throws -> ChildProcess.Result {
        try ChildProcess(path, arguments).end(withinSeconds: seconds)
    }

    static func start(_ arguments: String...) throws -> ChildProcess { try ChildProcess(path, arguments) }

    /// Root of the package.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// `highwater serve` on a free port.
final class RunningServer {
    let process: ChildProcess
    let port: Int
    /// Where TLS is spoken, with --tls.
    let securePort: Int?

    convenience init(_ arguments: String...) throws {
        try self.init(adopting: ChildProcess(
            Program.path, ["serve", "--listen", "127.0.0.1:0", "--json"] + arguments))
    }

    /// A server that was started another way, and says where it listens.
    init(adopting process: ChildProcess) throws {
        let port = process.wait(seconds: 10) { () -> Int? in
            guard let match = (process.output + process.errors).firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\b[^\n]*\n/) else { return nil }
            return Int(match.1)
        }
        self.process = process
        securePort = (process.output + process.errors).firstMatch(of: /https:\/\/127\.0\.0\.1:(\d+)\b[^\n]*\n/).flatMap { Int($0.1) }
        self.port = try #require(port, "no address: \(process.output) \(process.errors)")
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Ends it as one should, and reads its summary.
    func stop(signal: Int32 = SIGTERM, within seconds: Double = 20) throws -> Report {
        process.signal(signal)
        let result = process.end(withinSeconds: seconds)
        #expect(!result.isOverdue, "serve did not end in \(seconds) s")
        #expect(result.code == 0, "serve ended with \(result.code): \(result.errors)")
        return try Report(output: result.output)
    }
}

/// A summary as JSON, read by the names that `highwater metrics` lists.
struct Report {
    private let json: [String: Any]

    /// - Parameter output: what the program printed; the JSON begins with the first line that is a brace.
    init(output: String) throws {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "{"), "no summary: \(output)")
        try self.init(text: lines[start...].joined(separator: "\n"))
    }

    /// - Parameter text: one object.
    init(text: String) throws {
        json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// nil: there is no such number.
    subscript(path: String) -> Double? {
        var value: Any? = json
        for name in path.split(separator: ".") { value = (value as? [String: Any])?[String(name)] }
        return (value as? NSNumber)?.doubleValue
    }

    func text(_ path: String) -> String? { json[path] as? String }
}

/// Other people's programs.
enum Tool: String {
    case curl, nghttp, h2load, wrk, cc, openssl, python3

    /// nil: not on this machine.
    var path: String? {
        let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (directories + ["/usr/sbin", "/usr/local/bin"]).map { "\($0)/\(rawValue)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    var exists: Bool { path != nil }

    func run(_ arguments: String..., within seconds: Double = 60) throws -> ChildProcess.Result {
        try start(arguments).end(withinSeconds: seconds)
    }

    func start(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(try #require(path), arguments)
    }
}
