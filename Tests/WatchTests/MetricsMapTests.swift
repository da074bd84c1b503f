import Measurements
import Testing
import Watch

@Suite("A map of another server's metrics") struct MetricsMapTests {
    private static let page = Array("""
        # HELP haproxy_frontend_http_responses_total Total number of HTTP responses.
        # TYPE haproxy_frontend_http_responses_total counter
        haproxy_frontend_http_responses_total{proxy="web",code="2xx"} 40
        haproxy_frontend_http_responses_total{proxy="web",code="5xx"} 2
        haproxy_frontend_http_responses_total{proxy="stats",code="2xx"} 1000 1700000000000
        nginx_connections_accepted 12
        nginx_connections_active 5
        a_label{text="a \\"quoted\\" } brace, and \\\\"} 1.5e3
        not_a_number NaN
        broken{x="y 3

        """.utf8)

    /// The number of a formula on that page.
    private func value(_ formula: String) throws -> Double? {
        try MetricsMap(parsing: "server.requests.completed = \(formula)", name: "test").values(on: Self.page).first?.number
    }

    @Test("adds all series whose labels are right, and computes from left to right")
    func formulas() throws {
        #expect(try value("haproxy_frontend_http_responses_total") == 1042)
        #expect(try value(#"haproxy_frontend_http_responses_total{proxy!="stats"}"#) == 42)
        #expect(try value(#"haproxy_frontend_http_responses_total{proxy="web", code="2xx"}"#) == 40)
        #expect(try value("nginx_connections_accepted - nginx_connections_active") == 7)
        #expect(try value("1 + nginx_connections_accepted*2 / 4") == 6.5)
        #expect(try value(#"a_label{text="a \"quoted\" } brace, and \\"}"#) == 1500)
    }

    @Test("has no number where the page has none")
    func absent() throws {
        for formula in ["absent", "not_a_number", "broken", #"a_label{text="other"}"#, "nginx_connections_accepted - absent", "1 / 0"] {
            #expect(try value(formula) == nil, "\(formula)")
        }
    }

    @Test("says which line is wrong, and what would be right", arguments: [
        ("server.requests.complete = a", "test:1: \"server.requests.complete\" is no figure of a server that a page of metrics can have; did you mean server.requests.completed?"),
        ("# a comment\n\nclient.requests.done = a", "test:3: \"client.requests.done\" is no figure of a server that a page of metrics can have"),
        ("server.arena.leases = a", "test:1: \"server.arena.leases\" is no figure of a server that a page of metrics can have"),
        ("nothing", "test:1: \"nothing\" is not a line of a map; write server.requests.completed = nginx_http_requests_total"),
        ("server.requests.completed = a b", "test:1: \" b\" does not follow a name or a number; write + - * or / between two of them"),
        ("server.requests.completed = a -", "test:1: a name or a number is missing"),
        ("server.requests.completed = a{b=c}", "test:1: the labels of a are not of the form {name=\"value\", other!=\"value\"}"),
        ("server.requests.completed = a\nserver.requests.completed = b", "test:2: server.requests.completed has a line before this one"),
        ("server.bytes.sent = a", "test: server.bytes.sent is known only together with server.bytes.received; map both or none"),
        ("# nothing", "test: the map is empty; write lines like server.requests.completed = nginx_http_requests_total"),
    ])
    func errors(text: String, words: String) {
        do {
            _ = try MetricsMap(parsing: text, name: "test")
            Issue.record("no error for \(text)")
        } catch { #expect(error.description.hasPrefix(words), "\(error)") }
    }

    @Test("that is shipped can be read, and has a dozen lines", arguments: MetricsMap.shipped.map(\.name))
    func shipped(name: String) throws {
        let text = try #require(MetricsMap.shipped.first { $0.name == name }).text
        let map = try MetricsMap(parsing: text, name: name)
        #expect((4...13).contains(map.figures.count))
        // Each line finds its figure where the page has all of its series.
        let page = map.names.map { "\($0){code=\"2xx\",type=\"Socket\"} 3\n" }.joined()
        let found = map.values(on: Array(page.utf8)).filter { $0.number != nil }.map(\.metric.name)
        #expect(map.figures.filter { !$0.hasPrefix("server.responses.") }.allSatisfy(found.contains), "\(found)")
    }

    @Test("is chosen by what is on the page")
    func fitting() throws {
        #expect(MetricsMap.fitting(Self.page)?.name == "nginx")
        #expect(MetricsMap.fitting(Array("haproxy_frontend_bytes_in_total{proxy=\"a\"} 1\nhaproxy_process_pool_used_bytes 1\n".utf8))?.name == "haproxy")
        #expect(MetricsMap.fitting(Array("nginx_connections_active 1\nprocess_cpu_seconds_total 1\nnginx_http_requests_total 1\n".utf8))?.name == "nginx")
        #expect(MetricsMap.fitting(Array("go_memstats_mallocs_total 1\nprocess_cpu_seconds_total 1\n".utf8))?.name == "go")
        #expect(MetricsMap.fitting(Array("process_cpu_seconds_total 1\nnodejs_eventloop_lag_seconds 1\n".utf8))?.name == "node")
        #expect(MetricsMap.fitting(Array("something_else 1\n".utf8)) == nil)
    }
}
