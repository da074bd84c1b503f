import Foundation
import TestSupport
import Testing

/// A TCP port that nothing listens on now.
func freePort() throws -> Int { try RawListener().port }

/// nginx on free ports, with its defaults in all that a client can see.
final class NginxServer {
    private let process: ChildProcess
    private let folder: ScratchFolder
    let port: Int
    /// HTTP/2 with prior knowledge.
    let http2Port: Int

    init() throws {
        folder = try ScratchFolder()
        (port, http2Port) = (try freePort(), try freePort())
        process = try Tool.nginx(
            "server { listen 127.0.0.1:\(port); listen 127.0.0.1:\(http2Port) http2; location / { return 200 \"ok\"; } }", in: folder)
        let port = port
        let isUp = process.wait(seconds: 10) { (try? RawSocket(port: port)) != nil ? true : nil }
        try #require(isUp == true, "\(process.errors)")
    }

    deinit { process.signal(SIGTERM) }
}

extension ProgramTests {
    /// nginx ends a connection after a thousand requests, under those that were sent ahead.
    @Suite("Load on nginx as it is installed", .enabled(if: Program.exists && Tool.nginx.exists)) struct NginxTests {
        @Test("has no failures, with requests sent ahead", arguments: [true, false])
        func defaults(http1: Bool) throws {
            let server = try NginxServer()
            let url = "http://127.0.0.1:\(http1 ? server.port : server.http2Port)/"
            for end in [["-n", "30000"], ["-d", "2s"]] {
                let result = try ChildProcess(Program.path, ["load", url, http1 ? "--h1" : "--h2c", "-c", "5", "-m", "10", "--json"] + end)
                    .end(withinSeconds: 60)
                #expect(result.code == 0, "\(result)")
                let report = try Report(output: result.output)
                #expect(report["client.requests.failed"] == 0, "\(result.output)")
                // Two seconds may be too short for a thousand requests on one connection.
                if end[0] == "-n" { #expect((report["client.requests.resent"] ?? 0) > 0) }
            }
        }
    }
}
