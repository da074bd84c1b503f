import Measurements
import SampleSupport
import Testing

@Suite("Requests by kind")
struct RequestSampleTests {
    /// Two kinds, no two figures alike.
    private var kinds: [RequestSample] {
        ["order", "pay"].enumerated().map { index, name in
            var request = RequestSample(name)
            for (row, figure) in RequestSample.table.names.enumerated() {
                RequestSample.table.set(.number(Double(100 * (index + 1) + row)), named: figure, of: &request)
            }
            request.statusNumbers = [NumberedStatus(status: 200, count: 5), NumberedStatus(status: 404 + index, count: 6)]
            request.serviceTime.record(nanoseconds: UInt64(1_000 * (index + 1)), times: 7)
            request.responseTime.record(nanoseconds: UInt64(5_000 * (index + 1)), times: 8)
            return request
        }
    }

    @Test("add up to the totals of all requests, figure by figure")
    func sums() throws {
        var client = ClientSample()
        client.setRequests(kinds)
        client.requests.done = kinds.reduce(0) { $0 + $1.done }
        let sample = Sample(timeNanoseconds: 1, intervalNanoseconds: 1, server: nil, client: client, process: ProcessSample())
        for name in RequestSample.table.names {
            let metric = try #require(Metric.named("client.\(name)"), "\(name)")
            let parts = kinds.map { kind in RequestSample.table.values(of: kind).first { $0.name == name }?.value }
            switch metric.read(sample) {
            case .number(let total)?:
                #expect(total == parts.reduce(0) { if case .number(let number)? = $1 { $0 + number } else { $0 } }, "\(name)")
            case .histogram(let total)?:
                let sum = parts.reduce(into: LatencyHistogram()) { if case .histogram(let part)? = $1 { $0.merge(part) } }
                #expect(total == sum && total.count > 0, "\(name)")
            case nil: Issue.record("\(name) is nothing")
            }
        }
        #expect(client.statusNumbers == [
            NumberedStatus(status: 200, count: 10), NumberedStatus(status: 404, count: 6), NumberedStatus(status: 405, count: 6),
        ])
    }

    @Test("of several loops become one by their names")
    func merge() {
        var left = ClientSample(), right = ClientSample()
        left.setRequests(kinds)
        right.setRequests([kinds[1], RequestSample(RequestSample.unsentName)])
        left.merge(right)
        #expect(left.byRequest.map(\.name) == ["order", "pay", RequestSample.unsentName])
        #expect(left.byRequest[0] == kinds[0])
        #expect(left.byRequest[1].done == 2 * kinds[1].done && left.byRequest[1].serviceTime.count == 14)
        #expect(left.byRequest[1].statusNumbers == [NumberedStatus(status: 200, count: 10), NumberedStatus(status: 405, count: 12)])
    }

    @Test("are bounded, whatever a recording says")
    func bound() {
        var sample = ClientSample()
        for part in 0..<3 {
            var other = ClientSample()
            other.byRequest = (0..<RequestSample.limit).map { RequestSample("\(part) \($0)") }
            sample.merge(other)
        }
        #expect(sample.byRequest.count == RequestSample.limit)
    }

    @Test("tell the latencies of an interval once")
    func intervals() {
        var older = ClientSample(), newer = ClientSample()
        older.setRequests(kinds)
        newer.setRequests(kinds)
        var both = newer.including(histogramsOf: older)
        #expect(both.byRequest.map(\.serviceTime.count) == [14, 14] && both.byRequest[0].done == kinds[0].done)
        both.forgetHistograms()
        #expect(both.byRequest.map(\.serviceTime.count) == [0, 0] && both.byRequest[0].done == kinds[0].done)
    }

    @Test("of one kind are as a sample of that kind alone")
    func alone() {
        let whole = distinctSample()
        let part = whole.of(kinds[1])
        for (name, value) in RequestSample.table.values(of: kinds[1]) {
            switch (value, Metric.named("client.\(name)")?.read(part)) {
            case (.number(let number), .number(let same)?): #expect(number == same, "\(name)")
            case (.histogram(let histogram), .histogram(let same)?): #expect(histogram == same, "\(name)")
            default: Issue.record("\(name) is missing")
            }
        }
        #expect(part.server == nil && part.timeNanoseconds == whole.timeNanoseconds && part.client?.statusNumbers == kinds[1].statusNumbers)
    }

    @Test("since an earlier reading are the difference of the counts")
    func difference() {
        var later = kinds
        for index in later.indices {
            later[index].done += 3
            later[index].statusNumbers.merge([NumberedStatus(status: 200, count: 2), NumberedStatus(status: 599, count: 1)])
        }
        let since = later.subtracting(kinds)
        #expect(since.map(\.done) == [3, 3] && since.map(\.failed) == [0, 0])
        #expect(since[0].statusNumbers == [NumberedStatus(status: 200, count: 2), NumberedStatus(status: 599, count: 1)])
        #expect(since[0].serviceTime == kinds[0].serviceTime)
    }
}

@Suite("A recorder of latencies")
struct LatencyRecorderTests {
    @Test("has the values since the last time, as a histogram of them has")
    func values() {
        let recorder = LatencyRecorder()
        for values: [UInt64] in [[0], [5_000, 70, 5_001, 900_000_000], [], [.max, 1], [2_047, 2_048, 4_096]] {
            var histogram = LatencyHistogram()
            for value in values {
                recorder.record(nanoseconds: value)
                histogram.record(nanoseconds: value)
            }
            #expect(recorder.take() == histogram, "\(values)")
        }
    }

    @Test("merges bucket by bucket, whatever lies between", arguments: [0, 1, 2])
    func merge(seed: UInt64) {
        var generator = seed &* 7919 &+ 1
        func next() -> UInt64 {
            generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (generator >> 20) >> (generator % 43)
        }
        var parts = [LatencyHistogram](repeating: LatencyHistogram(), count: 4), all = LatencyHistogram()
        for index in 0..<400 {
            let value = next()
            parts[index % 3].record(nanoseconds: value)
            all.record(nanoseconds: value)
        }
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            #expect(order.reduce(into: LatencyHistogram()) { $0.merge(parts[$1]) } == all)
        }
    }
}
