import Foundation
import TestSupport
import Testing

/// nginx, which writes a line for each request, and a server of ours.
private final class TwoServers {
    let folder: ScratchFolder
    let own: RunningServer
    private let nginx: ChildProcess
    private let nginxPort: Int

    init(_ arguments: String...) throws {
        folder = try ScratchFolder()
        nginxPort = try freePort()
        let port = nginxPort
        nginx = try Tool.nginx(
            """
            server {
                listen 127.0.0.1:\(port); access_log \(folder("access"));
                location / { return 200 "nginx"; } location /missing { return 404; }
            }
            """, in: folder)
        own = try RunningServer(adopting: ChildProcess(Program.path, ["serve", "--listen", "127.0.0.1:0", "--json"] + arguments))
        let isUp = nginx.wait(seconds: 10) { (try? RawSocket(port: port)) != nil ? true : nil }
        try #require(isUp == true, "\(nginx.errors)")
    }

    deinit { nginx.signal(SIGTERM) }

    func nginxURL(_ path: String) -> String { "http://127.0.0.1:\(nginxPort)\(path)" }

    /// How often nginx answered each path, by its own log, once it has ended; and with which status.
    func nginxCounts() throws -> [String: Int] {
        nginx.signal(SIGTERM)
        _ = nginx.end(withinSeconds: 10)
        let log = try String(contentsOfFile: folder("access"), encoding: .utf8)
        return log.matches(of: /"GET (\S+) [^"]+" (\d+)/).reduce(into: [:]) { $0["\($1.1) \($1.2)", default: 0] += 1 }
    }

    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: folder(name), atomically: false, encoding: .utf8)
        return folder(name)
    }
}

/// The rows of a summary's JSON, by the names of the requests.
private struct Rows {
    let names: [String]
    private let rows: [[String: Any]]

    init(_ output: String) throws {
        let json = try JSONSerialization.jsonObject(with: Data(output.drop { $0 != "{" }.utf8)) as? [String: Any]
        rows = (json?["client"] as? [String: Any])?["by_request"] as? [[String: Any]] ?? []
        names = rows.compactMap { $0["name"] as? String }
    }

    func done(_ name: String) -> Int { (row(name)?["requests"] as? [String: Any])?["done"] as? Int ?? 0 }

    func statuses(_ name: String) -> [String: Int] { row(name)?["statuses"] as? [String: Int] ?? [:] }

    /// Of all rows.
    func sum(_ name: String) -> Int { rows.reduce(0) { $0 + (($1["requests"] as? [String: Any])?[name] as? Int ?? 0) } }

    private func row(_ name: String) -> [String: Any]? { rows.first { $0["name"] as? String == name } }
}

