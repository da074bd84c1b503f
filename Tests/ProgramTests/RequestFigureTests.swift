import Foundation
import Testing

extension ProgramTests {
    @Suite("Figures by request", .enabled(if: Program.exists)) struct RequestFigureTests {
        private func scenario(_ folder: ScratchFolder, thresholds: String) throws -> String {
            try """
                version: 1
                client: { connections: 4, streams: 2, threads: 2 }
                requests:
                  - { name: order, get: /bytes/100, weight: 3 }
                  - { name: "pay: x < 2", get: /bytes/7 }
                  - { name: lost, get: "/status/{{random.choice 404 503}}" }
                phases:
                  - { name: warm, duration: 300ms, rate: 500, warmup: true }
                  - { name: steady, duration: 1s, rate: 1000 }
                thresholds:
                \(thresholds)
                """.write(toFile: folder("s.yaml"), atomically: false, encoding: .utf8)
            return folder("s.yaml")
        }

        private func rows(_ json: [String: Any]) -> [[String: Any]] { (json["client"] as? [String: Any])?["by_request"] as? [[String: Any]] ?? [] }

        @Test("add up to the totals and to the server's count, in summary, recording, exports and thresholds")
        func sums() throws {
            let folder = try ScratchFolder()
            let file = try scenario(folder, thresholds: """
                  - request(order).response_time.p90 < 5s
                  - steady: request(order).requests.failed_share == 0%
                  - "request(pay: x < 2).requests.failed == 0"
                  - request(lost).requests.succeeded == 0
                  - request(order).rate > 100
                """)
            let result = try Program.run("run", file, "-o", folder("r.ndjson"), "--json")
            #expect(result.code == 0, "\(result)")
            let report = try Report(output: result.output)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.drop { $0 != "{" }.utf8)) as? [String: Any])
            let rows = rows(json)
            #expect(rows.compactMap { $0["name"] as? String } == ["order", "pay: x < 2", "lost"])
            func sum(_ name: String) -> Double { rows.reduce(0) { $0 + ((($1["requests"] as? [String: Any])?[name] as? Double) ?? 0) } }
            let done = try #require(report["client.requests.done"])
            #expect(sum("done") == done && sum("failed") == report["client.requests.failed"] && sum("succeeded") == report["client.requests.succeeded"])
            // The warm-up's requests that were in flight at its end are counted by the clients alone.
            let carried = report["client.requests.carried"] ?? 0
            #expect(abs(done - (report["server.requests.completed"] ?? 0)) <= carried)
            let statuses = try #require((json["client"] as? [String: Any])?["statuses"] as? [String: Double])
            #expect(Set(statuses.keys) == ["200", "404", "503"] && statuses.values.reduce(0, +) == done)
            #expect(statuses["503"] == report["client.responses.5xx"] && statuses["404"] == report["client.responses.4xx"])

            let metrics = try Program.run("export", folder("r.ndjson"), "--to", "openmetrics", "-o", "-")
            #expect(metrics.output.contains("highwater_request_done_total{request=\"order\"}"), "\(metrics.errors)")
            #expect(metrics.output.contains("highwater_request_responses_total{request=\"lost\",status=\"5xx\"}"))
            #expect(metrics.output.contains("highwater_request_service_time_seconds_bucket{request=\"pay: x < 2\",le=\"+Inf\"}"))
            let csv = try Program.run("export", folder("r.ndjson"), "--to", "csv", "-o", "-")
            #expect(csv.output.contains("request(order).service_time.p99"))
            let page = try Program.run("report", folder("r.ndjson"), "-o", "-")
            #expect(page.output.contains("<h2>By request</h2>") && page.output.contains("pay: x &lt; 2"))
        }

        @Test("that no request has are refused in a scenario")
        func refusals() throws {
            let folder = try ScratchFolder()
            let file = try scenario(folder, thresholds: """
                  - request(ordr).response_time.p99 < 5s
                  - request(order).connections.open.max < 5
                """)
            let result = try Program.run("run", file)
            #expect(result.code == 2, "\(result)")
            #expect(result.errors.contains("no request 'ordr'; did you mean 'order'?"), "\(result.errors)")
            #expect(result.errors.contains("'client.connections.open' is not counted by request"), "\(result.errors)")
        }

        @Test("of several URLs have the URLs' names")
        func urls() throws {
            let server = try RunningServer()
            let result = try Program.run("load", server.url("/health"), server.url("/status/500"), "-n", "100", "-c", "1", "-m", "2", "--json")
            let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.drop { $0 != "{" }.utf8)) as? [String: Any])
            let rows = rows(json)
            #expect(rows.compactMap { $0["name"] as? String } == ["GET /health", "GET /status/500"])
            #expect(rows.map { $0["statuses"] as? [String: Int] } == [["200": 50], ["500": 50]])
            #expect(try server.stop()["server.requests.completed"] == 100)
        }

        @Test("stand in the summary, the worst first")
        func text() throws {
            let folder = try ScratchFolder()
            let file = try scenario(folder, thresholds: "  - client.requests.done > 100")
            let result = try Program.run("run", file)
            let lines = result.output.split(separator: "\n").map(String.init)
            let head = try #require(lines.firstIndex { $0.hasPrefix("request ") && $0.contains("failed") }, "\(result.output)")
            #expect(lines[head + 1].hasPrefix("  lost"), "\(result.output)")
            #expect(Set(lines[(head + 2)...(head + 3)].map { $0.prefix(7) }) == ["  order", "  pay: "])
            // A command to paste stays on its line.
            #expect(lines.filter { $0.count > 80 && !$0.hasPrefix("  highwater ") } == [])
        }
    }
}

