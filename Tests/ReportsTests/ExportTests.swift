import Measurements
import Recording
import Reports
import SampleSupport
import Testing

@Suite("An export")
struct ExportTests {
    private let header = RecordingHeader(
        toolVersion: "1.2\"3", hostName: "box", system: "Linux", cpuCount: 2, commandLine: ["highwater"],
        startedUnixSeconds: 1_700_000_000.125, plan: .null)
    private let event = Event(timeNanoseconds: 5, level: .info, source: "load", text: "a \"mark\"")

    private func export(_ format: ExportFormat, _ samples: [Sample], histogram: String = "client.service_time") -> String {
        var exporter = format.makeExporter(histogram: histogram)
        var text = exporter.begin(header)
        for sample in samples { text += exporter.add(sample) }
        text += exporter.add(event)
        text += exporter.add(summary: .object([.init("time", .number(3))]))
        #expect(throws: Never.self) { try exporter.end { text += $0 } }
        return text
    }

    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    @Test("to CSV has a cell for every column, under the metric's name")
    func csv() {
        var alone = distinctSample(isWatched: true)
        alone.server = nil
        alone.client = nil
        let rows = lines(export(.csv, [distinctSample(isWatched: true), alone])).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.count == 3)
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        let full = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[1]))
        for (index, metric) in Metric.all.enumerated() where metric.kind == .counter && metric.unit != .seconds {
            #expect(full[metric.name] == "\(1_000 + index)")
        }
        #expect(full["client.service_time.count"] == "20000")
        #expect(full["client.service_time.p50"].flatMap { Double($0) }.map { abs($0 - 0.01) < 0.000_02 } == true)
        #expect(full["client.service_time.p99_99"] == "", "two values beyond are too few")
        let empty = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[2]))
        #expect(empty["client.requests.done"] == "" && empty["client.service_time.max"] == "")
        #expect(empty["process.cpu"] != "")
    }

    @Test("to JSON is one object with all lines")
    func json() throws {
        let json = try JSON(parsing: Array(export(.json, [distinctSample(), distinctSample()]).utf8))
        guard case .array(let samples)? = json["samples"], case .array(let events)? = json["events"] else {
            Issue.record("no samples or events")
            return
        }
        #expect(samples.count == 2 && events.count == 1)
        #expect(samples[1][path: "client.service_time.count"]?.number == 20_000)
        #expect(events[0]["text"]?.string == "a \"mark\"")
        #expect(json[path: "header.tool.version"]?.string == "1.2\"3")
        #expect(json[path: "summary.time"]?.number == 3)
    }

    @Test("to an HdrHistogram log has a line for every histogram, with the interval's length")
    func histogramLog() throws {
        let lines = lines(export(.hlog, [distinctSample()]))
        #expect(lines.prefix(5) == [
            "#[highwater 1.2\"3]", "#[Histogram log format version 1.3]",
            "#[StartTime: 1700000000.125 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]",
            "#[BaseTime: 1700000000.125 (seconds since epoch)]",
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"",
        ])
        #expect(lines.count == 5 + Metric.all.filter { $0.kind == .histogram }.count)
        let sample = distinctSample()
        let service = try #require(lines.first { $0.hasPrefix("Tag=client.service_time,") }).split(separator: ",").map(String.init)
        let start = Double(sample.timeNanoseconds - min(sample.timeNanoseconds, sample.intervalNanoseconds)) / 1e9
        #expect(service[1] == Figure.fixed(start, decimals: 3))
        #expect(service[2] == Figure.fixed(Double(sample.intervalNanoseconds) / 1e9, decimals: 3))
        #expect(Double(service[3]).map { abs($0 - 20) < 0.02 } == true, "20 ms: \(service[3])")
        #expect(try LatencyHistogram(encodedText: service[4]).count == 20_000)
    }

    @Test("as OpenMetrics is the same text whether it waits in memory or in a file")
    func spool() {
        var inMemory = "", throughFile = ""
        var exporters = [nil, 20_000].map { ExportFormat.openmetrics.makeExporter(histogram: "", waitingByteLimit: $0) }
        for index in exporters.indices {
            _ = exporters[index].begin(header)
            for second in 1...40 {
                var sample = distinctSample()
                sample.timeNanoseconds = UInt64(second) * 1_000_000_000
                _ = exporters[index].add(sample)
            }
        }
        #expect(throws: Never.self) {
            try exporters[0].end { inMemory += $0 }
            try exporters[1].end { throughFile += $0 }
        }
        #expect(inMemory.utf8.count > 200_000 && inMemory == throughFile)
    }

    @Test("to an HdrHistogram log survives a clock of nonsense", arguments: [Double.infinity, -1e300, .nan, 1e17])
    func nonsense(started: Double) {
        var header = header
        header.startedUnixSeconds = started
        var exporter = ExportFormat.hlog.makeExporter(histogram: "client.service_time")
        #expect(exporter.begin(header).contains("StartTime"))
        var metrics = ExportFormat.openmetrics.makeExporter(histogram: "client.service_time")
        _ = metrics.begin(header)
        _ = metrics.add(distinctSample())
        var end = ""
        #expect(throws: Never.self) { try metrics.end { end += $0 } }
        #expect(end.hasSuffix("# EOF\n"))
    }

    @Test("to a percentile spectrum counts all values of the run, in milliseconds")
    func spectrum() throws {
        let lines = lines(export(.hgrm, [distinctSample(), distinctSample()]))
        #expect(lines.first?.split(separator: " ") == ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"])
        let last = try #require(lines.last { !$0.hasPrefix("#") }).split(separator: " ")
        #expect(last[2] == "40000" && Double(last[0]).map { abs($0 - 20) < 0.02 } == true)
        #expect(lines.contains { $0.contains("Total count    =        40000]") })
    }

    @Test("to a percentile spectrum of nothing is only a head and a foot")
    func emptySpectrum() {
        #expect(lines(export(.hgrm, [])).contains { $0.contains("Total count    =            0]") })
    }

    @Test("to OpenMetrics has each family once, with its lines together, and ends as it should")
    func families() throws {
        let lines = lines(export(.openmetrics, [distinctSample(), distinctSample()]))
        #expect(lines.last == "# EOF")
        var families: [String] = []
        for line in lines.dropLast() {
            let words = line.split(separator: " ").map(String.init)
            if words[0] == "#", words[1] == "TYPE" { families.append(words[2]) }
            let name = words[0] == "#" ? words[2] : String(words[0].prefix { $0 != "{" })
            #expect(name.hasPrefix(try #require(families.last)), "\(line)")
            if words[0] == "#", words[1] == "UNIT" { #expect(words[2].hasSuffix("_\(words[3])"), "\(line)") }
        }
        #expect(Set(families).count == families.count)
        #expect(families.contains("http_client_request_duration_seconds"))
        #expect(lines.contains { $0.hasPrefix("highwater_client_cache_hits_total{cache=\"strings\"} ") })
        #expect(lines.contains { $0.hasPrefix("highwater_server_sent_bytes_total ") })
        #expect(lines.contains { $0.contains(#"version="1.2\"3""#) })
    }

    @Test("to OpenMetrics leaves out no metric but times and ratios, and gives no two one name")
    func everyMetric() {
        let lines = lines(export(.openmetrics, [distinctSample(isWatched: true)])).filter { !$0.hasPrefix("#") && !$0.contains("_bucket{") }
        let names = lines.map { $0.prefix { $0 != " " } }
        #expect(Set(names).count == names.count)
        let expected = Metric.all.filter { $0.kind != .ratio && !["time", "interval"].contains($0.name) }
        let histograms = expected.filter { $0.kind == .histogram }.count
        #expect(names.count == expected.count + histograms + 1, "a histogram has a count and a sum; one line for the build")
    }

    @Test("to OpenMetrics counts histograms from the start, and never two values in a millisecond")
    func cumulation() throws {
        let lines = lines(export(.openmetrics, [distinctSample(), distinctSample()]))
        let counts = lines.filter { $0.hasPrefix("http_client_request_duration_seconds_count ") }.map { $0.split(separator: " ") }
        #expect(counts.map { $0[1] } == ["20000", "40000"])
        let times = counts.compactMap { Double($0[2]) }
        #expect(times.count == 2 && times[1] > times[0])
        let buckets = lines.filter { $0.hasPrefix("http_client_request_duration_seconds_bucket") }
            .compactMap { Double($0.split(separator: " ")[1]) }
        // A value at a bound may be taken for one just above it.
        #expect((49...50).contains(buckets[0]) && (2_498...2_500).contains(buckets[5]), "\(buckets)")
        #expect(buckets[20] == 20_000)
    }
}
