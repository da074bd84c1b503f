import Dashboard
import Measurements
import Testing

@Suite("What the dashboard remembers")
struct HistoryTests {
    private func sample(at seconds: Double, done: UInt64, rows: [ConnectionSample] = []) -> Sample {
        var client = ClientSample(), server = ServerSample()
        client.requests.done = done
        server.connections = rows
        return Sample(
            timeNanoseconds: UInt64(seconds * 1e9), intervalNanoseconds: 500_000_000, server: server, client: client,
            process: ProcessSample())
    }

    private func row(_ id: UInt64, pending: Int = 0, age: UInt64 = 0, requests: UInt64 = 0) -> ConnectionSample {
        ConnectionSample(
            id: id, loop: 0, peer: "127.0.0.1:\(id)", state: .running, version: .http2, streams: 1, requests: requests,
            receivedBytes: 0, sentBytes: 0, pendingBytes: pending, oldestAgeNanoseconds: age, arenaUsedBytes: 0,
            arenaReservedBytes: 0, arenaHighWaterBytes: 0, ageNanoseconds: 0)
    }

    @Test("a rate is the difference of a counter over the time between two samples")
    func rates() {
        var history = History()
        history.add(sample(at: 1, done: 100))
        history.add(sample(at: 3, done: 500))
        #expect(history.last?.rates.requests == 200)
        #expect(history.peakRequestRate == 200)
    }

    @Test("a counter that fell, or no time between two samples, gives no rate")
    func restarts() {
        var history = History()
        history.add(sample(at: 1, done: 100))
        history.add(sample(at: 2, done: 5))
        #expect(history.last?.rates.requests == 0)
        history.add(sample(at: 2, done: 50))
        #expect(history.last?.rates.requests == 0)
        history.add(sample(at: 1, done: 70))
        #expect(history.last?.rates.requests == 0)
    }

    @Test("the oldest make room for the newest")
    func ring() {
        var history = History(capacity: 3)
        for second in 1...7 { history.add(sample(at: Double(second), done: UInt64(second * second))) }
        #expect(history.count == 3 && history.added == 7)
        #expect((0..<3).map { history[$0].timeNanoseconds / 1_000_000_000 } == [5, 6, 7])
    }

    @Test("rows stand in the order of pending bytes times age, calm ones by number")
    func order() {
        var history = History()
        history.add(sample(at: 1, done: 0, rows: [row(3), row(1), row(2, pending: 10, age: 10), row(9, pending: 5, age: 100)]))
        #expect(history.last?.rows.map(\.sample.id) == [9, 2, 1, 3])
    }

    @Test("a connection keeps its rate when its place changes")
    func rowRates() {
        var history = History()
        history.add(sample(at: 1, done: 0, rows: [row(1, requests: 10), row(2, requests: 10)]))
        history.add(sample(at: 2, done: 0, rows: [row(2, pending: 9, age: 9, requests: 40), row(1, requests: 15)]))
        #expect(history.last?.rows.map(\.requestRate) == [30, 5])
    }

    @Test("of past moments only the rows in most trouble stay")
    func pastRows() {
        var history = History()
        let rows = (1...100).map { row(UInt64($0)) }
        history.add(sample(at: 1, done: 0, rows: rows))
        #expect(history[0].rows.count == 100)
        history.add(sample(at: 2, done: 0, rows: rows))
        #expect(history[0].rows.count < 20 && history[1].rows.count == 100)
    }

    @Test("buckets tell percentiles within two percent, and the maximum exactly")
    func buckets() throws {
        var histogram = LatencyHistogram()
        for value in 1...20_000 { histogram.record(nanoseconds: UInt64(value) * 700) }
        let buckets = LatencyBuckets(histogram)
        for (percentile, wanted) in [(50.0, 7_000_000.0), (99, 13_860_000), (99.9, 13_986_000)] {
            let value = Double(try #require(buckets.value(atPercentile: percentile)))
            #expect(abs(value - wanted) / wanted < 0.02, "p\(percentile)")
        }
        let exact = try #require(histogram.valuesAtPercentiles([100])[0])
        #expect(buckets.value(atPercentile: 100) == exact)
    }

    @Test("a percentile too rare to tell is not told")
    func support() {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: 1_000, times: 999)
        #expect(LatencyBuckets(histogram).value(atPercentile: 99) == nil)
        histogram.record(nanoseconds: 1_000)
        #expect(LatencyBuckets(histogram).value(atPercentile: 99) != nil)
        #expect(LatencyBuckets().value(atPercentile: 100) == nil)
    }
}