extension ProgramTests {
    @Suite("A scenario in a pipeline", .enabled(if: Program.exists)) struct ScenarioPipelineTests {
        @Test("comes from standard input with variables of the environment, and is quiet where it should be")
        func standardInput() throws {
            let text = "version: 1\nphases: [{ name: a, duration: 300ms, rate: '${HW_RATE}' }]\nclient: { connections: \"${HW_COUNT:-2}\" }\n"
            let shell = try ChildProcess(
                "/bin/sh", ["-c", "printf '%s' \"$1\" | HW_RATE=200 \"$2\" run - --quiet --json --interval 50ms", "sh", text, Program.path]
            ).end(withinSeconds: 30)
            #expect(shell.code == 0, "\(shell)")
            #expect(shell.errors.isEmpty, "\(shell.errors)")
            #expect(try Report(output: shell.output)["client.connections.opened"] == 2)
            let unset = try ChildProcess("/bin/sh", ["-c", "printf '%s' \"$1\" | \"$2\" run -", "sh", text, Program.path]).end(withinSeconds: 30)
            #expect(unset.code == 2 && unset.errors.contains("standard input:2:") && unset.errors.contains("HW_RATE is not set"), "\(unset)")
        }
    }
}

extension ProgramTests {
    @Suite("A summary as Markdown", .enabled(if: Program.exists)) struct MarkdownSummaryTests {
        @Test("of parts is that of their merge")
        func merge() throws {
            let folder = try ScratchFolder()
            for part in 1...2 { _ = try Program.run("record", "-n", "100", "-c", "2", "--share", "\(part)/2", "--quiet", "-o", folder("\(part).ndjson")) }
            let result = try Program.run("merge", folder("1.ndjson"), folder("2.ndjson"), "--markdown")
            #expect(result.output.hasPrefix("**ok**, all 100 requests succeeded\n") && result.output.contains("| requests done | 100 |"), "\(result)")
        }

        @Test("of trials has a column for each")
        func trials() throws {
            let folder = try ScratchFolder()
            try """
                version: 1
                phases: [{ name: steady, duration: 300ms, rate: 100 }]
                trials: [{ name: one, expect: clean }, { name: two, expect: clean, set: { client.connections: 2 } }]
                """.write(toFile: folder("s.yaml"), atomically: false, encoding: .utf8)
            let result = try Program.run("run", folder("s.yaml"), "--markdown")
            #expect(result.code == 0, "\(result)")
            #expect(result.output.contains("All trials ended as expected.") && result.output.contains(" | one | two |"), "\(result)")
        }

        @Test("has the result first, then thresholds, figures, requests and phases")
        func order() throws {
            let folder = try ScratchFolder()
            try """
                version: 1
                client: { connections: 2 }
                requests: [{ name: "a|b", get: /health }, { get: /bytes/10 }]
                phases: [{ name: steady, duration: 500ms, rate: 200 }]
                thresholds: [client.requests.failed == 0, client.requests.done > 100000]
                """.write(toFile: folder("s.yaml"), atomically: false, encoding: .utf8)
            let result = try Program.run("run", folder("s.yaml"), "--quiet", "--markdown")
            #expect(result.code == 99, "\(result)")
            let text = result.output
            #expect(text.hasPrefix("**FAILED**\n- 1 of 2 thresholds missed"), "\(text)")
            let places = ["| threshold |", "Measurement: ", "| figure |", "| request |", "| a\\|b |", "| phase |"].map { text.firstRange(of: $0)?.lowerBound }
            #expect(!places.contains(nil) && places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(text)")
            let missed = try #require(text.firstRange(of: "**missed**")), held = try #require(text.firstRange(of: "| held |"))
            #expect(missed.lowerBound < held.lowerBound)
            // A pipe within a cell is escaped, so each row of a table has as many cells as its head.
            for table in text.split(separator: "\n\n") where table.hasPrefix("| ") {
                let widths = table.split(separator: "\n").map { $0.replacing("\\|", with: "").count { $0 == "|" } }
                #expect(Set(widths).count == 1, "\(table)")
            }
        }
    }
}
