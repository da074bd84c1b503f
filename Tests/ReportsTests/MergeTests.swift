import Load
import Measurements
import Recording
import Reports
import Testing

/// A run of whole seconds, as one process and as parts of it have recorded it.
private struct DividedRun {
    /// By part, and by second: latencies of the requests that were done in it, nanoseconds.
    private var latencies: [[[UInt64]]]
    let seconds: Int

    init(parts: Int, seconds: Int, seed: UInt64) {
        var state = seed
        func draw(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        self.seconds = seconds
        latencies = (0..<parts).map { _ in (0..<seconds).map { _ in (0..<Int(draw(200))).map { _ in 1_000 + draw(900_000_000) } } }
    }

    /// The samples of one part: one a second, and one after the load.
    ///
    /// - Parameter lag: by which its ticks are later than whole seconds.
    func samples(ofPart part: Int, lag: UInt64 = 0) -> [Sample] { DividedRun.samples(latencies[part], seconds, open: part + 1, lag: lag) }

    /// The same of one process that did the work of all parts.
    var whole: [Sample] {
        let all = (0..<seconds).map { second in latencies.flatMap { $0[second] } }
        return DividedRun.samples(all, seconds, open: (1...latencies.count).reduce(0, +), lag: 0)
    }

    private static func samples(_ latencies: [[UInt64]], _ seconds: Int, open: Int, lag: UInt64) -> [Sample] {
        var done: UInt64 = 0
        return (0...seconds).map { second in
            var client = ClientSample()
            for latency in second < seconds ? latencies[second] : [] {
                client.serviceTime.record(nanoseconds: latency)
                client.responseTime.record(nanoseconds: latency * 2)
                done += 1
            }
            client.requests.scheduled = done
            client.requests.started = done
            client.requests.done = done
            client.requests.succeeded = done
            client.connectionCounts.opened = UInt64(open)
            client.connectionCounts.open = second < seconds ? open : 0
            client.connectionCounts.openHighWater = open
            client.loops.count = 1
            client.loops.lagNanoseconds = UInt64(open) * 1_000
            let time = (second < seconds ? UInt64(second + 1) * 1_000_000_000 : UInt64(seconds) * 1_000_000_000 + 100_000_000) + lag
            return Sample(timeNanoseconds: time, intervalNanoseconds: 1_000_000_000, server: nil, client: client, process: ProcessSample())
        }
    }
}

@Suite("A merge of the parts of a run") struct MergeTests {
    private let plan = #"{"client":{"connections":6,"streams":1},"interval":1,"share":"1/3"}"#
    private let wholeSummary = #"{"outcome":"ended","verdict":{"trustworthy":true,"reasons":[]}}"#

    private func json(_ text: String) -> JSON { (try? JSON(parsing: Array(text.utf8))) ?? .null }

