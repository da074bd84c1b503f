import Measurements
import Testing

@Suite("Percentiles of latencies")
struct LatencyPercentileTests {
    @Test("one walk answers all percentiles, in the order asked")
    func order() throws {
        var histogram = LatencyHistogram()
        for value in 1...10_000 { histogram.record(nanoseconds: UInt64(value) * 1_000) }
        let values = histogram.valuesAtPercentiles([99, 50, 99.9, 100])
        let exact: [Double] = [9_900_000, 5_000_000, 9_990_000, 10_000_000]
        for (value, wanted) in zip(values, exact) {
            let found = Double(try #require(value))
            #expect(abs(found - wanted) / wanted < 0.002)
        }
    }

    @Test("a percentile is not given until ten values lie beyond it", arguments: [(999, false), (1_000, true)])
    func support(count: Int, given: Bool) {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: 5_000, times: UInt64(count))
        #expect((histogram.valuesAtPercentiles([99])[0] != nil) == given)
        #expect(histogram.valuesAtPercentiles([99.9])[0] == nil)
    }

    @Test("an empty histogram has no percentiles and no buckets")
    func empty() {
        let histogram = LatencyHistogram()
        #expect(histogram.valuesAtPercentiles([50, 100]) == [nil, nil])
        var visits = 0
        histogram.forEachBucket { _, _ in visits += 1 }
        #expect(visits == 0)
    }

    @Test("buckets carry every value that was recorded")
    func buckets() {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: 1_000, times: 3)
        histogram.record(nanoseconds: 2_000_000, times: 4)
        var total: UInt64 = 0
        histogram.forEachBucket { total += $1 }
        #expect(total == 7)
    }
}
