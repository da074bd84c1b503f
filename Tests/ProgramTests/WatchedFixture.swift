import Foundation
import Glibc
import TestSupport
import Testing

/// The servers of Tests/Fixtures/watched, built with the system's compiler, each right or with one bug.
enum WatchedFixture {
    static let epoll = built("epollserver", [])
    static let libuv = built("uvserver", ["-luv"])
    /// Linked statically: no library can be brought in.
    static let statically = built("epollserver", ["-static"], as: "epollserver-static")

    private static let folder = FileManager.default.temporaryDirectory.appending(path: "highwater-watched-\(getpid())")
    private static let sources = Program.root.appending(path: "Tests/Fixtures/watched")

    /// nil: it cannot be built here.
    private static func built(_ source: String, _ libraries: [String], as name: String? = nil) -> String? {
        guard let compiler = Tool.cc.path else { return nil }
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: name ?? source).path
        let arguments = ["-g", "-O1", "-fno-omit-frame-pointer", "-o", path, sources.appending(path: source + ".c").path] + libraries
        guard (try? ChildProcess(compiler, arguments).end(withinSeconds: 60).code) == 0 else { return nil }
        return path
    }

    /// "uvserver.c:73": the line of a fixture that has this text.
    static func line(_ text: String, in file: String) throws -> String {
        let lines = try String(contentsOf: sources.appending(path: file), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        return "\(file):\(try #require(lines.firstIndex { $0.contains(text) }) + 1)"
    }

    /// A port of the loopback that was free a moment ago.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1 }
        }
        guard result == 0 else { throw SystemError(call: "bind", number: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// `highwater watch` on one of them, which listens.
final class WatchedRun {
    let process: ChildProcess
    let port: Int

    init(_ server: String?, _ mode: String, _ arguments: String...) throws {
        port = try WatchedFixture.freePort()
        process = try ChildProcess(
            Program.path, ["watch", "--no-tui", "--interval", "100ms"] + arguments + ["--", try #require(server), "\(port)", mode])
        // The server says its port, and the run that it has begun.
        let runs: Bool? = process.wait(seconds: 20) {
            process.errors.contains("\(port)\n") && process.errors.contains("server figures: ") ? true : nil
        }
        try #require(runs == true, "\(process.errors)")
    }

    /// The server's process.
    var server: pid_t? {
        children(of: process.pid).first
    }

    /// A client that asks for answers of these sizes and reads none of them.
    func slowReader(_ sizes: Int...) throws -> RawSocket {
        let connection = try RawSocket(port: port, receiveBuffer: 4096)
        for size in sizes { try connection.send("GET /\(size) HTTP/1.1\r\nHost: localhost\r\n\r\n") }
        return connection
    }

    func waits(for words: String, seconds: Double = 15) -> Bool {
        process.wait(seconds: seconds) { (process.output + process.errors).contains(words) ? true : nil } == true
    }

    func stop() -> ChildProcess.Result {
        process.signal(SIGTERM)
        return process.end(withinSeconds: 30)
    }
}

/// Processes that a process's first thread has started.
func children(of pid: pid_t) -> [pid_t] {
    (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8))?.split(separator: " ").compactMap { pid_t($0) } ?? []
}

/// Whether a process is there, and not merely waiting to be reaped.
func lives(_ pid: pid_t) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let end = status.lastIndex(of: ")") else { return false }
    return !status[end...].hasPrefix(") Z")
}
