import Measurements
import Reports
import SampleSupport
import Testing

@Suite("Figures by request in reports")
struct RequestFigureTests {
    /// Ten seconds of two kinds, each with its latency, and failures of the second.
    private func samples(order: Double, pay: Double, failed: UInt64) -> [Sample] {
        let wobble = [1.0, 1.02, 0.98, 1.01, 0.99]
        return (0..<10).map { index in
            let kinds = [("order", order, UInt64(0)), ("pay", pay, failed)].map { name, latency, failed in
                var request = RequestSample(name)
                request.done = UInt64(index + 1) * 2_000
                request.failed = failed * UInt64(index + 1)
                request.succeeded = request.done - request.failed
                request.serviceTime.record(nanoseconds: UInt64(latency * wobble[index % 5]), times: 2_000)
                request.responseTime = request.serviceTime
                return request
            }
            var client = ClientSample()
            client.setRequests(kinds)
            client.requests.done = kinds.reduce(0) { $0 + $1.done }
            client.requests.started = client.requests.done
            client.loops.count = 1
            return Sample(
                timeNanoseconds: UInt64(index + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: client,
                process: ProcessSample())
        }
    }

    private func summary(_ samples: [Sample]) -> Summary {
        var summary = Summary(summaryRequest)
        for sample in samples { summary.add(sample) }
        return summary
    }

    @Test("are judged by conditions, each of its own kind", arguments: [
        ("request(order).response_time.p99 < 2ms", true), ("request(pay).response_time.p99 < 2ms", false), ("request(order).requests.failed == 0", true),
        ("request(pay).requests.failed_share > 4%", true), ("request(pay).rate == 1900", true), ("request(pay).requests.rate == 2000", true), ("request(pay).requests.done == 20k", true),
        ("request(none).requests.done > 0", false),
    ])
    func conditions(text: String, holds: Bool) throws {
        let run = summary(samples(order: 1e6, pay: 9e6, failed: 100))
        #expect(try Threshold(parsing: text).judge(run).hasPassed == holds)
    }

    @Test("are conditions in their own words, whatever characters a name has")
    func words() throws {
        let condition = try Condition(parsing: "steady: request(GET /a:b?x<=1).response_time.p99 < 25ms")
        #expect(condition.phase == "steady" && condition.figure.request == "GET /a:b?x<=1" && condition.limit == 0.025)
        #expect(condition.text == "request(GET /a:b?x<=1).response_time.p99 < 25ms")
        #expect(try Condition(parsing: condition.fullText) == condition)
        #expect(throws: ConditionError.notByRequest("client.connections.open")) { try Condition(parsing: "request(a).connections.open.max < 5") }
    }

    @Test("are compared kind by kind")
    func comparison() throws {
        func run(_ name: String, pay: Double) -> ComparedRun {
            var run = ComparedRun(name: name, request: summaryRequest)
            for sample in samples(order: 1e6, pay: pay, failed: 0) { run.add(sample) }
            return run
        }
        let comparison = Comparison(run("a", pay: 2e6), run("b", pay: 3e6))
        #expect(comparison.requests.map(\.name) == ["order", "pay"])
        let order = try #require(comparison.requests[0].changes.first { $0.name == "request(order).response_time.p99" })
        let pay = try #require(comparison.requests[1].changes.first { $0.name == "request(pay).response_time.p99" })
        #expect(order.verdict == .same && pay.verdict == .worse)
        #expect(comparison.text(all: false).contains("\nrequest pay\n") && !comparison.text(all: false).contains("request order"))
        let condition = try Condition(parsing: "request(pay).response_time.p99 > +10%")
        #expect(JudgedCondition(condition, in: comparison).judgement == .failed)
    }

    @Test("have a table with the worst first, and the rest of many summed")
    func table() {
        var sample = samples(order: 1e6, pay: 9e6, failed: 1)[9]
        let many = (0..<30).map { index in
            var request = RequestSample("kind \(index)")
            (request.done, request.succeeded) = (10, 10)
            return request
        }
        sample.client?.byRequest += many
        let lines = summary([sample]).text.split(separator: "\n").map(String.init)
        let head = lines.firstIndex { $0.hasPrefix("request ") } ?? 0
        #expect(lines[head + 1].hasPrefix("  pay") && lines[head + 2].hasPrefix("  order"))
        #expect(lines[head + 21].hasPrefix("  12 others") && lines[head + 21].contains(" 120 "))
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test("are families of their own for Prometheus, with a label")
    func metrics() {
        var page = MetricsPage(toolVersion: "1")
        for sample in samples(order: 1e6, pay: 9e6, failed: 100) { page.add(sample) }
        let text = page.text(.openMetrics)
        #expect(text.contains("highwater_request_done_total{request=\"pay\"} 20000\n"))
        #expect(text.contains("highwater_request_service_time_seconds_count{request=\"order\"} 20000\n"))
        #expect(text.contains("highwater_client_requests_done_total 40000\n"))
    }
}
