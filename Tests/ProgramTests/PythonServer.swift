import Foundation
import Testing

/// Python's own HTTP/1.1 server, with a handler that a test writes: what somebody else's server does.
final class PythonServer {
    let process: ChildProcess
    let port: Int

    /// - Parameters:
    ///   - preamble: what comes before the handler.
    ///   - handler: the methods of a BaseHTTPRequestHandler, from the first column on.
    init(preamble: String, handler: String) throws {
        let methods = handler.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
        let program = """
            \(preamble)
            import http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                wbufsize = -1
                def log_message(self, *words): pass
            \(methods)
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.daemon_threads = True
            print(server.server_address[1], flush=True)
            server.serve_forever()
            """
        let process = try ChildProcess(try #require(Tool.python3.path), ["-c", program])
        self.process = process
        port = try #require(
            process.wait(seconds: 10) { process.output.split(separator: "\n").first.flatMap { Int($0) } }, "\(process.errors)")
    }
}
