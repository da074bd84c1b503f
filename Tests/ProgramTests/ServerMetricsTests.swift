import Foundation
import TestSupport
import Testing

/// Debian's HAProxy, which answers by itself, and has its page of metrics on another port.
private final class HAProxy {
    private let process: ChildProcess
    private let folder: ScratchFolder
    let port: Int
    let metrics: String

    init() throws {
        folder = try ScratchFolder()
        let (port, metricsPort) = (try freePort(), try freePort())
        self.port = port
        metrics = "http://127.0.0.1:\(metricsPort)/metrics"
        try """
            defaults
              mode http
              timeout client 20s
              timeout server 20s
              timeout connect 5s
            frontend web
              bind 127.0.0.1:\(port)
              http-request return status 200 content-type text/plain string "ok"
            frontend stats
              bind 127.0.0.1:\(metricsPort)
              http-request use-service prometheus-exporter if { path /metrics }

            """.write(toFile: folder("haproxy.cfg"), atomically: true, encoding: .utf8)
        process = try Tool.haproxy.start(["-db", "-f", folder("haproxy.cfg")])
        let isUp = process.wait(seconds: 10) { (try? RawSocket(port: port)) != nil ? true : nil }
        try #require(isUp == true, "\(process.errors)")
    }

    deinit { process.signal(SIGTERM) }
}

extension ProgramTests {
    @Suite("A server's own page of metrics", .enabled(if: Program.exists)) struct ServerMetricsTests {
        /// The counts of a page, a line each, of which the first so many requests get one and all others 503.
        private func server(pages: Int) throws -> PythonServer {
            try PythonServer(
                preamble: "import itertools; count = itertools.count()",
                handler: """
                    def do_GET(self):
                        number = next(count)
                        body = b"nginx_http_requests_total %d\\nnginx_connections_accepted 100\\nnginx_connections_active 7\\n" % (1000 + number)
                        self.send_response(200 if number < \(pages) else 503)
                        self.send_header("Transfer-Encoding", "chunked")
                        self.end_headers()
                        self.wfile.write(b"%x\\r\\n%s\\r\\n0\\r\\n\\r\\n" % (len(body), body))
                    """)
        }

        @Test("of HAProxy has the requests, connections and bytes of this run, also in the second run", .enabled(if: Tool.haproxy.exists))
        func haproxy() throws {
            let server = try HAProxy()
            for connections in [5, 3] {
                let result = try Program.run(
                    "load", "http://127.0.0.1:\(server.port)/", "--h1", "-c", "\(connections)", "-n", "500", "--json", "--server-metrics", server.metrics)
                #expect(result.code == 0 && result.errors.contains("from \(server.metrics) by the map haproxy"), "\(result)")
                let report = try Report(output: result.output)
                #expect(report["client.requests.succeeded"] == 500)
                #expect(report["server.requests.completed"] == 500 && report["server.responses.2xx"] == 500 && report["server.responses.5xx"] == 0)
                #expect(report["server.connections.accepted"] == Double(connections) && report["server.connections.closed"] == Double(connections))
                #expect((report["server.bytes.sent"] ?? 0) > 10_000 && (report["server.bytes.received"] ?? 0) > 10_000)
                #expect((report["watch.heap.live_bytes.max"] ?? 0) > 1_000)
                // The kernel's figures stay: HAProxy's page has none of these.
                #expect(report["watch.processes.max"] == 1 && (report["watch.memory.resident.max"] ?? 0) > 1_000_000)
                #expect(report["server.arena.leases.max"] == nil && report["server.tls.handshakes"] == nil && report["watch.findings"] == nil)
            }
        }

        @Test("that stops coming leaves its figures unknown, which is told", .enabled(if: Tool.python3.exists))
        func silence() throws {
            let page = try server(pages: 6), target = try RunningServer()
            let folder = try ScratchFolder()
            let result = try Program.run(
                "load", target.url("/bytes/10"), "-c", "2", "-q", "100", "-d", "2s", "--interval", "200ms", "-o", folder("run.ndjson"), "--server-metrics",
                "http://127.0.0.1:\(page.port)/metrics")
            #expect(result.code == 0 && result.errors.contains("/metrics: the answer has status 503, not 200"), "\(result.errors)")
            let samples = try String(contentsOfFile: folder("run.ndjson"), encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix(#"{"type":"sample""#) }
                .map { try Report(text: String($0)) }
            let requests = samples.map { $0["server.requests.completed"] }
            // The first page is that of the start: each later one has one more request.
            #expect(requests.first == 1 && requests.compactMap(\.self) == [1, 2, 3, 4, 5], "\(requests)")
            #expect(requests.suffix(3).allSatisfy { $0 == nil })
            // What the kernel knows is known all the time.
            #expect(samples.allSatisfy { $0["server.connections.open"] != nil && $0["server.connections.open"] != 7 })
            _ = try target.stop()
        }

        @Test("is told by the first part of a run alone: the merge has each of its counts once", .enabled(if: Tool.haproxy.exists))
        func parts() throws {
            let server = try HAProxy(), folder = try ScratchFolder()
            let parts = try (1...2).map { number in
                try Program.start(
                    "load", "http://127.0.0.1:\(server.port)/", "--h1", "-c", "4", "-n", "400", "--share", "\(number)/2", "--start-at", "+1s", "-o",
                    folder("\(number).ndjson"), "--server-metrics", server.metrics)
            }
            for part in parts { #expect(part.end(withinSeconds: 30).code == 0) }
            let merged = try Program.run("merge", folder("1.ndjson"), folder("2.ndjson"), "--json")
            let report = try Report(output: merged.output)
            #expect(report["client.requests.succeeded"] == 400, "\(merged)")
            // What the second part still did after the last page of the first is not on it.
            #expect((report["server.requests.completed"] ?? 0) >= 200 && (report["server.requests.completed"] ?? 0) <= 400, "\(merged.output)")
            #expect((report["server.connections.accepted"] ?? 0) <= 4 && report["watch.processes.max"] == 1)
        }

        @Test("is refused with the reason where it cannot be had, or not be understood")
        func mistakes() throws {
            let port = try freePort(), page = try RunningServer()
            let folder = try ScratchFolder()
            try "server.requests.complete = a\n".write(toFile: folder("bad.map"), atomically: true, encoding: .utf8)
            let url = page.url("/bytes/10")
            for (arguments, code, words) in [
                (["--server-metrics", "http://127.0.0.1:\(port)/metrics"], 1, "Connection refused; is that the address of the server's metrics?"),
                (["--server-metrics", url], 1, "no map of haproxy, nginx, envoy, node, go finds a figure on \(url)"),
                (["--server-metrics", url, "--metrics-map", "node"], 1, "--metrics-map: node finds no figure on \(url)"),
                (["--server-metrics", url, "--metrics-map", folder("bad.map")], 1, "did you mean server.requests.completed?"),
                (["--server-metrics", url, "--metrics-map", folder("none.map")], 1, "No such file or directory; write a file, or one of haproxy, nginx"),
                (["--metrics-map", "node"], 2, "--metrics-map needs the address of a page: --server-metrics"),
                (["--server-metrics", "https://a.test/metrics"], 2, "is over TLS, which this request does not speak; write an http:// address"),
            ] {
                let result = try ChildProcess(Program.path, ["load", url, "-n", "1"] + arguments).end(withinSeconds: 20)
                #expect(result.code == Int32(code) && result.errors.contains(words), "\(arguments): \(result)")
            }
            _ = try page.stop()
        }
    }
}
