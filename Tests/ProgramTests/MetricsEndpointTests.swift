import Foundation
import TestSupport
import Testing

/// `highwater record` of so many requests, with its numbers on a port until it is told to end.
private final class ScrapedRun {
    let process: ChildProcess
    let port: Int

    init(requests: Int, _ arguments: String...) throws {
        let process = try ChildProcess(
            Program.path,
            ["record", "-c", "4", "-m", "4", "-n", "\(requests)", "--interval", "100ms", "--json", "--metrics", "0", "--linger", "60s"] + arguments)
        let port = process.wait(seconds: 10) { () -> Int? in
            process.errors.firstMatch(of: /metrics at http:\/\/127\.0\.0\.1:(\d+)\/metrics\n/).flatMap { Int($0.1) }
        }
        self.process = process
        self.port = try #require(port, "no address: \(process.errors)")
    }

    /// The load is over and the summary printed.
    func waitForSummary() throws {
        try #require(process.wait(seconds: 20) { process.errors.contains("metrics stay at") ? true : nil } != nil, "\(process.errors)")
    }

    /// Ends the lingering.
    func stop() throws -> Report {
        // A signal before that would end the run instead.
        try waitForSummary()
        process.signal(SIGTERM)
        let result = process.end(withinSeconds: 10)
        #expect(result.code == 0 && !result.isOverdue, "\(result)")
        return try Report(output: result.output)
    }

    func get(_ request: String = "GET", _ path: String = "/metrics", accept: String? = nil, hasBody: Bool = true) throws -> Response {
        let connection = try RawSocket(port: port)
        try connection.send("\(request) \(path) HTTP/1.1\r\nHost: x\r\n\(accept.map { "Accept: \($0)\r\n" } ?? "")\r\n")
        return try #require(try connection.response(hasBody: hasBody))
    }
}

