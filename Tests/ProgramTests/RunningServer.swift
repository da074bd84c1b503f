import Foundation
import TestSupport
import Testing

/// `highwater serve` on a free port.
final class RunningServer {
    let process: ChildProcess
    let port: Int
    /// Where TLS is spoken, with --tls.
    let securePort: Int?
    private var connections: [WeakConnection] = []

    private struct WeakConnection { weak var socket: RawSocket? }

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

    /// A connection that `stop` closes. A server that drains would wait two seconds for it.
    func connect(receiveBuffer: Int32? = nil) throws -> RawSocket {
        let socket = try RawSocket(port: port, receiveBuffer: receiveBuffer)
        connections.append(WeakConnection(socket: socket))
        return socket
    }

    /// Sockets that the process has open: what it listens with, and its connections.
    var socketCount: Int {
        let folder = "/proc/\(process.pid)/fd/"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.count { (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0))?.hasPrefix("socket:") == true }
    }

    /// Ends it as one should, and reads its summary.
    func stop(signal: Int32 = SIGTERM, within seconds: Double = 20) throws -> Report {
        for connection in connections { connection.socket?.close() }
        process.signal(signal)
        return try summary(within: seconds)
    }

    /// The summary of a server that is ending.
    func summary(within seconds: Double = 20) throws -> Report {
        let result = process.end(withinSeconds: seconds)
        #expect(!result.isOverdue, "serve did not end in \(seconds) s")
        #expect(result.code == 0, "serve ended with \(result.code): \(result.errors)")
        return try Report(output: result.output)
    }
}

extension RawSocket {
    /// Sends a request, whole or a part of it, and waits until the server has read it.
    ///
    /// It goes in one packet behind a request for /health, whose answer comes when all of the packet was read.
    func sendUntilRead(_ text: String) throws {
        try send("GET /health HTTP/1.1\r\nHost: h\r\n\r\n" + text)
        let first = try response()
        #expect(first?.text == "OK\n", "\(String(describing: first))")
    }
}
