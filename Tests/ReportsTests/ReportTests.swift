import Measurements
import Recording
import Reports
import SampleSupport
import Testing

@Suite("A report")
struct ReportTests {
    private let header = RecordingHeader(
        toolVersion: "1.2", hostName: "box", system: "Linux", cpuCount: 2, commandLine: ["highwater", "record"],
        startedUnixSeconds: 1_700_000_000, plan: .object([.init("client", .object([.init("connections", .number(4))]))]))

    private func report(
        _ header: RecordingHeader, _ samples: [Sample], events: [Event] = [], summary: JSON? = nil, name: String = "run"
    ) -> String {
        var report = RunReport(name: name)
        var text = report.begin(header)
        for sample in samples { text += report.add(sample) }
        for event in events { text += report.add(event) }
        if let summary { text += report.add(summary: summary) }
        report.end { text += $0 }
        return text
    }

    /// Samples a second apart, of a run that does so many requests a second.
    private func samples(_ count: Int, done: (Int) -> UInt64) -> [Sample] {
        (1...count).map { number in
            var sample = Sample(
                timeNanoseconds: UInt64(number) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil,
                client: ClientSample(), process: ProcessSample())
            sample.client?.connectionCounts.opened = 4
            sample.client?.requests.done = done(number)
            return sample
        }
    }

    private func summary(valid: Bool, _ reasons: [String] = []) -> JSON {
        .object([.init("measurement", .object([
            .init("valid", .bool(valid)), .init("reasons", .array(reasons.map { .string($0) })),
        ]))])
    }

    @Test("says the verdict before any number, with its reasons")
    func verdict() throws {
        let good = report(header, [distinctSample()], summary: summary(valid: true))
        #expect(good.contains("class=\"verdict good\"") && good.contains(">result: ok<") && good.contains(">measurement: valid<"))
        let bad = report(header, [distinctSample()], summary: summary(valid: false, ["the load was late"]))
        #expect(bad.contains("class=\"verdict bad\"") && bad.contains("<li>the load was late</li>"))
        let verdict = try #require(bad.firstRange(of: "measurement: not valid")), tiles = try #require(bad.firstRange(of: "class=\"tiles\""))
        #expect(verdict.lowerBound < tiles.lowerBound)
    }

    @Test("of a run that was killed says so, and has the numbers of its samples")
    func killed() {
        let text = report(header, samples(3) { UInt64($0) * 100 })
        #expect(text.contains(">Unfinished<") && text.contains("no summary: the run was killed"))
        #expect(text.contains("<dd>300</dd>"), "requests done")
    }

    @Test("lets no word of a recording become markup, wherever it stands")
    func hostile() {
        let evil = "\"'><script>alert(1)</script><img src=http://evil.example/x>&\u{202E}\u{1B}[2J"
        let plan = JSON.object([.init("client", .object([
            .init("connections", .number(1)), .init("target", .string(evil)), .init(evil, .array([.string(evil)])),
        ]))])
        let header = RecordingHeader(
            toolVersion: evil, hostName: evil, system: evil, cpuCount: 1, commandLine: [evil], startedUnixSeconds: .nan, plan: plan)
        let event = Event(timeNanoseconds: 5, level: .error, source: evil, text: evil)
        let summary = JSON.object([
            .init("measurement", .object([.init("valid", .bool(false)), .init("reasons", .array([.string(evil)]))])),
            .init("thresholds", .array([.object([.init("check", .string(evil)), .init("phase", .string(evil)), .init("reason", .string(evil))])])),
        ])
        let text = report(header, [distinctSample()], events: [event], summary: summary, name: evil)
        #expect(!text.contains("<script") && !text.contains("<img") && !text.contains("\"'>"))
        #expect(!text.unicodeScalars.contains("\u{202E}") && !text.unicodeScalars.contains("\u{1B}"))
        #expect(text.ranges(of: "&lt;script&gt;alert(1)").count >= 9, "every place shows it as words")
        // Not of the recording's making either.
        #expect(!text.contains(" href=") && !text.contains("url("))
        #expect(text.contains("default-src 'none'"))
    }

    @Test("survives numbers that are none")
    func nonsense() {
        var samples = samples(4) { _ in .max }
        samples[1].timeNanoseconds = .max
        samples[2].intervalNanoseconds = 0
        samples[3].timeNanoseconds = 0
        samples[3].process.residentBytes = .max
        let text = report(header, samples, events: [Event(timeNanoseconds: .max, level: .info, source: "x", text: "y")])
        #expect(text.hasSuffix("</html>\n") && !text.contains("nan") && !text.contains("inf\""))
        #expect(report(header, []).hasSuffix("</html>\n"))
    }

    @Test("of a long run stays small, and keeps its peak")
    func long() throws {
        let count = 20_000, peak = 12_345
        var all = samples(count) { UInt64($0) * 10 }
        all[peak].process.residentBytes = 777 << 20
        let text = report(header, all)
        #expect(text.utf8.count < 1_000_000, "\(text.utf8.count) bytes")
        let memory = try #require(text.firstRange(of: "<h3>Memory</h3>"))
        #expect(text[memory.upperBound...].prefix(60_000).contains("resident: 777MiB"))
        // A constant rate stays that rate however many samples a point stands for.
        let throughput = try #require(text.firstRange(of: "<h3>Throughput</h3>"))
        #expect(text[throughput.upperBound...].prefix(60_000).contains("answered: 10"))
    }

    @Test("marks what happened on every plot, with its words")
    func events() {
        let event = Event(timeNanoseconds: 2_000_000_000, level: .warning, source: "server", text: "went away")
        let text = report(header, samples(4) { UInt64($0) }, events: [event])
        let plots = text.ranges(of: "<figure class=\"plot\">").count
        #expect(plots >= 3)
        #expect(text.ranges(of: "<title>2s server: went away</title>").count == plots)
    }

    @Test("shows the phases as stretches of the axis, and the thresholds below the verdict")
    func phases() {
        var all = samples(4) { UInt64($0) }
        for index in all.indices { all[index].phase = index < 1 ? "warm" : "steady" }
        all[0].isWarmup = true
        let threshold = JSON.object([
            .init("phase", .string("steady")), .init("check", .string("response_time.p99 < 25ms")), .init("passed", .bool(false)),
            .init("value", .number(0.0312)), .init("unit", .string("s")),
        ])
        let text = report(header, all, summary: .object([.init("thresholds", .array([threshold]))]))
        #expect(text.contains(">warm (warm-up)</span>") && text.contains("left:25.0%;max-width:75.0%\">steady</span>"))
        #expect(text.contains("0 of 1 threshold held") && text.contains("<td>31.2ms</td>"))
    }
}
