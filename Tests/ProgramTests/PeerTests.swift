import Foundation
import TestSupport
import Testing

extension ProgramTests {
    @Suite("Serving other people's clients", .enabled(if: Program.exists)) struct PeerTests {
        @Test("curl is answered over HTTP/1.1 and over HTTP/2, on one port", .enabled(if: Tool.curl.exists))
        func curl() throws {
            let server = try RunningServer()
            let format = "%{http_code} %{http_version}"
            let old = try Tool.curl.run("-sS", "-w", format, server.url("/health"))
            #expect(old.output == "OK\n200 1.1", "\(old)")
            let new = try Tool.curl.run("-sS", "--http2-prior-knowledge", "-w", format, server.url("/health"))
            #expect(new.output == "OK\n200 2", "\(new)")
            let report = try server.stop()
            #expect(report["server.requests.completed"] == 2)
        }

        @Test("curl's arguments, headers and body come back as JSON", .enabled(if: Tool.curl.exists), arguments: ["--http1.1", "--http2-prior-knowledge"])
        func echo(version: String) throws {
            let server = try RunningServer()
            let result = try Tool.curl.run(
                "-sS", version, "-H", "X-Probe: seen", "-d", "hello", server.url("/post?a=1&b=two"))
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result)")
            #expect((json["args"] as? [String: String])?["b"] == "two")
            let headers = (json["headers"] as? [String: Any])?.map { ($0.key.lowercased(), $0.value as? String) }
            #expect(headers?.contains { $0.0 == "x-probe" && $0.1 == "seen" } == true, "\(result.output)")
            #expect(result.output.contains("hello"))
            _ = try server.stop()
        }

        @Test("curl need not wait for 100 Continue", .enabled(if: Tool.curl.exists))
        func expectation() throws {
            let server = try RunningServer()
            let result = try Tool.curl.run(
                "-sS", "-o", "/dev/null", "-H", "Expect: 100-continue", "-d", String(repeating: "x", count: 5_000),
                "-w", "%{http_code} %{time_total}", server.url("/post"))
            let parts = result.output.split(separator: " ")
            #expect(parts.first == "200", "\(result)")
            // Without an answer curl sends the body after a second.
            #expect(Double(parts.last ?? "") ?? 9 < 0.9, "\(result)")
            _ = try server.stop()
        }

        @Test("nghttp gets the right bytes, more than both flow-control windows", .enabled(if: Tool.nghttp.exists))
        func nghttp() throws {
            let server = try RunningServer()
            let result = try Tool.nghttp.run(server.url("/bytes/500000"))
            #expect(result.code == 0)
            #expect(result.outputBytes == patternBytes(500_000))
            _ = try server.stop()
        }

        @Test("h2load counts as many requests as we do", .enabled(if: Tool.h2load.exists))
        func h2load() throws {
            let server = try RunningServer()
            let result = try Tool.h2load.run("-n", "20000", "-c", "20", "-m", "10", server.url("/health"))
            #expect(result.output.contains("20000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(result)")
            let report = try server.stop()
            #expect(report["server.requests.completed"] == 20_000)
            #expect(report["server.errors.protocol"] == 0)
        }

        /// More ready sockets than one `epoll_wait` gives (1024): where arenas that are reset too
        /// early are still being written, and where answers get lost.
        @Test(
            "wrk with more than a thousand connections sees nothing but 200", .enabled(if: Tool.wrk.exists),
            .enabled(if: DescriptorLimit.now >= 4_096, "needs 4096 file descriptors"), arguments: [1_026, 2_000])
        func wrk(connections: Int) throws {
            let server = try RunningServer()
            let result = try Tool.wrk.run("-t1", "-c\(connections)", "-d3s", "--timeout", "10s", server.url("/health"))
            #expect(result.code == 0)
            #expect(!result.output.contains("Socket errors"), "\(result.output)")
            #expect(!result.output.contains("Non-2xx"), "\(result.output)")
            let counted = try #require(result.output.firstMatch(of: /(\d+) requests in/)).1
            let report = try server.stop()
            let completed = report["server.requests.completed"] ?? 0
            // wrk ends in the middle of things: what is on its way then is ours alone to count.
            #expect(completed >= Double(counted) ?? .infinity)
            #expect(completed <= (Double(counted) ?? 0) + Double(connections) * 2)
            #expect(report["server.errors.protocol"] == 0)
            #expect(report["server.arena.in_use.last"] == 0)
        }
    }
}
