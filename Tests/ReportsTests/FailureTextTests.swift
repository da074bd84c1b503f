import Measurements
import Recording
import Reports
import SampleSupport
import Testing

@Suite("Failures in the summary") struct FailureTextTests {
    /// Of requests of these kinds, with how many were done of each.
    private func summary(_ done: [(String, UInt64)], target: String = "http://127.0.0.1:9000/", rate: Double? = nil, _ change: (inout ClientSample) -> Void) -> Summary {
        var sample = unhurriedSample()
        sample.unknown = []
        sample.client?.failures = []
        sample.client?.byRequest = done.map { name, count in
            var request = RequestSample(name)
            request.done = count
            return request
        }
        if var client = sample.client {
            change(&client)
            sample.client = client
        }
        var request = summaryRequest
        request.load?.target = target
        request.load?.rate = rate
        var summary = Summary(request)
        summary.add(sample)
        return summary
    }

    /// The text on one line, since rows are broken where a line is full.
    private func line(_ summary: Summary) -> String { summary.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    private func failure(_ kinds: [(String, UInt64)]?, count: UInt64? = nil) -> FailureCount {
        var failure = FailureCount(reason: "status 500", count: count ?? kinds?.reduce(0) { $0 + $1.1 } ?? 0, example: "GET /x, request 4 of the run")
        failure.kinds = kinds?.map { FailureCount.Kind(name: $0.0, count: $0.1) }
        return failure
    }

    @Test("say which kinds of request fail, where it is all of them or chance is excluded", arguments: [
        ([("GET /a", 23)], "status 500, each of the 23 GET /a, and no other (first: GET /x"),
        ([("GET /a", 20)], "status 500, 20 of the 23 GET /a, and no other (first:"),
        ([("GET /a", 23), ("GET /b", 1200)], "status 500, each of the 23 GET /a and the 1200 GET /b, and no other (first:"),
        // Chance.
        ([("GET /b", 5)], "status 500 (first:"),
        ([("GET /a", 1)], "status 500 (first:"),
    ] as [([(String, UInt64)], String)])
    func kinds(_ kinds: [(String, UInt64)], _ words: String) {
        let run = summary([("GET /a", 23), ("GET /b", 1200), ("GET /c", 40)]) { $0.failures = [failure(kinds)] }
        #expect(line(run).contains(words), "\(run.text)")
    }

    @Test("say nothing of kinds where all fail, where there is one, where some are not known, and where numbers contradict each other")
    func noKinds() {
        for (done, failure) in [
            ([("GET /a", 23), ("GET /b", 4)], failure([("GET /a", 23), ("GET /b", 4)])), ([("GET /a", 23)], failure([("GET /a", 23)])),
            ([("GET /a", 23), ("GET /b", 4)], failure([("GET /a", 20)], count: 23)), ([("GET /a", 3), ("GET /b", 4)], failure([("GET /a", 20)])),
            ([("GET /a", 23), ("GET /b", 4)], failure(nil, count: 23)),
        ] as [([(String, UInt64)], FailureCount)] {
            let run = summary(done) { $0.failures = [failure] }
            #expect(line(run).contains("status 500 (first: "), "\(run.text)")
        }
    }

    @Test("cut the long name of a kind, here and in the table of requests, and keep its end")
    func longName() {
        let name = "GET /" + String(repeating: "a", count: 60_000) + "/end"
        let run = summary([(name, 23), ("GET /b", 40)]) { $0.failures = [failure([(name, 23)])] }
        #expect(line(run).contains("/end, and no other") && run.text.utf8.count < 10_000)
        #expect(run.text.split(separator: "\n").contains { $0.hasPrefix("  GET /aaa") && $0.contains("…") && $0.hasSuffix("/end") }, "\(run.text)")
        #expect(run.markdown.utf8.count < 10_000)
    }

    @Test("are merged and subtracted with their kinds, and read from a recording as they were written")
    func sums() {
        var sum = [failure([("GET /a", 2), ("GET /b", 1)])]
        var other = failure([("GET /b", 4), ("GET /c", 1)])
        other.afterAnswers = 2
        sum.merge([other])
        #expect(sum[0].kinds == failure([("GET /a", 2), ("GET /b", 5), ("GET /c", 1)]).kinds && sum[0].afterAnswers == 2)
        #expect(sum.subtracting([failure([("GET /a", 2), ("GET /b", 1)])]).map(\.kinds) == [other.kinds])
        #expect(FailureCount(json: sum[0].json) == sum[0])
        // More kinds than are told, or a part that does not know them.
        var many = sum
        many.merge([failure([("GET /d", 1)])])
        #expect(many[0].kinds == nil)
        sum.merge([failure(nil, count: 1)])
        #expect(sum[0].kinds == nil)
    }

    /// As the clients have the reason.
    private func silentEnd(afterAnswers: UInt64) -> FailureCount {
        var failure = FailureCount(reason: "connection closed by the server (EOF) \(FailureCount.silenceWords): it drops this request", count: 3, example: "")
        failure.afterAnswers = afterAnswers
        return failure
    }

    @Test("advise to speak TLS only where no byte has come from the server, and in the first line too")
    func tls() {
        let advice = "if the server speaks TLS on this port, write https://"
        func run(_ target: String = "http://127.0.0.1:9000/", received: UInt64) -> Summary {
            summary([("GET /", 3)], target: target) {
                $0.failures = [silentEnd(afterAnswers: 0)]
                $0.receivedBytes = received
                ($0.requests.done, $0.requests.started, $0.requests.succeeded, $0.requests.failed) = (3, 3, 0, 3)
                $0.errors.abandoned = 0
            }
        }
        let silent = run(received: 0)
        #expect(line(silent).hasPrefix("FAILED no request succeeded: 3 of 3 connection closed by the server (EOF)"), "\(silent.text)")
        #expect(line(silent).contains("it drops this request; \(advice)"))
        #expect(line(silent).split(separator: advice, omittingEmptySubsequences: false).count == 3, "\(silent.text)")
        #expect(!line(run(received: 1)).contains(advice) && !line(run("https://127.0.0.1:9000/", received: 0)).contains(advice))
    }

    @Test("say how many ended behind answers to others, where it may be the connection's time that was over")
    func afterAnswers() {
        let words = "behind answers to others on the connection, which the server may end after a time or a number of requests"
        #expect(line(summary([]) { $0.failures = [silentEnd(afterAnswers: 2)] }).contains("it drops this request, 2 of them \(words)"))
        #expect(line(summary([]) { $0.failures = [silentEnd(afterAnswers: 3)] }).contains("it drops this request, \(words)"))
        #expect(!line(summary([]) { $0.failures = [silentEnd(afterAnswers: 0)] }).contains("behind answers"))
        // One kind of request is no matter of time.
        let kind = summary([("GET /a", 3), ("GET /b", 40)]) {
            $0.failures = [silentEnd(afterAnswers: 2)]
            $0.failures[0].kinds = [FailureCount.Kind(name: "GET /a", count: 3)]
        }
        #expect(line(kind).contains("each of the 3 GET /a, and no other, 2 of them behind answers to others on the connection ") && !line(kind).contains("may end after"), "\(kind.text)")
    }

    @Test("a rate that was not sent since clients waited before they connected again has that as its reason")
    func waits() {
        func reason(waitedSeconds: UInt64) -> String? {
            summary([], rate: 1_000) {
                $0.requests.started = 10
                $0.requests.scheduled = 100_000
                $0.requests.skipped = 0
                $0.connectionCounts.waits = 35
                $0.connectionCounts.waitedNanoseconds = waitedSeconds * 1_000_000_000
            }.validity.reasons.first { $0.contains("of the asked rate was sent") }
        }
        #expect(reason(waitedSeconds: 1_000)?.contains("was sent: clients waited 35 times before they connected again, 1000s in all") == true, "\(reason(waitedSeconds: 1_000) ?? "")")
        #expect(reason(waitedSeconds: 0)?.contains("connected again") == false)
    }
}
