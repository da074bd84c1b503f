import Foundation
import Load
import Measurements
import Recording
import Reports
import SampleSupport
import Testing

let summaryRequest = Summary.Request(
    address: "127.0.0.1:8080", load: .init(connections: 2, streams: 1, rate: nil, requests: 100), cpuCount: 2)

@Suite("A summary")
struct SummaryTests {
    /// Two samples of an unhurried run, and the drain's.
    private func samples(rate: Double?) -> [Sample] {
        (1...3).map { second in
            var client = ClientSample()
            client.connectionCounts.open = second == 3 ? 0 : 2
            client.connectionCounts.opened = 2
            client.requests.scheduled = min(UInt64(second), 2) * 500
            client.requests.started = client.requests.scheduled
            client.requests.done = second == 1 ? 499 : 1_000
            client.requests.succeeded = client.requests.done
            client.statuses.success = client.requests.done
            client.loops.count = 1
            client.loops.cpuNanoseconds = UInt64(second) * 100_000_000
            client.serviceTime.record(nanoseconds: 1_000_000, times: second == 3 ? 1 : 499)
            client.responseTime = client.serviceTime
            client.scheduleDelay.record(nanoseconds: 50_000, times: 500)
            var server = ServerSample()
            server.loops.count = 1
            server.requests.started = client.requests.started
            server.requests.completed = client.requests.done
            server.writes.pendingBytes = second == 2 ? 4_096 : 0
            return Sample(
                timeNanoseconds: UInt64(second) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: server,
                client: client, process: ProcessSample())
        }
    }

    private func summary(rate: Double?, change: (inout Sample) -> Void = { _ in }) -> Summary {
        var request = summaryRequest
        request.load?.rate = rate
        request.load?.requests = nil
        var summary = Summary(request)
        for (index, sample) in samples(rate: rate).enumerated() {
            var sample = sample
            change(&sample)
            if index == 2 { summary.endLoad() }
            summary.add(sample)
        }
        return summary
    }

    @Test("merges all intervals, takes totals from the last and rates from the load alone")
    func totals() {
        let summary = summary(rate: 500)
        #expect(summary.serviceTime.count == 999)
        #expect(summary.number("client.requests.done") == 1_000)
        #expect(summary.derived("run.duration") == 2)
        #expect(summary.derived("client.requests.rate") == 500)
        #expect(summary.derived("client.requests.asked_rate") == 500)
        #expect(summary.derived("client.requests.dropped") == 0)
        #expect(summary.derived("client.loop.utilization") == 0.1)
    }

    @Test("keeps the highest value of a gauge")
    func maxima() {
        let summary = summary(rate: 500)
        #expect(summary.maximum(of: "server.writes.pending_bytes") == 4_096)
        #expect(summary.json[path: "server.writes.pending_bytes.max"] == .number(4_096))
        #expect(summary.json[path: "server.writes.pending_bytes.last"] == .number(0))
    }

    @Test("after a warm-up says that it was left out, and what of it was done since: started and that are done")
    func warmup() throws {
        var request = summaryRequest
        request.load?.rate = 500
        request.load?.requests = nil
        var summary = Summary(request)
        // Scheduled, started, done: 12 in flight and 3 not yet sent when counting begins, 5 never sent.
        for (second, counts) in [(1, (500, 497, 485)), (2, (1_000, 990, 990)), (3, (1_000, 995, 995))].map({ (UInt64($0), $1) }) {
            var sample = samples(rate: 500)[Int(second) - 1]
            sample.client?.requests.scheduled = UInt64(counts.0)
            sample.client?.requests.started = UInt64(counts.1)
            sample.client?.requests.done = UInt64(counts.2)
            sample.server?.requests.started = UInt64(counts.1)
            sample.server?.requests.completed = UInt64(counts.2) - (second == 1 ? 1 : 0)
            sample.isWarmup = second == 1
            sample.phase = second == 1 ? "warm" : second == 2 ? "steady" : nil
            if second == 3 { summary.endLoad() }
            summary.add(sample)
        }
        #expect(summary.derived("run.duration") == 1 && summary.derived("run.warmup") == 1)
        let carried = try #require(summary.derived("client.requests.carried"))
        #expect(carried == 12)
        #expect(try #require(summary.number("client.requests.started")) + carried == summary.number("client.requests.done"))
        #expect(summary.derived("client.requests.dropped") == 5)
        #expect(summary.text.contains("\nwarm-up        1.00s before that, left out, 12 requests begun in it and done\n               since, 3 due in it and started since\n"), "\(summary.text)")
        #expect(summary.text.contains("511 requests completed (13 begun in the warm-up), 498 started"), "\(summary.text)")
        #expect(summary.text.contains("500 asked, 498 sent, 510 answered (12 begun in the warm-up),"), "\(summary.text)")
        for line in summary.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        let plain = self.summary(rate: 500)
        #expect(!plain.text.contains("warm-up") && plain.derived("client.requests.carried") == 0 && plain.derived("run.warmup") == 0)
    }

