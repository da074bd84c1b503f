import Load
import Measurements
import Reports
import Testing

@Suite("A threshold")
struct ThresholdTests {
    private func sample(_ second: UInt64, phase: String?, warmup: Bool = false, done: UInt64, milliseconds: [UInt64] = [], open: Int = 4) -> Sample {
        var client = ClientSample()
        client.requests.scheduled = done + 10
        client.requests.started = done
        client.requests.done = done
        client.requests.succeeded = done
        client.connectionCounts.open = open
        client.connectionCounts.opened = 4
        for value in milliseconds { client.responseTime.record(nanoseconds: value * 1_000_000) }
        var sample = Sample(
            timeNanoseconds: second * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: client, process: ProcessSample())
        sample.phase = phase
        sample.isWarmup = warmup
        return sample
    }

    /// A second of warm-up with 1000 requests, two of "a" with 100 each, one of "b" with 500.
    private func run() -> Summary {
        let phases = ["w", "a", "b"].map { Phase(name: $0, duration: .seconds(1), load: .open(OpenLoad(rate: 1)), isWarmup: $0 == "w") }
        var summary = Summary(.init(
            address: "", load: .init(connections: 4, streams: 1, rate: nil, requests: nil, phases: phases), cpuCount: 64))
        summary.add(sample(1, phase: "w", warmup: true, done: 1_000, milliseconds: [9_000], open: 99))
        summary.add(sample(2, phase: "a", done: 1_100, milliseconds: Array(repeating: 1, count: 100), open: 2))
        summary.add(sample(3, phase: "a", done: 1_200, milliseconds: Array(repeating: 3, count: 100), open: 6))
        summary.add(sample(4, phase: "b", done: 1_700, milliseconds: Array(repeating: 7, count: 500)))
        summary.endLoad()
        summary.add(sample(5, phase: nil, done: 1_710, milliseconds: Array(repeating: 7, count: 10)))
        return summary
    }

    private func value(_ text: String, phase: String? = nil) throws -> RunFigure.Value {
        try Threshold(parsing: "\(text) > 0", phase: phase).judge(run()).value
    }

    @Test("leaves the warm-up out")
    func warmup() throws {
        #expect(try value("client.requests.done") == .number(710))
        #expect(try value("client.connections.open.max") == .number(6))
        #expect(try value("client.response_time.count") == .number(710))
        #expect(run().derived("run.duration") == 3)
        #expect(run().derived("client.requests.rate") == 700.0 / 3)
    }