extension ProgramTests {
    @Suite("--metrics", .enabled(if: Program.exists)) struct MetricsEndpoints {
        private func value(_ name: String, in page: String) -> Double? {
            page.split(separator: "\n").first { $0.hasPrefix("\(name) ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }

        @Test("serves the summary's counts after the end, in the form that was asked for")
        func counts() throws {
            let run = try ScrapedRun(requests: 3_000)
            try run.waitForSummary()
            let open = try run.get(accept: "application/openmetrics-text; version=1.0.0"), plain = try run.get()
            #expect(open.head.contains("Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"))
            #expect(plain.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(open.text.hasSuffix("\n# EOF\n") && !plain.text.contains("# EOF"))
            let report = try run.stop()
            for (page, metric) in [
                ("highwater_client_requests_done_total", "client.requests.done"), ("highwater_client_requests_scheduled_total", "client.requests.scheduled"),
                ("highwater_server_requests_completed_total", "server.requests.completed"),
                ("http_client_request_duration_seconds_count", "client.service_time.count"),
                ("highwater_client_received_bytes_total", "client.bytes.received"), ("highwater_server_sent_bytes_total", "server.bytes.sent"),
                ("highwater_server_arena_taken_total", "server.arena.taken"), ("http_client_open_connections", "client.connections.open.last"),
            ] {
                let expected = try #require(report[metric], "\(metric)")
                #expect(value(page, in: open.text) == expected, "\(page)")
                #expect(value(page, in: plain.text) == expected, "\(page)")
            }
            #expect(report["client.requests.done"] == 3_000)
        }

        @Test("answers HEAD without a body, 404 elsewhere and 405 to what is no reading")
        func methods() throws {
            let run = try ScrapedRun(requests: 10)
            let head = try run.get("HEAD", hasBody: false)
            #expect(head.status == 200 && head.head.contains("Content-Length: ") && !head.head.contains("Content-Length: 0\r\n"))
            #expect(try run.get("GET", "/bytes/10").status == 404)
            #expect(try run.get("GET", "/").text.contains("/metrics"))
            let post = try run.get("POST")
            #expect(post.status == 405 && post.head.contains("Allow: GET, HEAD, OPTIONS\r\n"))
            _ = try run.stop()
        }

        @Test("keeps hostile scrapers from each other and from the run")
        func hostile() throws {
            let run = try ScrapedRun(requests: 5_000)
            // Half a head, nothing at all, and pages that nobody reads; more of them than may be connected.
            var idle: [RawSocket] = []
            for index in 0..<28 {
                let connection = try RawSocket(port: run.port, receiveBuffer: 2_048)
                if index % 3 == 0 { try connection.send("GET /metr") }
                if index % 3 == 1 { try? connection.send(String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: 200)) }
                idle.append(connection)
            }
            #expect(try run.get().status == 200)
            let long = try RawSocket(port: run.port)
            try? long.send("GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: \(String(repeating: "a", count: 40_000))\r\n\r\n")
            #expect(try long.response()?.status == 431)
            for _ in 0..<20 { idle.append(try RawSocket(port: run.port)) }
            try run.waitForSummary()
            // Their connections are still there, and end with the program, within its patience.
            let report = try run.stop()
            #expect(report["client.requests.done"] == 5_000 && report["client.requests.failed"] == 0)
        }

        @Test("whose port is taken is said before anything runs, exit 1; without it --linger is a mistake, exit 2")
        func mistakes() throws {
            let run = try ScrapedRun(requests: 10)
            let second = try Program.run("record", "-n", "10", "--metrics", "\(run.port)", "-o", "/nonexistent/x")
            #expect(second.code == 1 && second.errors.contains("\(run.port)") && second.errors.split(separator: "\n").count == 1, "\(second.errors)")
            _ = try run.stop()
            let alone = try Program.run("record", "-n", "10", "--linger", "1s")
            #expect(alone.code == 2 && alone.errors.contains("--linger needs --metrics"), "\(alone.errors)")
        }

        @Test("passes promtool's check of names, types and help", .enabled(if: RecordingTools.promtool != nil))
        func lint() throws {
            let run = try ScrapedRun(requests: 100)
            try run.waitForSummary()
            let folder = try ScratchFolder()
            try run.get().text.write(toFile: folder("page"), atomically: false, encoding: .utf8)
            let result = try ChildProcess("/bin/sh", ["-c", "\"$1\" check metrics < \"$2\"", "sh", try #require(RecordingTools.promtool), folder("page")])
                .end(withinSeconds: 20)
            #expect(result.code == 0 && result.output.isEmpty, "\(result.output)\(result.errors)")
            _ = try run.stop()
        }

        @Test("is scraped by Prometheus, which then has the summary's counts", .enabled(if: RecordingTools.prometheus != nil && Tool.curl.exists))
        func prometheus() throws {
            let run = try ScrapedRun(requests: 2_000)
            try run.waitForSummary()
            let folder = try ScratchFolder()
            try """
                global: {scrape_interval: 200ms, scrape_timeout: 200ms}
                scrape_configs: [{job_name: highwater, static_configs: [{targets: ["127.0.0.1:\(run.port)"]}]}]
                """.write(toFile: folder("config.yml"), atomically: false, encoding: .utf8)
            let prometheus = try ChildProcess(
                try #require(RecordingTools.prometheus),
                ["--config.file=\(folder("config.yml"))", "--storage.tsdb.path=\(folder("data"))", "--web.listen-address=127.0.0.1:0"])
            let address = try #require(prometheus.wait(seconds: 20) {
                prometheus.errors.firstMatch(of: /msg="Listening on" address=([0-9.:]+)/).map { String($0.1) }
            }, "\(prometheus.errors)")
            /// The value of a query's only result; nil while there is none.
            func query(_ text: String) throws -> Double? {
                let answer = try Tool.curl.run("-sG", "http://\(address)/api/v1/query", "--data-urlencode", "query=\(text)", within: 10)
                return answer.output.firstMatch(of: /"value":\[[0-9.]+,"([^"]+)"\]/).flatMap { Double($0.1) }
            }
            let deadline = ContinuousClock.now + .seconds(20)
            var done: Double?
            while done == nil && ContinuousClock.now < deadline { done = try query("highwater_client_requests_done_total") }
            #expect(done == 2_000)
            #expect(try query("http_client_request_duration_seconds_count") == 2_000)
            #expect(try query("sum(highwater_client_responses_total)") == 2_000)
            // Units are known of OpenMetrics only: that is what the two agreed on.
            let metadata = try Tool.curl.run("-sG", "http://\(address)/api/v1/targets/metadata", "--data-urlencode", "metric=highwater_server_sent_bytes")
            #expect(metadata.output.contains("\"type\":\"counter\"") && metadata.output.contains("\"unit\":\"bytes\""), "\(metadata.output)")
            let report = try run.stop()
            #expect(report["client.requests.done"] == done)
        }
    }
}