    @Test("says how many requests failed in the warm-up, which no other number has")
    func warmupFailures() {
        var summary = Summary(summaryRequest)
        for second in [1, 2] as [UInt64] {
            var sample = samples(rate: nil)[Int(second) - 1]
            sample.isWarmup = second == 1
            sample.client?.requests.failed = 7
            summary.add(sample)
        }
        #expect(summary.text.replacing(/\s+/, with: " ").contains(", 7 requests failed in it"), "\(summary.text)")
        #expect(summary.number("client.requests.failed") == 0)
    }

    @Test("says to what response times are resolved where requests were sent late, and of an open load only")
    func resolution() {
        let punctual = summary(rate: 500) { $0.client?.scheduleDelay.record(nanoseconds: 20_000, times: 600) }
        #expect(punctual.coarseResolutionNanoseconds == nil && !punctual.text.contains("in 100 was sent"))
        let coarse = summary(rate: 500) { $0.client?.scheduleDelay.record(nanoseconds: 1_000_000, times: 600) }
        #expect(coarse.text.replacing(/\s+/, with: " ").contains("1 request in 100 was sent 1.00ms late or later: a difference of response times below that"), "\(coarse.text)")
        #expect(coarse.derived("client.response_resolution").map { abs($0 - 0.001) < 1e-5 } == true)
        #expect(summary(rate: nil) { $0.client?.scheduleDelay.record(nanoseconds: 1_000_000, times: 600) }.coarseResolutionNanoseconds == nil)
    }

