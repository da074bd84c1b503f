import Measurements
import Reports
import SampleSupport
import Testing

@Suite("The page for scrapers")
struct MetricsPageTests {
    @Test("is OpenMetrics for those who would rather have it, and plain text for all others", arguments: [
        ("", false), ("*/*", false), ("text/plain", false), ("text/plain;version=0.0.4", false), ("nonsense;;=,,", false),
        ("application/openmetrics-text", true), ("application/openmetrics-text; version=1.0.0", true),
        ("APPLICATION/OpenMetrics-Text;Version=\"1.0.0\"", true), ("application/openmetrics-text; version=0.0.1", false),
        ("application/openmetrics-text; version=1.0.0; charset=utf-8, text/plain", true),
        // As Prometheus 2.42 and 3 ask.
        ("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true),
        ("application/openmetrics-text;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.5", false),
        ("application/openmetrics-text;q=0, */*", false), ("application/openmetrics-text;q=2", false),
        ("application/json", false),
    ])
    func negotiation(accept: String, isOpenMetrics: Bool) {
        #expect((MetricsPage.Form(accept: accept) == .openMetrics) == isOpenMetrics)
    }

    private func page(_ form: MetricsPage.Form) -> [String] {
        var page = MetricsPage(toolVersion: "1.2\"3")
        page.add(distinctSample(isWatched: true))
        page.add(distinctSample(isWatched: true))
        return page.text(form).split(separator: "\n").map(String.init)
    }

    /// Values by name and labels.
    private func values(_ lines: [String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: lines.filter { !$0.hasPrefix("#") }.map { line in
            let space = line.lastIndex(of: " ") ?? line.startIndex
            return (String(line[..<space]), String(line[line.index(after: space)...]))
        })
    }

    @Test("has the last sample's numbers, and histograms of all samples, in both forms")
    func numbers() {
        let open = values(page(.openMetrics)), plain = values(page(.plain))
        #expect(open == plain)
        #expect(open["http_client_request_duration_seconds_count"] == "40000")
        #expect(open["http_client_request_duration_seconds_bucket{le=\"+Inf\"}"] == "40000")
        #expect(open["highwater_build_info{version=\"1.2\\\"3\"}"] == "1")
        for (index, metric) in Metric.all.enumerated() where metric.name == "client.requests.done" {
            #expect(open["highwater_client_requests_done_total"] == "\(1_000 + index)")
        }
        let expected = Metric.all.filter { $0.kind != .ratio && $0.kind != .histogram && !["time", "interval"].contains($0.name) }.count
        #expect(open.keys.filter { !$0.contains("_bucket{") && !$0.hasSuffix("_sum") && !$0.hasSuffix("_seconds_count") }.count == expected + 1)
    }

    @Test("is written as each form wants it")
    func forms() throws {
        let open = page(.openMetrics), plain = page(.plain)
        #expect(open.last == "# EOF" && !plain.contains("# EOF"))
        #expect(open.contains("# TYPE highwater_client_requests_done counter"))
        #expect(plain.contains("# TYPE highwater_client_requests_done_total counter"))
        #expect(open.contains { $0.hasPrefix("# UNIT ") } && !plain.contains { $0.hasPrefix("# UNIT ") })
        #expect(open.contains("# TYPE highwater_build info") && plain.contains("# TYPE highwater_build_info gauge"))
        // Each family once, its lines together.
        let families = open.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(Set(families).count == families.count)
    }

    @Test("before the first sample has the program's name and nothing else")
    func empty() {
        #expect(MetricsPage(toolVersion: "1").text(.openMetrics).hasSuffix("highwater_build_info{version=\"1\"} 1\n# EOF\n"))
    }
}