extension ProgramTests {
    @Suite("Several servers in one run", .enabled(if: Program.exists && Tool.nginx.exists)) struct OriginTests {
        /// Three quarters of the requests go to nginx, a third of these to what it does not have.
        private func list(_ servers: TwoServers) throws -> String {
            try servers.write("urls", "\(servers.nginxURL("/a")) 2\n\(servers.nginxURL("/missing"))\n\(servers.own.url("/health"))\n")
        }

        @Test("get the requests that their weights say, by their own counts, and the figures by request are these", arguments: [
            ["-c", "4"], ["-c", "9", "-t", "2", "-q", "2000"], ["-c", "8", "-t", "3", "--reconnect", "20 requests"],
        ])
        func sums(way: [String]) throws {
            let servers = try TwoServers()
            let result = try ChildProcess(Program.path, ["load", "--urls", try list(servers), "--h1", "-n", "1200", "--json"] + way).end(withinSeconds: 60)
            #expect(result.code == 0, "\(result)")
            let rows = try Rows(result.output), report = try Report(output: result.output)
            let names = [servers.nginxURL("/a"), servers.nginxURL("/missing"), servers.own.url("/health")].map { "GET \($0)" }
            #expect(rows.names == names)
            #expect(rows.sum("done") == 1_200 && report["client.requests.done"] == 1_200)
            #expect(rows.sum("failed") == Int(report["client.requests.failed"] ?? -1) && rows.sum("succeeded") == Int(report["client.requests.succeeded"] ?? -1))
            // By status, by class, and by the servers' own counts.
            #expect(rows.statuses(names[0]) == ["200": rows.done(names[0])] && rows.statuses(names[1]) == ["404": rows.done(names[1])])
            #expect(report["client.responses.4xx"] == Double(rows.done(names[1])))
            #expect(report["client.responses.2xx"] == Double(rows.done(names[0]) + rows.done(names[2])))
            #expect(rows.done(names[2]) == 300)
            #expect(try servers.own.stop()["server.requests.completed"] == 300)
            #expect(try servers.nginxCounts() == ["/a 200": rows.done(names[0]), "/missing 404": rows.done(names[1])])
            #expect(rows.done(names[0]) + rows.done(names[1]) == 900)
            #expect(abs(rows.done(names[0]) - 600) <= 20)
        }

        @Test("share out the connections by weight, each with one at least")
        func connections() throws {
            let servers = try TwoServers()
            let file = try servers.write("urls", "\(servers.nginxURL("/a")) 9\n\(servers.own.url("/health"))\n")
            let result = try Program.run("load", "--urls", file, "--h1", "-n", "1000", "-c", "20", "--json")
            #expect(try Report(output: result.output)["client.connections.opened"] == 20, "\(result)")
            #expect(try servers.own.stop()["server.connections.accepted"] == 2)
        }

        @Test("of which one is gone fail its requests by name, and the others go on")
        func gone() throws {
            let servers = try TwoServers()
            let port = try freePort()
            let result = try Program.run(
                "load", servers.own.url("/health"), "http://127.0.0.1:\(port)/x", "--h1", "-n", "200", "-c", "4", "--json",
                "--fail-on", "client.requests.failed > 0")
            #expect(result.code == 99, "\(result)")
            let rows = try Rows(result.output), report = try Report(output: result.output)
            #expect(rows.done("GET \(servers.own.url("/health"))") == 100 && rows.sum("done") == 200)
            #expect(report["client.requests.failed"] == 100 && rows.names.last == "(not sent)")
            #expect(result.output.contains("127.0.0.1:\(port): connection refused"), "\(result.output)")
            #expect(result.output.contains("cannot connect to 1 of 2 servers: 127.0.0.1:\(port): connection refused"))
            #expect(try servers.own.stop()["server.requests.completed"] == 100)
        }

        @Test("have breakers of their own: one opens, and the other server gets its requests")
        func breakers() throws {
            let servers = try TwoServers()
            let result = try Program.run(
                "load", servers.own.url("/status/503"), servers.nginxURL("/a"), "--h1", "-q", "400", "-d", "1s", "-c", "4", "-m", "50",
                "--circuit-breaker", "5 failures, 60s", "--json", "--interval", "100ms", "-o", servers.folder("r.ndjson"))
            let rows = try Rows(result.output)
            // On a busy machine the last of the schedule are never sent.
            let others = rows.done("GET \(servers.nginxURL("/a"))")
            #expect(rows.statuses("GET \(servers.nginxURL("/a"))") == ["200": others] && others > 150 && others <= 200, "\(result)")
            let own = rows.statuses("GET \(servers.own.url("/status/503"))")["503"] ?? 0
            // Requests that were in flight when it opened are answered too.
            let done = try Report(output: result.output)["client.requests.done"]
            #expect(own >= 5 && own < others && done == Double(rows.sum("done")), "\(result)")
            let recording = try String(contentsOfFile: servers.folder("r.ndjson"), encoding: .utf8)
            #expect(recording.contains("127.0.0.1:\(servers.own.port): circuit breaker opens"))
        }

        @Test("over TLS and in the clear keep their sessions, protocols and names apart")
        func secure() throws {
            let servers = try TwoServers("--tls", "--tls-listen", "127.0.0.1:0")
            let secure = "https://127.0.0.1:\(try #require(servers.own.securePort))/health"
            let result = try Program.run(
                "load", secure, servers.nginxURL("/a"), "-k", "-n", "400", "-c", "2", "--reconnect", "20 requests", "--cache-scope", "loop", "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            #expect(report["client.requests.succeeded"] == 400)
            // One connection after the other, of which all but the first resume.
            let handshakes = report["client.tls.handshakes"] ?? 0
            #expect(handshakes >= 10 && report["client.tls.resumed"] == handshakes - 1, "\(result.output)")
            #expect(try servers.own.stop()["server.requests.completed"] == 200)
        }

        @Test("are asked by parts of a run and by a scenario's phases as by one, and thresholds name their requests")
        func scenario() throws {
            let servers = try TwoServers()
            let file = try servers.write("s.yaml", """
                version: 1
                client: { connections: 6, streams: 16, http: h1, threads: 2 }
                requests:
                  - { name: page, get: "\(servers.nginxURL("/a"))" }
                  - { get: "\(servers.own.url("/health"))" }
                phases:
                  - { name: climb, duration: 500ms, rate: 200, ramp_to: 600 }
                  - { name: more, duration: 500ms, rate: 400, connections: 9 }
                thresholds:
                  - request(page).requests.failed == 0
                  - request(GET \(servers.own.url("/health"))).response_time.p50 < 5s
                """)
            let whole = try Program.run("run", file, "--json", "-o", servers.folder("r.ndjson"))
            #expect(whole.code == 0, "\(whole)")
            let rows = try Rows(whole.output)
            #expect(rows.done("page") == 200 && rows.sum("done") == 400, "\(whole.output)")
            for part in 1...2 { _ = try Program.run("run", file, "--share", "\(part)/2", "-o", servers.folder("\(part).ndjson"), "--quiet") }
            let merged = try Program.run("merge", servers.folder("1.ndjson"), servers.folder("2.ndjson"), "--json")
            #expect(merged.code == 0, "\(merged)")
            #expect(try Rows(merged.output).done("page") == 200 && Rows(merged.output).sum("done") == 400)
            #expect(try servers.own.stop()["server.requests.completed"] == 400)
            #expect(try servers.nginxCounts() == ["/a 200": 400])
        }

        @Test("stand in the summary by their URLs, and a process of its own asks them the same")
        func text() throws {
            let servers = try TwoServers()
            let result = try Program.run("load", servers.own.url("/health"), servers.nginxURL("/missing"), "--h1", "-n", "100", "-c", "2", "--isolate")
            for url in [servers.own.url("/health"), servers.nginxURL("/missing")] { #expect(result.output.contains("\(url) 50.0%"), "\(result)") }
            #expect(result.output.contains("50  status 404"), "\(result)")
            #expect(try servers.own.stop()["server.requests.completed"] == 50)
        }
    }
}
