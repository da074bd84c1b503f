import Foundation
import TestSupport
import Testing

/// Debian's tinyproxy on a free port.
private final class Proxy {
    private let folder: ScratchFolder
    private let process: ChildProcess
    let port: Int

    /// - Parameter user: "user password" that it asks for; nil: nothing.
    init(user: String? = nil) throws {
        folder = try ScratchFolder()
        port = try freePort()
        try """
            Port \(port)
            Listen 127.0.0.1
            Timeout 60
            MaxClients 200
            Allow 127.0.0.1
            LogFile "\(folder("log"))"
            LogLevel Connect
            \(user.map { "BasicAuth \($0)" } ?? "")
            """.write(toFile: folder("tinyproxy.conf"), atomically: false, encoding: .utf8)
        process = try Tool.tinyproxy.start(["-d", "-c", folder("tinyproxy.conf")])
        let port = port
        try #require(process.wait(seconds: 10) { (try? RawSocket(port: port)) != nil ? true : nil } == true, "\(process.errors)")
    }

    deinit { process.signal(SIGTERM) }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Requests that it has taken, by their method.
    func requests(_ method: String) -> Int {
        ((try? String(contentsOfFile: folder("log"), encoding: .utf8)) ?? "").ranges(of: ": \(method) ").count
    }
}

extension ProgramTests {
    @Suite("A proxy", .enabled(if: Program.exists && Tool.tinyproxy.exists)) struct ProxyTests {
        /// tinyproxy closes each connection behind its first answer.
        private static let way: [String: (flags: [String], method: String)] = [
            "clear": (["--reconnect", "always"], "GET"), "tunnelled HTTP/2": (["--h2c"], "CONNECT"), "tunnelled TLS": (["-k"], "CONNECT"),
        ]

        @Test("forwards requests in the clear, and tunnels the others", arguments: way.keys.sorted())
        func ways(name: String) throws {
            let way = try #require(Self.way[name])
            let server = try RunningServer("--tls-listen", "127.0.0.1:0"), proxy = try Proxy()
            let url = name == "tunnelled TLS" ? "https://127.0.0.1:\(try #require(server.securePort))/bytes/100" : server.url("/bytes/100")
            let result = try ChildProcess(Program.path, ["load", url, "--proxy", proxy.url, "-n", "60", "-c", "3", "--json"] + way.flags).end(withinSeconds: 60)
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 60 && report["client.bytes.received_body"] == 6_000)
            #expect(proxy.requests(way.method) > 0)
            #expect(try server.stop()["server.requests.completed"] == 60)
        }

        @Test("that wants a user gets one from a file or from the environment, and no place shows it", arguments: ["file", "environment", "none"])
        func credentials(source: String) throws {
            let server = try RunningServer(), proxy = try Proxy(user: "eve s3cret"), folder = try ScratchFolder()
            try "eve:s3cret\n".write(toFile: folder("user"), atomically: false, encoding: .utf8)
            for flag in ["--h1", "--h2c"] {
                var arguments = ["load", server.url("/health"), flag, "--proxy", proxy.url, "-n", "10", "-c", "1", "--reconnect", "always", "-o", folder("r.ndjson")]
                if source == "file" { arguments += ["--proxy-user-file", folder("user")] }
                let environment = source == "environment" ? ["HIGHWATER_PROXY_USER=eve:s3cret"] : []
                let result = try ChildProcess("/usr/bin/env", environment + [Program.path] + arguments).end(withinSeconds: 30)
                let recording = try String(contentsOfFile: folder("r.ndjson"), encoding: .utf8)
                for text in [result.output, result.errors, recording] { #expect(!text.contains("s3cret") && !text.contains("ZXZlOnMzY3JldA")) }
                if source == "none" {
                    #expect(flag == "--h1" ? result.output.contains("407") || result.output.contains("4xx") : result.errors.contains("the proxy opens no tunnel to the server: 407"), "\(result)")
                } else {
                    #expect(result.code == 0 && result.output.contains("all 10 requests succeeded"), "\(result)")
                }
            }
            _ = try server.stop()
        }

        @Test("is told from the server where it fails")
        func failures() throws {
            let proxy = try Proxy(), gone = try freePort()
            let noServer = try Program.run("load", "http://127.0.0.1:\(gone)/", "--h2c", "--proxy", proxy.url, "-n", "1", "-c", "1", within: 60)
            #expect(noServer.code == 1 && noServer.errors.contains("the proxy opens no tunnel to the server: 50"), "\(noServer)")
            let noProxy = try Program.run("load", "https://127.0.0.1/", "--proxy", "http://127.0.0.1:\(gone)", "-n", "1", "-c", "1", within: 60)
            #expect(noProxy.code == 1 && noProxy.errors.contains("the proxy: connection refused"), "\(noProxy)")
        }

        @Test("that is written wrong is refused in words", arguments: [
            ("http://eve:s3cret@127.0.0.1:1", "--proxy-user-file"), ("socks5://127.0.0.1:1", "write http://127.0.0.1:3128"), ("127.0.0.1", "write http://127.0.0.1:3128"),
        ])
        func refusals(url: String, words: String) throws {
            let result = try Program.run("load", "http://127.0.0.1:1/", "--proxy", url, "-n", "1")
            #expect(result.code == 2 && result.errors.contains(words), "\(result)")
        }
    }
}
