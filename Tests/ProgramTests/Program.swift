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

    /// A list of texts within an object: the reasons of "result" or "measurement".
    func texts(_ name: String, of part: String) -> [String] { (json[part] as? [String: Any])?[name] as? [String] ?? [] }
}

/// Other people's programs.
enum Tool: String {
    case curl, nghttp, h2load, wrk, cc, openssl, python3, nginx, haproxy, tinyproxy

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

    /// nginx with these servers, all of its files in `folder`; the caller waits until it listens, and ends it.
    static func nginx(_ servers: String, in folder: ScratchFolder) throws -> ChildProcess {
        try """
            daemon off; master_process off; pid \(folder("pid")); error_log \(folder("log"));
            events {}
            http {
                access_log off;
                client_body_temp_path \(folder("1")); proxy_temp_path \(folder("2")); fastcgi_temp_path \(folder("3"));
                uwsgi_temp_path \(folder("4")); scgi_temp_path \(folder("5"));
                \(servers)
            }
            """.write(toFile: folder("nginx.conf"), atomically: true, encoding: .utf8)
        return try Tool.nginx.start(["-p", folder(""), "-c", folder("nginx.conf")])
    }
}
