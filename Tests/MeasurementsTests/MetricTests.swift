import Measurements
import SampleSupport
import Testing

@Suite("The table of metrics")
struct MetricTests {
    @Test("has each name once, and no name within another")
    func uniqueNames() {
        let names = Metric.all.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(!names.contains { $0.hasPrefix(name + ".") }, "\(name) is a number and a group")
            #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" || $0 == "." }, "\(name)")
        }
    }

    @Test("says what each is on one line")
    func meanings() {
        for metric in Metric.all {
            #expect(!metric.meaning.isEmpty && metric.meaning.count <= 90 && !metric.meaning.hasSuffix("."), "\(metric.name)")
        }
    }

    @Test("counts time in seconds and bytes as bytes")
    func units() {
        for metric in Metric.all where metric.name.contains("bytes") {
            #expect(metric.unit == .bytes, "\(metric.name)")
        }
        #expect(Metric.all.filter { $0.kind == .histogram }.allSatisfy { $0.unit == .seconds })
        #expect(Metric.all.filter { $0.kind == .ratio }.allSatisfy { $0.unit == .one })
    }

    @Test("knows which gauges hold the most since the start")
    func highWaters() {
        for metric in Metric.all {
            let isNamedSo = metric.name.hasSuffix("high_water") || ["watch.loop.longest_turn", "watch.loop.ready_most", "watch.writes.longest_wait"].contains(metric.name)
            #expect(metric.isHighWater == isNamedSo, "\(metric.name)")
            #expect(!metric.isHighWater || metric.kind == .gauge)
            // The gauge that it is the most of is one of the samples, with the same unit.
            guard let gauge = metric.highWater?.gauge else { continue }
            #expect(Metric.named(gauge).map { $0.kind == .gauge && $0.unit == metric.unit && !$0.isHighWater } == true, "\(metric.name): \(gauge)")
        }
        #expect(Metric.named("client.writes.pending_bytes_high_water")?.highWater?.gauge == "client.writes.pending_bytes")
        #expect(Metric.named("watch.writes.longest_wait")?.highWater?.gauge == "server.writes.oldest_age")
    }

    @Test("has no number where 0 means that nothing was there to be measured")
    func absentAtZero() {
        var sample = Sample(timeNanoseconds: 1, intervalNanoseconds: 1, server: nil, client: nil, process: ProcessSample())
        sample.watch = WatchSample()
        let names = Metric.all.filter { $0.name.hasPrefix("watch.") && $0.number(of: sample) == nil }.map(\.name)
        #expect(names == ["watch.kernel.round_trip"])
        sample.watch?.kernel.roundTripNanoseconds = 41_000
        #expect(Metric.named("watch.kernel.round_trip")?.number(of: sample) == 0.000_041)
        let place = Metric.places["watch.kernel.round_trip"]
        #expect(place.flatMap { sample.readings[$0]?.number } == 0.000_041)
    }

    @Test("keeps the longest of an interval that was not taken, and tells it once")
    func longestOfInterval() {
        var older = ClientSample(), newer = ClientSample()
        (older.requests.gaps.count, older.requests.gaps.longestNanoseconds) = (2, 300)
        (newer.requests.gaps.count, newer.requests.gaps.longestNanoseconds) = (3, 200)
        var both = newer.including(histogramsOf: older)
        #expect(both.requests.gaps.longestNanoseconds == 300 && both.requests.gaps.count == 3)
        both.merge(older)
        #expect(both.requests.gaps.longestNanoseconds == 300 && both.requests.gaps.count == 3, "each loop notices the same gap")
        both.forgetHistograms()
        #expect(both.requests.gaps.longestNanoseconds == 0 && both.requests.gaps.count == 3)
    }

    @Test("counts gaps of a part of a run from its start")
    func gapsOfPart() {
        var now = ClientSample(), before = ClientSample()
        (now.requests.gaps.count, before.requests.gaps.count) = (5, 2)
        now.subtractCounters(of: before)
        #expect(now.requests.gaps.count == 3)
    }

    @Test("has every number of a sample, under one name")
    func completeness() {
        var sample = Sample(
            timeNanoseconds: 0, intervalNanoseconds: 0, server: ServerSample(), client: ClientSample(), process: ProcessSample())
        sample.watch = WatchSample()
        sample.parts = PartsSample()
        // What of the two longest turns was waiting for a processor is told with the turn, and is no metric.
        let fields = numbers(in: sample).count - 2
        #expect(fields == Metric.all.filter { $0.kind != .ratio }.count)

        // Each metric moves exactly one number, and no two the same.
        var moved = Set<Int>()
        for metric in Metric.all where metric.kind != .ratio {
            let before = numbers(in: sample)
            if metric.kind == .histogram {
                var histogram = LatencyHistogram()
                histogram.record(nanoseconds: 1)
                metric.write(&sample, .histogram(histogram))
            } else {
                metric.write(&sample, .number(7))
            }
            let after = numbers(in: sample)
            let changed = after.indices.filter { before[$0] != after[$0] }
            #expect(changed.count == 1, "\(metric.name)")
            moved.formUnion(changed)
        }
        #expect(moved.count == fields)
    }

    @Test("reads what it wrote")
    func roundTrip() {
        let sample = distinctSample(isWatched: true)
        for (index, metric) in Metric.all.enumerated() where metric.kind != .histogram && metric.kind != .ratio {
            guard case .number(let number)? = metric.read(sample) else {
                Issue.record("\(metric.name) reads nothing")
                continue
            }
            #expect(number == Double(1_000 + index), "\(metric.name)")
        }
    }

    @Test("has no number for what a sample lacks")
    func absent() {
        let sample = Sample(timeNanoseconds: 1, intervalNanoseconds: 1, server: nil, client: ClientSample(), process: ProcessSample())
        for metric in Metric.all where metric.name.hasPrefix("server.") {
            #expect(metric.read(sample) == nil)
        }
        #expect(Metric.all.first { $0.name == "client.cache.strings.hit_rate" }?.read(sample) == nil)
    }

    /// All numbers and histograms (by their count) of a value, in the order of its fields.
    private func numbers(in value: Any) -> [Double] {
        switch value {
        case let number as Int: return [Double(number)]
        case let number as UInt64: return [Double(number)]
        case let histogram as LatencyHistogram: return [Double(histogram.count)]
        case is [ConnectionSample], is [BodyViolation]: return []
        default: return Mirror(reflecting: value).children.flatMap { numbers(in: $0.value) }
        }
    }
}
