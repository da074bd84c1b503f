import Measurements
import Recording
import SampleSupport
import Testing

@Suite("Requests by kind in a recording")
struct RequestRecordingTests {
    private func request(_ name: String, _ latencies: [UInt64], late: UInt64 = 0) -> RequestSample {
        var request = RequestSample(name)
        request.done = UInt64(latencies.count)
        request.succeeded = request.done
        request.statuses.count(200, times: request.done)
        request.statusNumbers = [NumberedStatus(status: 200, count: request.done)]
        request.bodyBytes = 7
        for latency in latencies {
            request.serviceTime.record(nanoseconds: latency)
            request.responseTime.record(nanoseconds: latency + late)
        }
        return request
    }

    /// A sample as it comes back from its line.
    private func copy(of sample: Sample) throws -> Sample {
        var json = sample.json
        json.set(.string("sample"), atPath: "type")
        guard case .sample(let copy) = try RecordingReader.Line(json: JSON(parsing: Array(json.text.utf8))) else { throw Missing() }
        return copy
    }
    private struct Missing: Error {}

    // Exact values: a recording has extremes at the precision of their buckets.
    @Test("come back as they were, in closed loads and open ones", arguments: [0, 1_000] as [UInt64])
    func roundTrip(late: UInt64) throws {
        for kinds in [[request("order", [100, 200], late: late)], [request("order", [100, 200], late: late), request("p\"ay", [300], late: late)]] {
            var sample = distinctSample()
            sample.client?.setRequests(kinds)
            let copy = try copy(of: sample)
            #expect(copy.client?.byRequest == kinds)
            #expect(copy.client?.statusNumbers == sample.client?.statusNumbers)
        }
    }

    @Test("have the servers of a load that has several, and no list for one server")
    func servers() throws {
        var sample = distinctSample()
        #expect(try copy(of: sample).client?.origins == [] && sample.json[path: "client.by_server"] == nil)
        sample.client?.origins = [OriginSample("a:9000", opened: 4, failed: 1), OriginSample("b:9001", failed: 10)]
        #expect(try copy(of: sample).client?.origins == sample.client?.origins)
        var other = sample.client ?? ClientSample()
        other.origins = [OriginSample("b:9001", opened: 1, failed: 2), OriginSample("c:1")]
        sample.client?.merge(other)
        #expect(sample.client?.origins == [OriginSample("a:9000", opened: 4, failed: 1), OriginSample("b:9001", opened: 1, failed: 12), OriginSample("c:1")])
    }

    @Test("have gaps where they were counted: an older recording's are unknown, and not 0")
    func gaps() throws {
        let sample = distinctSample()
        #expect(try copy(of: sample).knows(.gaps))
        var older = sample
        older.unknown.insert(.gaps)
        var json = older.json
        json.set(.array([]), atPath: "unknown")
        #expect(json[path: "client.gaps"] == nil)
        json.set(.string("sample"), atPath: "type")
        guard case .sample(let copy) = try RecordingReader.Line(json: JSON(parsing: Array(json.text.utf8))) else { throw Missing() }
        #expect(copy.unknown == [.gaps] && Metric.named("client.gaps.count")?.number(of: copy) == nil)
    }

    @Test("keep which requests failed, where that is regular")
    func rhythm() throws {
        var sample = distinctSample()
        var failure = FailureCount(reason: "status 500", count: 104, example: "GET /, request 97 of the run")
        for kind in [FailureRhythm.Finding.Kind.each, .about, .multiple] {
            failure.rhythm = .init(kind: kind, step: 97, numbers: [97, 194, 291])
            sample.client?.failures = [failure]
            #expect(try copy(of: sample).client?.failures == [failure])
        }
        #expect(sample.json.text.contains(#""rhythm":{"kind":"multiple","step":97,"requests":[97,194,291]}"#), "\(sample.json.text)")
        let foreign = sample.json.text.replacing(#""step":97"#, with: #""step":0"#).replacing("{\"time\"", with: "{\"type\":\"sample\",\"time\"")
        guard case .sample(let read) = try RecordingReader.Line(json: JSON(parsing: Array(foreign.utf8))) else { throw Missing() }
        #expect(read.client?.failures.first?.rhythm == nil)
    }

    @Test("know the longest turn of each interval, but for older recordings, and what of it was waiting for a processor")
    func turns() throws {
        var sample = watchedSample()
        sample.watch?.longestTurn.everWaitedNanoseconds = 480_000_000
        sample.watch?.longestTurn.newWaitedNanoseconds = 20_000_000
        #expect(try copy(of: sample).watch?.longestTurn == sample.watch?.longestTurn)
        #expect(sample.json[path: "watch.loop.longest_turn_waited"]?.number == 0.48 && watchedSample().json[path: "watch.loop.longest_turn_waited"] == nil)
        #expect(try copy(of: sample).unknown == sample.unknown)
        sample.unknown.insert(.intervalTurns)
        var json = sample.json
        json.set(.array([]), atPath: "unknown")
        json.set(.string("sample"), atPath: "type")
        guard case .sample(let old) = try RecordingReader.Line(json: json) else { throw Missing() }
        #expect(old.unknown == .intervalTurns)
    }

    @Test("of one kind in a closed load take no histogram of their own")
    func economy() throws {
        var sample = distinctSample()
        sample.client?.setRequests([request("order", [100, 200])])
        let row = try #require(sample.json[path: "client.by_request"]?.elements?.first)
        #expect(row["service_time"] == nil && row["response_time"] == nil && row[path: "requests.done"]?.number == 2)
    }

    @Test("that are damaged are told by their name, and no more are read than a run has")
    func damage() throws {
        var sample = distinctSample()
        sample.client?.byRequest = (0..<200).map { RequestSample("\($0)") }
        #expect(try copy(of: sample).client?.byRequest.count == RequestSample.limit)
        var json = sample.json
        json.set(.array([.object([.init("name", .string("x")), .init("service_time", .object([.init("hdr", .string("?"))]))])]), atPath: "client.by_request")
        json.set(.string("sample"), atPath: "type")
        #expect(throws: RecordingError.Cause.histogram("by_request.service_time", .notBase64)) { try RecordingReader.Line(json: json) }
    }
}

extension JSON {
    fileprivate var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
}
