import Measurements
import SampleSupport
import Testing

@Suite("Readings of several loops")
struct MergeTests {
    /// A sample whose numbers are all of another size than those of `distinctSample`.
    private func other() -> Sample {
        var sample = distinctSample(isWatched: true)
        for (index, metric) in Metric.measured.enumerated() where metric.kind != .histogram {
            metric.write(&sample, .number(Double(100_000 - index * 50 + 5)))
        }
        return sample
    }

    private func merged(_ left: Sample, _ right: Sample) -> Sample {
        var sample = left
        sample.merge(right)
        return sample
    }

    @Test("become one, each number by the rule in its row")
    func rules() throws {
        let left = distinctSample(isWatched: true), right = other()
        let sample = merged(left, right)
        for metric in Metric.measured {
            switch (metric.merge, metric.read(left), metric.read(right), metric.read(sample)) {
            case (.sum, .number(let a), .number(let b), .number(let both)): #expect(both == a + b, "\(metric.name)")
            case (.greatest, .number(let a), .number(let b), .number(let both)): #expect(both == max(a, b), "\(metric.name)")
            case (.buckets, .histogram(let a), .histogram(let b), .histogram(let both)): #expect(both.count == a.count + b.count, "\(metric.name)")
            case (.derived, _, _, _): #expect(metric.kind == .ratio, "\(metric.name)")
            default: Issue.record("\(metric.name) has no rule")
            }
        }
        let hits = try #require(sample.client?.caches.strings)
        let rate = Metric.named("client.cache.strings.hit_rate")?.number(of: sample)
        #expect(rate == Double(hits.hits) / Double(hits.lookups))
    }

    @Test("have the longest lag and age, and the largest exchange; all else adds up")
    func greatest() {
        let names = Metric.measured.filter { $0.merge == .greatest }.map(\.name)
        #expect(names == [
            "client.gaps.count", "client.gaps.longest_in_interval", "client.writes.oldest_age", "client.loop.lag", "server.writes.oldest_age", "server.arena.exchange_bytes_high_water",
            "server.loop.lag", "watch.kernel.round_trip", "watch.kernel.age", "watch.loop.longest_turn", "watch.loop.longest_turn_in_interval", "watch.loop.ready_most", "watch.writes.longest_wait",
        ])
    }

    @Test("have the longest turn with its own wait for a processor")
    func waitsInTurns() {
        func watched(_ turn: UInt64, _ waited: UInt64) -> WatchSample {
            var sample = WatchSample()
            sample.longestTurn = LongestTurn(everNanoseconds: turn, everWaitedNanoseconds: waited, newNanoseconds: turn / 2, newWaitedNanoseconds: waited / 2)
            return sample
        }
        for (first, second) in [(watched(500, 0), watched(300, 200)), (watched(300, 200), watched(500, 0))] {
            var both = first
            both.merge(second)
            #expect(both.longestTurn == watched(500, 0).longestTurn)
        }
    }

    @Test("have the rows of all loops in the loops' order, and the one inspected connection")
    func rows() {
        var left = ServerSample(), right = ServerSample()
        left.connections = [connection(id: 1, pendingBytes: 0)]
        right.connections = [connection(id: 2, pendingBytes: 0), connection(id: 3, pendingBytes: 0)]
        right.pendingWrites = [violation.write]
        right.inspection = ConnectionInspection(id: 3, loop: 1)
        left.merge(right)
        #expect(left.connections.map(\.id) == [1, 2, 3])
        #expect(left.pendingWrites == [violation.write] && left.inspection?.id == 3)
        right.inspection = ConnectionInspection(id: 9, loop: 1)
        left.merge(right)
        #expect(left.inspection?.id == 3)
    }

    @Test("that no 64 bits hold together stay at the greatest number")
    func overflow() {
        var left = ClientSample(), right = ClientSample()
        Metric.named("client.requests.done").map { metric in
            var sample = distinctSample(isWatched: true)
            metric.write(&sample, .number(1e300))
            left = sample.client ?? left
        }
        right = left
        left.merge(right)
        #expect(left.requests.done == .max)
    }

    @Test("that were never taken are told with the next one, the older first, and only once")
    func intervals() {
        func event(_ text: String) -> ClientEvent { ClientEvent(monotonicNanoseconds: 1, level: .info, text: text) }
        var older = ClientSample(), newer = ClientSample()
        older.events = [event("first")]
        older.serviceTime.record(nanoseconds: 5, times: 2)
        (older.requests.done, newer.requests.done) = (7, 9)
        newer.events = [event("second")]
        newer.serviceTime.record(nanoseconds: 5, times: 3)
        var both = newer.including(histogramsOf: older)
        #expect(both.events.map(\.text) == ["first", "second"] && both.serviceTime.count == 5 && both.requests.done == 9)
        both.forgetHistograms()
        #expect(both.events.isEmpty && both.serviceTime.count == 0 && both.requests.done == 9)
    }
}