    @Test("counts connections from the start, since phases keep them")
    func connections() throws { #expect(try value("client.connections.opened") == .number(4)) }

    @Test("looks at its phase alone")
    func phases() throws {
        #expect(try value("client.requests.done", phase: "a") == .number(200))
        #expect(try value("client.requests.done", phase: "b") == .number(510))
        #expect(try value("client.requests.done.rate", phase: "a") == .number(100))
        #expect(try value("client.requests.rate", phase: "b") == .number(500))
        #expect(try value("client.response_time.p50", phase: "b") != value("client.response_time.p50", phase: "a"))
        #expect(try value("client.requests.done", phase: "c") == .notRun)
    }

    @Test("takes what is asked for of a gauge and of a histogram")
    func aggregates() throws {
        #expect(try value("client.connections.open.min", phase: "a") == .number(2))
        #expect(try value("client.connections.open.mean", phase: "a") == .number(4))
        #expect(try value("client.connections.open.last", phase: "a") == .number(6))
        guard case .number(let mean) = try value("client.response_time.mean", phase: "a") else { throw Failure() }
        #expect(abs(mean - 0.002) < 0.000_01)
        guard case .number(let highest) = try value("response_time.max") else { throw Failure() }
        #expect(abs(highest - 0.007) < 0.000_01)
    }

    private struct Failure: Error {}

    @Test("without samples fails, and with too few for its percentile too")
    func nothing() throws {
        let nothing = try Threshold(parsing: "server.requests.completed == 0").judge(run())
        #expect(nothing.value == .nothing && !nothing.hasPassed)
        let few = try Threshold(parsing: "client.response_time.p99.9 < 1h").judge(run())
        #expect(few.value == .tooFew(count: 710, needed: 10_000) && !few.hasPassed)
    }

    /// A second in which so many requests took one millisecond, and so many 807.
    private func run(fast: Int, slow: Int) -> Summary {
        var summary = Summary(.init(address: "", load: nil, cpuCount: 1))
        summary.add(sample(1, phase: nil, done: UInt64(fast + slow), milliseconds: Array(repeating: 1, count: fast) + Array(repeating: 807, count: slow)))
        return summary
    }

    @Test(
        "on a percentile with too few values is judged when it is violated beyond doubt, and only then",
        arguments: [
            // By the binomial distribution: were one value in a hundred above, 18 of 734 would be in fewer than one run of a thousand.
            ("p99 < 50ms", 44, 690, true), ("p99 < 50ms", 717, 17, false), ("p99 < 50ms", 716, 18, true), ("p99 <= 50ms", 716, 18, true),
            ("p50 < 50ms", 0, 9, false), ("p50 < 50ms", 0, 10, true), ("p99 < 50ms", 0, 1, false), ("p99.9 < 50ms", 0, 2, true),
            // That all are below shows nothing for certain about the slowest in a thousand.
            ("p99.9 < 50ms", 734, 0, false), ("p99 > 50ms", 734, 0, false), ("p99 > 50ms", 0, 734, false),
        ])
    func certainty(check: String, fast: Int, slow: Int, isCertain: Bool) throws {
        let result = try Threshold(parsing: "client.response_time.\(check)").judge(run(fast: fast, slow: slow))
        #expect(!result.hasPassed && result.isJudged == isCertain, "\(result.valueText)")
    }

    @Test("that is violated beyond doubt says by how many values, and leaves the measurement valid")
    func certainWords() throws {
        var run = run(fast: 44, slow: 690)
        run.thresholds = [try Threshold(parsing: "client.response_time.p99 < 50ms").judge(run)]
        #expect(run.thresholds[0].valueText == "above 50.0ms for certain: 690 of 734 values are")
        #expect(!run.validity.reasons.contains { $0.contains("values") })
        guard case .array(let thresholds)? = run.json["thresholds"] else {
            Issue.record("no thresholds")
            return
        }
        #expect(thresholds[0]["passed"] == .bool(false) && thresholds[0]["value"] == .null)
        #expect(thresholds[0]["reason"] == .string("above 50.0ms for certain: 690 of 734 values are"))
    }

    @Test(
        "of --fail-on is the opposite of the condition that fails",
        arguments: [
            ("p99 > 200ms", "p99 <= 200ms"), ("p99 >= 200ms", "p99 < 200ms"), ("max < 1ms", "max >= 1ms"), ("max <= 1ms", "max > 1ms"),
            ("max == 0", "max != 0"), ("max != 0", "max == 0"),
        ])
    func opposites(failing: String, wanted: String) throws {
        let threshold = try Threshold(failingOn: "steady: client.response_time.\(failing)")
        #expect(threshold.condition == (try Threshold(parsing: "steady: client.response_time.\(wanted)")).condition)
        #expect(threshold.text == "client.response_time.\(wanted)" && threshold.phase == "steady")
        #expect(threshold.title == "--fail-on 'steady: client.response_time.\(failing)'")
    }

    @Test("of --fail-on is told as the user wrote it, and whether it is met, live and from a recording")
    func words() throws {
        var run = run(fast: 44, slow: 690)
        run.thresholds = try ["response_time.max > 200ms", "response_time.max > 1m", "response_time.p99.9 > 1m"].map { try Threshold(failingOn: $0).judge(run) }
        #expect(run.thresholds.map(\.text) == [
            "--fail-on 'response_time.max > 200ms' is met: 807ms", "--fail-on 'response_time.max > 1m' is not met: 807ms",
            "--fail-on 'response_time.p99.9 > 1m': needs 10000 values, and there are 734",
        ])
        var exporter = ExportFormat.junit.makeExporter(histogram: "client.service_time")
        var text = exporter.add(summary: run.json)
        #expect(throws: Never.self) { try exporter.end { text += $0 } }
        #expect(text.contains("--fail-on &#39;response_time.max &gt; 200ms&#39; is met: 807ms"), "\(text)")
    }

    @Test("too few values for a percentile make a measurement not valid")
    func verdict() throws {
        var run = run()
        run.thresholds = [try Threshold(parsing: "client.response_time.p99.9 < 1h").judge(run)]
        #expect(run.validity.reasons.contains { $0.contains("needs 10000 values, and there are 710") })
    }

    @Test(
        "reads limits with their units, exactly",
        arguments: [
            ("client.response_time.p99 < 25ms", 0.025), ("client.response_time.p99 < 100us", 0.0001), ("client.response_time.max<=1.5s", 1.5),
            ("server.arena.reserved_bytes.max < 8MiB", 8_388_608), ("client.requests.done >= 10k", 10_000), ("achieved_rate >= 99%", 0.99),
            ("client.cache.strings.hit_rate > 0.9", 0.9), ("client.bytes.received.rate > 2MB/s", 2_000_000), ("client.requests.failed == 0", 0),
            ("client.requests.rate > 1.5k/s", 1_500),
        ])
    func limits(text: String, limit: Double) throws { #expect(try Threshold(parsing: text).limit == limit) }

    @Test("knows every metric and every aggregate that its kind has")
    func names() throws {
        for metric in Metric.all where metric.name != "time" && metric.name != "interval" {
            switch metric.kind {
            case .counter: _ = try Threshold(parsing: "\(metric.name) >= 0")
            case .ratio: _ = try Threshold(parsing: "\(metric.name) >= 0")
            case .gauge: for word in ["min", "max", "mean", "last"] { _ = try Threshold(parsing: "\(metric.name).\(word) >= 0") }
            case .histogram: for word in ["min", "max", "mean", "p50", "p99.99"] { _ = try Threshold(parsing: "\(metric.name).\(word) >= 0") }
            }
        }
        for metric in SummaryMetric.all { _ = try Threshold(parsing: "\(metric.name) >= 0") }
    }

    @Test("that says nothing sensible is refused")
    func nonsense() {
        for text in ["", "< 5", "client.requests.done", "client.requests.done <", "client.requests.done < x", "client.requests.done.p99 < 5",
            "client.response_time.p100 < 5s", "client.response_time.px < 5s", "client.response_time.p99 < 5MiB", "process.memory.resident.max < 5",
        ] {
            #expect(throws: ConditionError.self, "\(text)") { try Threshold(parsing: text) }
        }
    }
}