    private func header(part: Int, of count: Int, started: Double = 1_000, plan: String? = nil, host: String? = nil) -> RecordingHeader {
        var header = RecordingHeader(
            toolVersion: "1", hostName: host ?? "n\(part + 1)", system: "Linux", cpuCount: 4, commandLine: ["highwater"], startedUnixSeconds: started,
            plan: json(#"{"client":{"connections":2}}"#))
        header.part = .init(share: RunShare(part, of: count), plan: json(plan ?? self.plan))
        return header
    }

    /// Merges whole recordings in the order of their times, as files are.
    private func merge(
        _ parts: [(header: RecordingHeader, samples: [Sample], summary: String?)], events: [(part: Int, Event)] = [],
        alignment: RecordingMerge.Alignment = .wall
    ) throws -> (header: RecordingHeader, samples: [Sample], events: [Event], summary: Summary) {
        var merge = RecordingMerge(paths: parts.indices.map { "part-\($0).ndjson" }, alignment: alignment)
        var items: [RecordingMerge.Item] = []
        for (index, part) in parts.enumerated() { items += merge.take(part.header, ofPart: index) }
        let begun = merge.begin(toolVersion: "1", commandLine: [])
        let header = try #require(begun)
        var next = parts.map { _ in 0 }
        for (part, event) in events { items += merge.take(.event(event), ofPart: part) }
        while true {
            let waiting = parts.indices.filter { next[$0] < parts[$0].samples.count }
            guard let index = waiting.min(by: {
                merge.time(parts[$0].samples[next[$0]].timeNanoseconds, ofPart: $0) < merge.time(parts[$1].samples[next[$1]].timeNanoseconds, ofPart: $1)
            }) else { break }
            items += merge.take(.sample(parts[index].samples[next[index]]), ofPart: index)
            next[index] += 1
            if next[index] == parts[index].samples.count {
                if let summary = parts[index].summary { items += merge.take(.summary(json(summary)), ofPart: index) }
                items += merge.end(ofPart: index)
            }
        }
        items += merge.flush()
        let finished = merge.finish()
        let summary = try #require(finished)
        return (
            header, items.compactMap { if case .sample(let sample) = $0 { sample } else { nil } },
            items.compactMap { if case .event(let event) = $0 { event } else { nil } }, summary
        )
    }

    private func merge(_ run: DividedRun, parts: Int, lag: (Int) -> UInt64 = { _ in 0 }) throws -> (samples: [Sample], summary: Summary) {
        let merged = try merge((0..<parts).map { (header(part: $0, of: parts), run.samples(ofPart: $0, lag: lag($0)), wholeSummary) })
        return (merged.samples, merged.summary)
    }

    @Test("has the counts and the histograms of one process that did it all, sample by sample", arguments: [1, 2, 3, 8, 64])
    func equality(parts: Int) throws {
        let run = DividedRun(parts: parts, seconds: 12, seed: UInt64(parts))
        let (samples, _) = try merge(run, parts: parts)
        #expect(samples.count == run.whole.count)
        for (merged, whole) in zip(samples, run.whole) {
            #expect(merged.timeNanoseconds == whole.timeNanoseconds)
            for metric in Metric.measured where metric.name.hasPrefix("client.") && metric.name != "client.loop.lag" && metric.name != "client.loop.count" {
                #expect(metric.number(of: merged) == metric.number(of: whole), "\(metric.name)")
                #expect(metric.histogram(of: merged)?.encodedText == metric.histogram(of: whole)?.encodedText, "\(metric.name)")
            }
            // The greatest of all parts, not a sum.
            #expect(merged.client?.loops.lagNanoseconds == UInt64(parts) * 1_000)
            #expect(merged.parts == PartsSample(reporting: parts, count: parts))
        }
    }

    @Test("comes to the totals of one process, whenever the parts took their samples", arguments: [2, 3, 16])
    func totals(parts: Int) throws {
        let run = DividedRun(parts: parts, seconds: 20, seed: 7)
        let (samples, summary) = try merge(run, parts: parts) { UInt64($0) * 977_000_000 / UInt64(parts) }
        var whole = Summary(.init(address: "", load: .init(connections: 6, streams: 1, rate: nil, requests: nil), cpuCount: 4))
        for sample in run.whole.dropLast() { whole.add(sample) }
        whole.endLoad()
        if let last = run.whole.last { whole.add(last) }
        #expect(summary.last.client?.requests == whole.last.client?.requests)
        #expect(summary.serviceTime.encodedText == whole.serviceTime.encodedText)
        #expect(summary.responseTime.encodedText == whole.responseTime.encodedText)
        #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.timeNanoseconds < $1.timeNanoseconds })
        #expect(samples.reduce(0) { $0 + $1.intervalNanoseconds } == samples.last?.timeNanoseconds)
    }

    @Test("does not count the drain as time under load")
    func drain() throws {
        let run = DividedRun(parts: 3, seconds: 4, seed: 3)
        let (_, summary) = try merge(run, parts: 3)
        #expect(summary.endOfLoad?.timeNanoseconds == 4_000_000_000)
    }

    @Test("lays samples beside each other by the clocks of the hosts, or by the starts")
    func alignment() throws {
        let run = DividedRun(parts: 2, seconds: 3, seed: 5)
        let parts = [
            (header(part: 0, of: 2), run.samples(ofPart: 0), Optional(wholeSummary)),
            (header(part: 1, of: 2, started: 1_002), run.samples(ofPart: 1), Optional(wholeSummary)),
        ]
        let wall = try merge(parts)
        #expect(wall.samples.last?.timeNanoseconds == 5_100_000_000)
        #expect(wall.summary.validity.reasons.contains("part 2/2 (n2) started 2.0s after part 1/2 (n1) by their clocks: it was late, or the clocks differ (--align start)"))
        let start = try merge(parts, alignment: .start)
        #expect(start.samples.last?.timeNanoseconds == 3_100_000_000)
        #expect(!start.summary.validity.reasons.contains { $0.contains("clocks") })
    }

    @Test("has the events of all parts, each with its part and host")
    func events() throws {
        let run = DividedRun(parts: 2, seconds: 2, seed: 5)
        let event = Event(timeNanoseconds: 500_000_000, level: .warning, source: "load", text: "no answer")
        let merged = try merge(
            (0..<2).map { (header(part: $0, of: 2, started: 1_000 + Double($0) / 2), run.samples(ofPart: $0), wholeSummary) }, events: [(1, event)])
        #expect(merged.events.map(\.text) == ["part 2/2 (n2): no answer"])
        #expect(merged.events.first?.timeNanoseconds == 1_000_000_000)
    }

    @Test("has the findings of each part's server, and their newest counts")
    func findings() throws {
        let run = DividedRun(parts: 2, seconds: 2, seed: 5)
        var finding = BrokenWrite()
        finding.number = 1
        var other = finding
        other.kind = .bytesFreed
        let parts = (0..<2).map { part in
            let samples = run.samples(ofPart: part).map { sample in
                var sample = sample
                sample.watch = WatchSample()
                sample.findingCounts = [FindingCount(number: 1, count: part == 0 ? 7 : 40)]
                return sample
            }
            return (header(part: part, of: 2), samples, Optional(wholeSummary))
        }
        let merged = try merge(parts, events: [(0, finding), (1, other)].map { part, finding in
            (part, Event(timeNanoseconds: 1, level: .error, source: "finding", text: finding.sentence, brokenWrite: finding))
        })
        guard case .array(let list)? = merged.summary.json["findings"] else { return #expect(Bool(false), "no findings") }
        #expect(list.map { $0["count"]?.number } == [7, 40])
    }

    @Test("names a part that is missing, there twice, or of another plan")
    func missing() throws {
        let run = DividedRun(parts: 3, seconds: 2, seed: 5)
        let other = #"{"client":{"connections":7,"streams":1},"interval":1}"#
        let merged = try merge([
            (header(part: 0, of: 4), run.samples(ofPart: 0), wholeSummary), (header(part: 2, of: 4), run.samples(ofPart: 1), wholeSummary),
            (header(part: 2, of: 4, plan: other, host: "n9"), run.samples(ofPart: 2), wholeSummary),
        ])
        #expect(merged.summary.validity.reasons.prefix(4) == [
            "part 2/4 is missing", "part 3/4 is there 2 times: part-1.ndjson, part-2.ndjson", "part 4/4 is missing",
            "part 3/4 (n9) is of another plan than part 1/4 (n1): client.connections is 7, not 6",
        ])
    }

    @Test("names a part that was cut off: what it had open is gone, what it counted stays")
    func cutOff() throws {
        let run = DividedRun(parts: 2, seconds: 6, seed: 5)
        var dead = Array(run.samples(ofPart: 1).prefix(2))
        for index in dead.indices {
            var watch = WatchSample()
            (watch.threads, watch.readySocketsMost, watch.longestTurn.everNanoseconds) = (4, 1_024, 5_000_000)
            dead[index].watch = watch
        }
        let merged = try merge([(header(part: 0, of: 2), run.samples(ofPart: 0), wholeSummary), (header(part: 1, of: 2), dead, nil)])
        let words = "part 2/2 (n2) has no end: it died or was cut off after 2.0s"
        #expect(merged.summary.validity.reasons.contains(words))
        #expect(merged.events.map(\.text) == [words] && merged.events.first?.level == .error)
        let fourth = merged.samples[3]
        #expect(fourth.client?.connectionCounts.open == 1 && fourth.client?.connectionCounts.openHighWater == 3)
        #expect(fourth.watch?.threads == 0 && fourth.watch?.readySocketsMost == 1_024 && fourth.watch?.longestTurn.everNanoseconds == 5_000_000)
        #expect(fourth.client?.requests.done == (run.samples(ofPart: 0)[3].client?.requests.done ?? 0) + (dead[1].client?.requests.done ?? 0))
        #expect(fourth.parts == PartsSample(reporting: 1, count: 2))
    }

    @Test("tells of a part that is silent, and of its return")
    func silence() throws {
        let run = DividedRun(parts: 2, seconds: 10, seed: 5)
        let all = run.samples(ofPart: 1)
        let merged = try merge([
            (header(part: 0, of: 2), run.samples(ofPart: 0), wholeSummary), (header(part: 1, of: 2), Array(all.prefix(2) + all.suffix(3)), wholeSummary),
        ])
        #expect(merged.events.map(\.text) == ["part 2/2 (n2) has sent nothing for 3.00s", "part 2/2 (n2) reports again"])
        #expect(merged.samples[5].parts == PartsSample(reporting: 1, count: 2) && merged.samples[9].parts?.reporting == 2)
    }

    @Test("loses nothing of samples that come after others of their time, and has no interval too short for a rate")
    func stragglers() throws {
        let run = DividedRun(parts: 2, seconds: 9, seed: 9)
        let (prompt, tardy) = (run.samples(ofPart: 0), run.samples(ofPart: 1))
        var merge = RecordingMerge(paths: ["a", "b"], alignment: .wall)
        for index in 0..<2 { _ = merge.take(header(part: index, of: 2), ofPart: index) }
        _ = merge.begin(toolVersion: "1", commandLine: [])
        var items: [RecordingMerge.Item] = []
        for sample in prompt.prefix(6) { items += merge.take(.sample(sample), ofPart: 0) }
        for sample in tardy.prefix(6) { items += merge.take(.sample(sample), ofPart: 1) }
        for index in 6..<9 { items += merge.take(.sample(prompt[index]), ofPart: 0) + merge.take(.sample(tardy[index]), ofPart: 1) }
        items += merge.flush()
        let samples = items.compactMap { if case .sample(let sample) = $0 { sample } else { nil } }
        #expect(samples.dropLast().allSatisfy { $0.intervalNanoseconds >= 500_000_000 })
        #expect(samples.reduce(0) { $0 + ($1.client?.serviceTime.count ?? 0) } == run.whole[8].client?.requests.done)
    }

    @Test("waits for the first sample of every part that has begun")
    func firstSamples() {
        let run = DividedRun(parts: 2, seconds: 3, seed: 3)
        var merge = RecordingMerge(paths: ["a", "b"], alignment: .wall)
        for index in 0..<2 { _ = merge.take(header(part: index, of: 2), ofPart: index) }
        _ = merge.begin(toolVersion: "1", commandLine: [])
        _ = merge.take(.sample(run.samples(ofPart: 0)[0]), ofPart: 0)
        #expect(!merge.isGroupWhole)
        _ = merge.take(.sample(run.samples(ofPart: 1, lag: 80_000_000)[0]), ofPart: 1)
        #expect(merge.isGroupWhole)
    }

    /// A process that was stopped takes its sample at once when it goes on, and the next at its old ticks.
    @Test("is in step again after a part was stopped: no sample of it is an interval late, and no rate a peak", arguments: [100_000_000, 400_000_000, 600_000_000, 950_000_000])
    func stopped(nanoseconds: UInt64) throws {
        let run = DividedRun(parts: 2, seconds: 12, seed: 12)
        let lag: UInt64 = 40_000_000
        var late = run.samples(ofPart: 1, lag: lag)
        // The sample of the sixth second comes so much before that of the seventh.
        late[5].timeNanoseconds = late[6].timeNanoseconds - nanoseconds
        late.removeSubrange(2..<5)
        let merged = try merge([(header(part: 0, of: 2), run.samples(ofPart: 0), wholeSummary), (header(part: 1, of: 2), late, wholeSummary)])
        // One for each second, and one after the load.
        #expect(merged.samples.count == 13 && merged.samples.dropLast().allSatisfy { $0.intervalNanoseconds >= 500_000_000 })
        let (parts, whole) = ((0..<2).map { run.samples(ofPart: $0) }, run.whole)
        for second in 7..<12 {
            #expect(merged.samples[second].client?.requests.done == parts.reduce(0) { $0 + ($1[second].client?.requests.done ?? 0) }, "second \(second)")
        }
        #expect(merged.samples.last?.client?.requests.done == whole.last?.client?.requests.done)
    }

    @Test("names a part that started late, by its own account")
    func late() throws {
        let run = DividedRun(parts: 2, seconds: 2, seed: 5)
        var headers = [header(part: 0, of: 2), header(part: 1, of: 2, started: 1_004)]
        headers[0].startDelaySeconds = 0.001
        headers[1].startDelaySeconds = 4.25
        let merged = try merge((0..<2).map { (headers[$0], run.samples(ofPart: $0), wholeSummary) })
        #expect(merged.summary.validity.reasons.filter { $0.contains("started") } == ["part 2/2 (n2) started 4.3s after the time of --start-at"])
    }

    @Test("tells clocks that differ from when first samples come, whichever comes first", arguments: [3.0, -3.0])
    func clocks(difference: Double) {
        var merge = RecordingMerge(paths: ["a", "b"], alignment: .wall)
        _ = merge.take(header(part: 0, of: 2), ofPart: 0)
        _ = merge.take(header(part: 1, of: 2, started: 1_000 - difference), ofPart: 1)
        _ = merge.begin(toolVersion: "1", commandLine: [])
        #expect(merge.noteArrival(ofPart: 0, sampleNanoseconds: 1_000_000_000, unixSeconds: 1_001.02).isEmpty)
        let items = merge.noteArrival(ofPart: 1, sampleNanoseconds: 1_000_000_000, unixSeconds: 1_001.04)
        let texts = items.compactMap { if case .event(let event) = $0 { event.text } else { nil } }
        #expect(texts == ["the clock of part 2/2 (n2) is 3.0s \(difference > 0 ? "behind" : "ahead of") that of part 1/2 (n1), by the arrival of their first samples (--align start)"])
    }

    @Test("has every part's reasons against the measurement, with the part's name")
    func reasons() throws {
        let run = DividedRun(parts: 2, seconds: 2, seed: 5)
        let doubtful = #"{"outcome":"crashed by SIGSEGV","verdict":{"trustworthy":false,"reasons":["requests were sent late"]}}"#
        let merged = try merge([(header(part: 0, of: 2), run.samples(ofPart: 0), wholeSummary), (header(part: 1, of: 2), run.samples(ofPart: 1), doubtful)])
        #expect(merged.summary.validity.reasons.contains("part 2/2 (n2): requests were sent late"))
        #expect(merged.summary.validity.reasons.contains("part 2/2 (n2): crashed by SIGSEGV"))
    }

    @Test("is not valid when the same recording is there twice, under two names")
    func twice() throws {
        let run = DividedRun(parts: 1, seconds: 2, seed: 5)
        var header = header(part: 0, of: 1)
        header.part = nil
        let merged = try merge([(header, run.samples(ofPart: 0), wholeSummary), (header, run.samples(ofPart: 0), wholeSummary)])
        #expect(merged.summary.validity.reasons.contains("part-1.ndjson is the same recording as part-0.ndjson, and counts twice"), "\(merged.summary.validity.reasons)")
        header.startedUnixSeconds += 0.001
        var other = header
        other.startedUnixSeconds += 0.001
        let two = try merge([(header, run.samples(ofPart: 0), wholeSummary), (other, run.samples(ofPart: 0), wholeSummary)])
        #expect(!two.summary.validity.reasons.contains { $0.contains("counts twice") })
    }

    @Test("has failed when a part has, for what the merged numbers do not show: not for a part's own thresholds")
    func partFaults() throws {
        let run = DividedRun(parts: 2, seconds: 2, seed: 5)
        let failed = #"{"outcome":"ended","result":{"ok":false,"reasons":["ended by SIGINT before its time","1 of 1 threshold missed"],"causes":["interrupted","thresholds"]},"measurement":{"valid":true,"reasons":[]}}"#
        let merged = try merge([(header(part: 0, of: 2), run.samples(ofPart: 0), wholeSummary), (header(part: 1, of: 2), run.samples(ofPart: 1), failed)])
        #expect(merged.summary.result.reasons == ["part 2/2 (n2): ended by SIGINT before its time"])
        #expect(merged.summary.result.faults.map(\.cause) == [.part])
    }

    @Test("judges the thresholds of the plan once, over all parts")
    func thresholds() throws {
        let run = DividedRun(parts: 2, seconds: 4, seed: 5)
        let total = run.whole.last?.client?.requests.done ?? 0
        let plan = #"{"client":{"connections":6},"interval":1,"thresholds":["all: client.requests.done == \#(total)","all: client.requests.done > \#(total)"]}"#
        let merged = try merge((0..<2).map { (header(part: $0, of: 2, plan: plan), run.samples(ofPart: $0), wholeSummary) })
        #expect(merged.summary.thresholds.map(\.hasPassed) == [true, false])
    }

    @Test("has the plan of the whole, the processors of all hosts, and the earliest start")
    func header() throws {
        let run = DividedRun(parts: 3, seconds: 1, seed: 5)
        let merged = try merge((0..<3).map { (header(part: $0, of: 3, started: 1_000.5 - Double($0) / 8), run.samples(ofPart: $0), wholeSummary) })
        #expect(merged.header.startedUnixSeconds == 1_000.25)
        #expect(merged.header.cpuCount == 12)
        #expect(merged.header.hostName == "3 hosts: n1, n2, n3")
        #expect(merged.header.plan[path: "client.connections"]?.number == 6 && merged.header.plan["share"] == nil)
        #expect(merged.header.part == nil)
    }
}