    @Test("gives as JSON every number under its name")
    func json() {
        let json = summary(rate: 500) { $0.parts = PartsSample(reporting: 2, count: 3) }.json
        for metric in Metric.all where metric.kind != .ratio && metric.name != "interval" && !metric.name.hasPrefix("watch.") {
            #expect(json[path: metric.name] != nil, "\(metric.name)")
        }
        for metric in SummaryMetric.all where !metric.name.hasPrefix("watch.") { #expect(json[path: metric.name] != nil, "\(metric.name)") }
        #expect(json[path: "client.service_time.p50"]?.number.map { abs($0 - 0.001) < 1e-5 } == true)
        #expect(json[path: "client.service_time.p99_99"] == .null)
        #expect(json[path: "result.ok"] == .bool(true) && json[path: "measurement.valid"] == .bool(true))
    }

    @Test("says in lines of 80 columns first whether it worked, then how fast, how long, and whether it is valid", arguments: [nil, 500])
    func text(rate: Double?) throws {
        let summary = summary(rate: rate) { $0.client?.receivedBytes = .max / 4 }
        for text in [summary.text, summary.text(isVerbose: true)] {
            for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
            #expect(text.hasPrefix("ok             all 1000 requests succeeded\n"), "\(text)")
            let places = try ["\nload ", "\nrate ", "\nrequests ", "\nlatency ", "\nmeasurement    valid,"].map { try #require(text.firstRange(of: $0), "\($0)") }
            #expect(places.map(\.lowerBound) == places.map(\.lowerBound).sorted())
            #expect(text.contains("500.00 requests/s") && text.contains("1000: 1000 ok, 0 failed"))
            #expect(text.contains(rate == nil ? "closed load" : "open load, 500 requests/s asked"))
        }
    }

    @Test("as JSON has no numbers of a server, or of clients, that the run does not have")
    func parts() {
        let json = summary(rate: nil) { $0.server = nil }.json
        #expect(json["server"] == nil && json["watch"] == nil && json["client"] != nil)
        var served = Summary(.init(address: "", load: nil, cpuCount: 2))
        served.add(Sample(timeNanoseconds: 2, intervalNanoseconds: 0, server: ServerSample(), client: nil, process: ProcessSample()))
        #expect(served.json["client"] == nil && served.json["server"] != nil)
    }

    @Test("leaves out what is zero, unless everything is asked for")
    func quiet() {
        let summary = summary(rate: nil)
        for word in ["refused", "statuses", "timeouts", "reconnects", "sent late", "traffic", "evictions", "pending writes"] {
            #expect(!summary.text.contains(word), "\(word)")
        }
        for word in ["0 refused", "1000 2xx", "0 timeouts", "0 reconnects", "sent late", "traffic", "pending writes", "0 read pauses", "min"] {
            #expect(summary.text(isVerbose: true).contains(word), "\(word)")
        }
    }

    /// Two runs with 1 of everything: of a server of ours, and of one that is watched.
    private static let runsOfOne: [Summary] = [false, true].map { isWatched in
        var sample = fullSample(isWatched: isWatched)
        for metric in Metric.all where metric.kind != .histogram { metric.write(&sample, .number(1)) }
        sample.timeNanoseconds = 1_000_000_000
        sample.unknown = []
        sample.client?.failures = (0..<9).map { FailureCount(reason: "status \(500 + $0)", count: 1, example: "") }
        sample.client?.statusNumbers = [NumberedStatus(status: 500, count: 1)]
        sample.client?.serviceTime = LatencyHistogram()
        sample.client?.serviceTime.record(nanoseconds: 1_000)
        if !isWatched { sample.watch = nil }
        var request = summaryRequest
        request.load = .init(connections: 1, streams: 1, rate: 1, requests: 1, phases: [Phase(name: "one", duration: .seconds(1), load: .closed)])
        request.cpuCount = 1
        var summary = Summary(request)
        sample.phase = "one"
        summary.add(sample)
        if isWatched { summary.add(brokenWrite) }
        summary.thresholds = [try? Threshold(parsing: "client.requests.done > 5").judge(summary)].compactMap(\.self)
        summary.changesByHand = 1
        return summary
    }

    @Test("of a run with 1 of each says each as one", arguments: [0, 1], [false, true])
    func one(run: Int, isVerbose: Bool) {
        let summary = Self.runsOfOne[run]
        // The two words behind "1": "1 requests", "1 TLS handshakes"; verbs and names that end so are none.
        let verbs: Set = ["TLS", "is", "was", "needs", "ends", "status", "class", "process", "pass", "says", "caches"]
        // A line that begins with a label begins other words.
        let words = summary.text(isVerbose: isVerbose).replacing(/\n {10,}/, with: " ") + summary.markdown
        for match in words.matches(of: /[ (|]1 ([A-Za-z-]+)(?: ([A-Za-z-]+))?/) {
            let plural = [String(match.1), match.2.map(String.init) ?? ""].first { $0.hasSuffix("s") && !verbs.contains($0) }
            #expect(plural == nil, "\(match.0)")
        }
    }

    @Test("names the server of the requests once, and that of each where there are several")
    func servers() throws {
        func target(_ kinds: String) throws -> String? {
            Summary.Load(plan: try JSON(parsing: Array(#"{"client":{"target":"127.0.0.1:8080","connections":2,"request_kinds":[\#(kinds)]}}"#.utf8)))?.target
        }
        #expect(try target(#"{"path":"/a"}"#) == "http://127.0.0.1:8080/a")
        #expect(try target(#"{"path":"/a","weight":3},{"path":"/b","method":"POST"}"#) == "http://127.0.0.1:8080: /a 75.0%, POST /b 25.0%")
        #expect(try target(#"{"path":"/a"},{"path":"/b","origin":"https://localhost:8081"}"#) == "http://127.0.0.1:8080/a 50.0%, https://localhost:8081/b 50.0%")
    }

    @Test("explains the dashes of its tables once, and has none to explain where there are answers enough")
    func dashes() {
        let few = summary(rate: 500).text
        #expect(few.components(separatedBy: "- means too few answers").count == 2 && few.contains("p99.9 takes 10000"), "\(few)")
        let many = summary(rate: 500) { $0.client?.serviceTime.record(nanoseconds: 1_000, times: 20_000) }.text
        #expect(!many.contains("p50 takes"), "\(many)")
    }

    @Test("says that it names eight kinds of failures, and how many more there are")
    func manyKinds() {
        let text = summary(rate: nil) { sample in
            sample.client?.requests.failed = 11
            sample.client?.failures = (0..<11).map { FailureCount(reason: "status \(500 + $0)", count: 1, example: "") }
        }.text
        #expect(text.contains("3  for 3 more reasons: --verbose names each\n"), "\(text)")
    }

    @Test("lists failed requests by cause, each under one, the most frequent first; attempts and connections are no requests")
    func causes() {
        let summary = summary(rate: nil) { sample in
            sample.client?.requests.succeeded -= 30
            sample.client?.requests.failed = 30
            sample.client?.failures = [
                FailureCount(reason: "status 503", count: 10, example: "GET /, request 4"),
                FailureCount(reason: "status 503", count: 7, example: "", of: .attempt),
                FailureCount(reason: "not connected: connection refused", count: 5, example: "", of: .connection),
                FailureCount(reason: "connection closed by the server within an answer", count: 20, example: ""),
            ]
        }
        #expect(summary.text.hasPrefix("not all ok     30 of 1000 requests failed, 3.0%; no threshold limits them, so\n               the exit code is 0\n"), "\(summary.text)")
        #expect(summary.text.contains("""
            requests       1000: 970 ok, 30 failed
                                 20  connection closed by the server within an answer
                                 10  status 503 (first: GET /, request 4)

            """), "\(summary.text)")
        #expect(summary.text.contains("\n                      5  not connected: connection refused\n"), "\(summary.text)")
    }

    @Test("is ok where all failed requests were left early on purpose, and says how many those were")
    func leftEarly() {
        func text(_ abandoned: UInt64) -> String {
            summary(rate: nil) { sample in
                sample.client?.requests.succeeded -= 30
                sample.client?.requests.failed = 30
                sample.client?.errors.abandoned = abandoned
            }.text
        }
        #expect(text(30).hasPrefix("ok             all 970 other requests succeeded: 30 were left early on purpose"), "\(text(30))")
        #expect(text(29).hasPrefix("not all ok     30 of 1000 requests failed"), "\(text(29))")
        #expect(text(30).contains("30 failed (all ended early, as asked)") && text(29).contains("30 failed (29 ended early, as asked)"), "\(text(30))")
        #expect(!text(0).contains("as asked"))
        let none = summary(rate: nil) { sample in
            sample.client?.requests.done = 30
            sample.client?.requests.succeeded = 0
            sample.client?.requests.failed = 30
            sample.client?.errors.abandoned = 30
        }.text
        #expect(none.contains("no request was to succeed: 30 were left early on purpose"), "\(none)")
    }

    @Test("of a recording without reasons lists the causes that it counted")
    func countedCauses() {
        let summary = summary(rate: nil) { sample in
            sample.client?.requests.failed = 3
            sample.client?.statuses.clientError = 2
            sample.client?.errors.timeout = 1
        }
        #expect(summary.text.contains("2  status 4xx\n") && summary.text.contains("1  timeout\n"), "\(summary.text)")
    }

    @Test("says on its first line when answers that count as success are not 2xx")
    func redirects() {
        let summary = summary(rate: nil) {
            $0.client?.statuses.success = 0
            $0.client?.statuses.redirection = 1_000
        }
        #expect(summary.text.hasPrefix("ok             all 1000 requests succeeded, of which 1000 were not answered 2xx\n"), "\(summary.text)")
    }

    @Test("says of slow readers how many there were, and that none has read an answer to its end")
    func slowReaders() {
        let summary = summary(rate: nil) { $0.client?.slowReaders.open = 5 }
        #expect(summary.text.contains("\nslow readers   5, each asks for 2 answers at a time,"), "\(summary.text)")
    }

    @Test("leaves out percentiles that the count does not support")
    func percentiles() throws {
        let row = try #require(summary(rate: nil).text.split(separator: "\n").first { $0.hasPrefix("  service") })
        // 999 values support p99 and not p99.9.
        #expect(row.split(separator: " ").map(String.init) == ["service", "1.00ms", "1.00ms", "1.00ms", "-", "-", "1.00ms"])
    }

    @Test("of a served run speaks of the server alone")
    func served() {
        var summary = Summary(.init(address: "127.0.0.1:9000", load: nil, cpuCount: 2))
        var server = ServerSample()
        server.requests.completed = 12
        summary.add(Sample(timeNanoseconds: 2_000_000_000, intervalNanoseconds: 0, server: server, client: nil, process: ProcessSample()))
        #expect(summary.text.hasPrefix("ok             served 127.0.0.1:9000 for 2.00s\nrate           6.00 requests/s"), "\(summary.text)")
        #expect(!summary.text.contains("measurement"))
    }

    @Test("of a recording says what the live one said")
    func fromRecording() throws {
        let path = NSTemporaryDirectory() + "highwater-summary-\(getpid()).ndjson"
        defer { unlink(path) }
        var request = summaryRequest
        request.load?.rate = 500
        var live = Summary(request)
        do {
            var writer = try RecordingWriter(path: path)
            try writer.write(RecordingHeader(
                toolVersion: "", hostName: "", system: "", cpuCount: 2, commandLine: [], startedUnixSeconds: 0, plan: .null))
            for sample in samples(rate: 500) {
                live.add(sample)
                try writer.write(sample)
            }
        }
        var replayed = Summary(request)
        var reader = try RecordingReader(path: path)
        while let line = try reader.next() {
            if case .sample(let sample) = line { replayed.add(sample) }
        }
        #expect(replayed.text == live.text)
    }
}

@Suite("The measurement of a run")
struct ValidityTests {
    private func reasons(rate: Double? = nil, connections: Int = 2, server: ServerSample? = nil, change: (inout ClientSample) -> Void) -> [String] {
        var client = ClientSample()
        client.connectionCounts.open = 2
        client.connectionCounts.opened = 3
        client.connectionCounts.reconnects = 1
        client.loops.count = 1
        client.requests.scheduled = 10_000
        client.requests.started = 10_000
        client.requests.done = 10_000
        client.scheduleDelay.record(nanoseconds: 1_000, times: 10_000)
        change(&client)
        var summary = Summary(
            .init(address: "", load: .init(connections: connections, streams: 1, rate: rate, requests: nil), cpuCount: 2))
        summary.add(Sample(timeNanoseconds: 1_000_000_000, intervalNanoseconds: 0, server: server, client: client, process: ProcessSample()))
        return summary.validity.reasons
    }

    @Test("is valid for a good run")
    func good() {
        #expect(reasons(rate: 10_000) { _ in }.isEmpty)
        #expect(reasons { _ in }.isEmpty)
    }

    @Test("is not valid when less than the asked rate was sent, in an open load")
    func unreachedRate() {
        #expect(reasons(rate: 10_000) { $0.requests.started = 9_000 } == ["only 90.0% of the asked rate was sent"])
        // 2 connections, 1 stream each.
        let slow = reasons(rate: 10_000) {
            $0.requests.started = 9_000
            $0.serviceTime.record(nanoseconds: 10_000_000, times: 9_000)
        }
        #expect(slow == ["only 90.0% of the asked rate was sent: 2 at once, each 10.0ms, are 200 a second at most"])
        #expect(reasons { $0.requests.started = 9_000 }.isEmpty)
    }

    @Test("is not valid when requests were sent late")
    func lateness() {
        #expect(reasons(rate: 10_000) { $0.scheduleDelay.record(nanoseconds: 9_000_000, times: 1_000) }.count == 1)
        #expect(reasons(rate: 10_000) { $0.scheduleDelay.record(nanoseconds: 9_000_000, times: 100) }.isEmpty)
        // Too few for a percentile 99.
        let few = reasons(rate: 10_000) {
            $0.scheduleDelay = LatencyHistogram()
            $0.scheduleDelay.record(nanoseconds: 1_000, times: 300)
            $0.scheduleDelay.record(nanoseconds: 2_000_000_000, times: 200)
        }
        #expect(few == ["requests were sent late: 40.0% more than 5.00ms after they were due, up to 2.00s"])
    }

    @Test("names the connections where all were waiting for answers, and how many would do")
    func fullConnections() {
        func late(_ milliseconds: UInt64, delayed: UInt64) -> [String] {
            reasons(rate: 100) {
                $0.requests.scheduled = 100
                $0.requests.started = 100
                $0.requests.delayed = delayed
                $0.scheduleDelay = LatencyHistogram()
                $0.scheduleDelay.record(nanoseconds: milliseconds * 1_000_000, times: 40)
                $0.scheduleDelay.record(nanoseconds: 1_000, times: 60)
            }
        }
        #expect(late(250, delayed: 40).first?.hasSuffix(
            "up to 250ms, since all 2 connections were waiting for answers; with -c 27 there is one for each request that is due") == true,
            "\(late(250, delayed: 40))")
        #expect(late(2_000, delayed: 40).first?.contains("the server is slower than the rate that is asked for") == true)
        // Their own loop was late.
        #expect(late(250, delayed: 3).first?.hasSuffix("up to 250ms") == true)
    }

    @Test("is valid where gaps in the answers explain that requests were late: response times count them")
    func lateByGaps() {
        func late(_ milliseconds: UInt64, gap: UInt64, delayed: UInt64 = 40) -> String {
            reasons(rate: 100) {
                ($0.requests.scheduled, $0.requests.started, $0.requests.delayed) = (100, 100, delayed)
                ($0.requests.gaps.count, $0.requests.gaps.longestNanoseconds) = (gap > 0 ? 1 : 0, gap * 1_000_000)
                $0.scheduleDelay = LatencyHistogram()
                $0.scheduleDelay.record(nanoseconds: milliseconds * 1_000_000, times: 40)
                $0.scheduleDelay.record(nanoseconds: 1_000, times: 60)
            }.first ?? ""
        }
        #expect(late(250, gap: 252).isEmpty)
        #expect(late(490, gap: 252).isEmpty, "with what had piled up")
        #expect(late(150, gap: 110).contains("with -c"), "more were late than can have been due in the gap")
        #expect(late(600, gap: 252).contains("-c"), "no gap was so long")
        #expect(late(250, gap: 0).contains("with -c"))
        #expect(late(250, gap: 252, delayed: 3).hasSuffix("up to 250ms"), "the clients' own loop was late")
    }

    @Test("says how many requests were late by gaps, beside a valid measurement, and that the server paused, first")
    func lateByGapsText() {
        var client = ClientSample()
        (client.requests.scheduled, client.requests.started, client.requests.done, client.requests.succeeded) = (2_000, 2_000, 2_000, 2_000)
        (client.requests.delayed, client.requests.gaps.count, client.requests.gaps.longestNanoseconds) = (40, 2, 252_000_000)
        client.connectionCounts.opened = 2
        client.statuses.success = 2_000
        client.scheduleDelay.record(nanoseconds: 250_000_000, times: 40)
        client.scheduleDelay.record(nanoseconds: 1_000, times: 1_960)
        var summary = Summary(.init(address: "", load: .init(connections: 2, streams: 1, rate: 1_000, requests: nil), cpuCount: 2))
        summary.add(Sample(timeNanoseconds: 2_000_000_000, intervalNanoseconds: 0, server: nil, client: client, process: ProcessSample()))
        let text = summary.text.replacing(/\s+/, with: " ")
        #expect(summary.validity.isValid && text.contains("measurement valid"), "\(text)")
        #expect(text.contains("2.0% of requests were sent up to 250ms late, since all 2 connections were waiting while the server gave no answer (gaps)"), "\(text)")
        #expect(text.hasPrefix("ok all 2000 requests succeeded; answers paused 2 times (gaps)"), "\(text)")
    }

    @Test("says nothing of a coarse resolution where gaps in the answers made requests late")
    func resolution() {
        func resolution(gap: UInt64, median: UInt64 = 1_000) -> Double? {
            var client = ClientSample()
            client.requests.delayed = 40
            client.requests.gaps.longestNanoseconds = gap * 1_000_000
            client.scheduleDelay.record(nanoseconds: 250_000_000, times: 40)
            client.scheduleDelay.record(nanoseconds: median, times: 1_960)
            var summary = Summary(.init(address: "", load: .init(connections: 2, streams: 1, rate: 100, requests: nil), cpuCount: 2))
            summary.add(Sample(timeNanoseconds: 1_000_000_000, intervalNanoseconds: 0, server: nil, client: client, process: ProcessSample()))
            return summary.derived("client.response_resolution")
        }
        #expect(resolution(gap: 252) == nil)
        #expect(resolution(gap: 0) != nil && resolution(gap: 100) != nil)
        // Half of all were late by themselves: that is the resolution, and not the gap's 250 ms.
        #expect(resolution(gap: 252, median: 60_000).map { $0 < 0.000_1 } == true)
        #expect(resolution(gap: 0, median: 60_000).map { $0 > 0.2 } == true)
    }

    @Test("is not valid when requests of one phase were sent late, though they are few among all")
    func latePhase() {
        var summary = Summary(.init(address: "", load: .init(connections: 0, streams: 1, rate: 10, requests: nil), cpuCount: 2))
        for (second, phase) in ["long", "short"].enumerated() {
            var sample = Sample(
                timeNanoseconds: UInt64(second + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: ClientSample(),
                process: ProcessSample())
            sample.phase = phase
            sample.client?.requests.done = UInt64(second + 1) * 10_000
            sample.client?.requests.scheduled = UInt64(second + 1) * 10_000
            sample.client?.requests.started = UInt64(second + 1) * 10_000
            sample.client?.scheduleDelay.record(nanoseconds: phase == "long" ? 1_000 : 9_000_000, times: phase == "long" ? 10_000 : 50)
            summary.add(sample)
        }
        #expect(summary.validity.reasons.count == 1, "\(summary.validity.reasons)")
        #expect(summary.validity.reasons.first?.hasPrefix("in phase short requests were sent late: 100.0% more than 5.00ms") == true)
    }

    @Test("is not valid when another server has answered on the port of the run's own")
    func strangers() {
        var server = ServerSample()
        server.requests.completed = 10_000
        #expect(reasons(server: server) { $0.requests.succeeded = 10_000 }.isEmpty)
        server.requests.completed = 5_030
        #expect(reasons(server: server) { _ in } == ["the server of this run answered 5030 of 10000 requests: another one has its port"])
        // What it refused it has seen.
        server.protocolErrors = 4_970
        #expect(reasons(server: server) { _ in }.isEmpty)
    }

    @Test("is not valid when the clients were the limit, the connections failed, or the answers did")
    func others() {
        #expect(reasons { $0.loops.cpuNanoseconds = 950_000_000 }.count == 1)
        #expect(reasons(connections: 3) { _ in } == ["only 2 of 3 connections were made"])
        // Those that were made in place of others are none more.
        #expect(reasons(connections: 3) { ($0.connectionCounts.opened, $0.connectionCounts.renewed) = (12, 9) } == ["only 2 of 3 connections were made"])
        #expect(reasons { $0.requests.errored = 200 }.count == 1)
        #expect(reasons { $0.requests.done = 0 } == ["no request was done"])
        var summary = Summary(.init(address: "", load: .init(connections: 0, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        var sample = Sample(
            timeNanoseconds: 1, intervalNanoseconds: 1, server: nil, client: ClientSample(), process: ProcessSample())
        sample.client?.requests.done = 1
        summary.add(sample)
        summary.changesByHand = 1
        #expect(summary.validity.reasons == ["the load was changed by hand once: the results mix several loads"])
    }

    @Test("is not valid when the machine slept, and when the load stood still for more than a little of its time")
    func standstills() {
        var summary = Summary(.init(address: "", load: .init(connections: 0, streams: 1, rate: nil, requests: nil), cpuCount: 2))
        func add(sleptSeconds: UInt64, stillMilliseconds: UInt64) {
            var sample = Sample(
                timeNanoseconds: 10_000_000_000, intervalNanoseconds: 1, server: nil, client: ClientSample(), process: ProcessSample())
            sample.client?.requests.done = 1
            sample.client?.loops.count = 2
            sample.client?.requests.standstillNanoseconds = 2 * stillMilliseconds * 1_000_000
            sample.process.sleptNanoseconds = sleptSeconds * 1_000_000_000
            summary.add(sample)
        }
        add(sleptSeconds: 0, stillMilliseconds: 500)
        #expect(summary.validity.isValid)
        add(sleptSeconds: 60, stillMilliseconds: 4_000)
        #expect(summary.validity.reasons == [
            "the machine slept for 60.0s", "the load stood still for 4.00s of 10.00s: the process was stopped, or had no CPU",
        ])
    }

    @Test("is not valid when the clients' threads had no CPU for more than a few moments")
    func moments() {
        func reasons(late: UInt64, of beats: UInt64) -> [String] {
            self.reasons { ($0.requests.beats, $0.requests.lateBeats) = (beats, late) }
        }
        #expect(reasons(late: 5, of: 100).isEmpty && reasons(late: 2, of: 10).isEmpty)
        #expect(reasons(late: 6, of: 100) == [
            "the clients' threads had no CPU when they were due, 6 of 100 times that were looked at: a CPU quota, other programs, or a process that was stopped",
        ])
    }

    @Test("is not valid when there is a gap between samples, unless the interval was changed by hand")
    func gap() {
        var load = Summary.Load(connections: 0, streams: 1, rate: nil, requests: nil)
        load.interval = 1
        var summary = Summary(.init(address: "", load: load, cpuCount: 2))
        var time: UInt64 = 0
        for seconds in [1, 1, 5, 1, 1] as [UInt64] {
            time += seconds
            var sample = Sample(
                timeNanoseconds: time * 1_000_000_000, intervalNanoseconds: seconds * 1_000_000_000, server: nil, client: ClientSample(),
                process: ProcessSample())
            sample.client?.requests.done = 1
            summary.add(sample)
        }
        #expect(summary.validity.reasons == ["there is a gap of 5.00s between two samples"])
        summary.circumstances.longestInterval = 5
        #expect(summary.validity.isValid)
    }

    @Test("is not valid when there was nothing but a warm-up, which has failed too")
    func warmup() {
        var summary = Summary(summaryRequest)
        var sample = Sample(
            timeNanoseconds: 1, intervalNanoseconds: 1, server: nil, client: ClientSample(), process: ProcessSample())
        sample.isWarmup = true
        summary.add(sample)
        #expect(summary.validity.reasons == ["nothing was measured: there is no sample after the warm-up"])
        #expect(summary.result.text == "FAILED: nothing was measured")
    }

    @Test("is not valid when its process died, and says so in the words of the death")
    func death() {
        var summary = Summary(.init(address: "", load: nil, cpuCount: 2))
        #expect(summary.validity.isValid)
        summary.outcome = .crashed(signal: "SIGSEGV")
        summary.doubts = ["late"]
        #expect(summary.validity.reasons == ["the worker process crashed by SIGSEGV", "late"])
    }

    @Test("is not valid when the machine was full")
    func machine() {
        #expect(reasons { $0.loops.count = 4; $0.loops.cpuNanoseconds = 1_950_000_000 }.count == 1)
    }
}
