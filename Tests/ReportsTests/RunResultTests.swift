import Measurements
import Reports
import SampleSupport
import Testing

@Suite("The result of a run")
struct RunResultTests {
    /// Of a run of 100 requests, all of which succeeded but for what `change` says.
    private func summary(load: (inout Summary.Load) -> Void = { _ in }, change: (inout Sample) -> Void = { _ in }) -> Summary {
        var sample = Sample(
            timeNanoseconds: 3_000_000_000, intervalNanoseconds: 3_000_000_000, server: nil, client: ClientSample(), process: ProcessSample())
        sample.client?.loops.count = 1
        sample.client?.connectionCounts.opened = 2
        sample.client?.requests.scheduled = 100
        sample.client?.requests.started = 100
        sample.client?.requests.done = 100
        sample.client?.requests.succeeded = 100
        sample.client?.statuses.success = 100
        change(&sample)
        var request = summaryRequest
        if var asked = request.load {
            load(&asked)
            request.load = asked
        }
        var summary = Summary(request)
        summary.add(sample)
        return summary
    }

    private func result(load: (inout Summary.Load) -> Void = { _ in }, change: (inout ClientSample) -> Void) -> RunResult {
        summary(load: load) { sample in
            var client = sample.client ?? ClientSample()
            change(&client)
            sample.client = client
        }.result
    }

    @Test("is ok for a good run, and with failures in part")
    func good() {
        #expect(result { _ in }.isOK)
        #expect(result { ($0.requests.succeeded, $0.requests.failed) = (1, 99) }.isOK)
    }

    @Test("of a recording that was edited is not ok: the numbers beside it are looked at, and its samples")
    func edited() {
        let run = summary(change: {
            $0.client?.requests.succeeded = 0
            $0.client?.requests.failed = 100
        })
        var json = run.json
        #expect(run.mismatch(recorded: json) == nil)
        json.set(.object([.init("ok", .bool(true))]), atPath: "result")
        #expect(RunResult(recorded: json).reasons == ["no request succeeded"])
        json.set(.number(7), atPath: "client.requests.failed")
        #expect(run.mismatch(recorded: json)
            == "its summary does not fit its samples: client.requests.failed is 7, and by the samples 100; it was edited, or is of several runs")
        var compared = comparedRun("b")
        compared.add(summary: json)
        #expect(Comparison(comparedRun("a"), compared).warnings.contains { $0.hasPrefix("B: its summary does not fit its samples: ") })
    }

    @Test("has no percentile above the highest value")
    func highest() {
        let text = summary(change: { $0.client?.serviceTime.record(nanoseconds: 5_004_999_999, times: 100) }).text
        #expect(text.contains(/service +5.00s +5.00s .* 5.00s\n/) && !text.contains("5.01s"), "\(text)")
    }

    @Test("says in its first line how many requests were due where far fewer could be sent")
    func shortfall() {
        func firstLine(due: UInt64, rate: Double?) -> String {
            String(summary(load: { $0.rate = rate }, change: { $0.client?.requests.scheduled = due }).text.prefix { $0 != "\n" })
        }
        #expect(firstLine(due: 3_125, rate: 50) == "ok             all 100 requests succeeded, of 3125 that were due")
        #expect(firstLine(due: 111, rate: 50) == "ok             all 100 requests succeeded")
        #expect(firstLine(due: 3_125, rate: nil) == "ok             all 100 requests succeeded", "a closed load")
    }

    @Test("says in its first line that the server broke the protocol, and in the measurement where that is too often")
    func brokenProtocol() {
        let once = summary(change: { $0.client?.connectionCounts.broken = 1 })
        #expect(once.text.hasPrefix("not all ok     all 100 requests succeeded, but the server broke the protocol on\n"), "\(once.text)")
        #expect(once.text.contains("1 connection; no threshold limits that, so the exit code is 0"), "\(once.text)")
        #expect(once.text.contains("--fail-on 'client.connections.broken > 0'"), "\(once.text)")
        #expect(!once.validity.reasons.contains { $0.contains("broke the protocol") })
        let often = summary(change: { $0.client?.connectionCounts.broken = 2 })
        #expect(often.validity.reasons.contains(
            "the server broke the protocol on 2 connections with no request out: answers may not be those of their requests"))
    }

    @Test("is FAILED when the server broke the protocol on most connections, unless thresholds say on how many it may")
    func brokenMostly() throws {
        var all = summary(change: { $0.client?.connectionCounts.broken = 2 })
        #expect(all.text.hasPrefix("FAILED         the server broke the protocol on 2 connections\n"), "\(all.text)")
        #expect(all.result.faults.map(\.cause) == [.brokenProtocol] && !all.text.contains("--fail-on"))
        #expect(RunResult(recorded: try JSON(parsing: Array(all.json.text.utf8))) == all.result)
        all.thresholds = [try Threshold(parsing: "client.connections.broken < 5").judge(all)]
        #expect(all.text.hasPrefix("not all ok     all 100 requests succeeded, but"), "\(all.text)")
        #expect(all.text.contains("as many as the thresholds allow"), "\(all.text)")
        #expect(result { ($0.connectionCounts.opened, $0.connectionCounts.broken) = (41, 40) }.reasons == ["the server broke the protocol on 40 of 41 connections"])
        #expect(result { ($0.connectionCounts.opened, $0.connectionCounts.broken) = (41, 20) }.isOK)
    }

    @Test("a measurement is not valid when another program took the server's port")
    func takeover() {
        let taken = summary(change: {
            $0.watch = WatchSample()
            $0.watch?.takeovers = 1
        })
        #expect(taken.validity.reasons.contains("another program took the server's port: the results are of several servers"))
    }

    @Test("the summary says what its numbers are worth: of few requests, with refusals among the answers, without a length")
    func worth() {
        let one = summary(change: { $0.client?.requests.done = 1 })
        #expect(one.text.contains("valid, 1 request is an example: no percentile is known"), "\(one.text)")
        let refused = summary(change: {
            $0.client?.requests.succeeded = 90
            $0.client?.requests.failed = 10
            $0.client?.serviceTime.record(nanoseconds: 1_000_000, times: 100)
            $0.client?.requests.endedByClose = 3
        })
        #expect(refused.text.contains("10 failed answers in the table too"), "\(refused.text)")
        #expect(refused.text.contains("3 answers end with the connection, without a length"), "\(refused.text)")
        let dropped = summary(load: { $0.rate = 50 }) {
            $0.client?.requests.scheduled = 103
            $0.client?.requests.skipped = 1
            $0.client?.serviceTime.record(nanoseconds: 1_000_000, times: 100)
        }
        #expect(dropped.text.contains("2 requests never sent: in the response times with the time waited"), "\(dropped.text)")
    }

    @Test("is FAILED when nothing succeeded, with the most frequent reason, but not where answers are left on purpose")
    func nothingSucceeded() {
        let all = result {
            ($0.requests.succeeded, $0.requests.failed) = (0, 100)
            $0.failures = [
                FailureCount(reason: "timeout", count: 2, example: ""), FailureCount(reason: "status 404", count: 98, example: "GET /, request 1"),
            ]
        }
        #expect(all.text == "FAILED: no request succeeded: 98 of 100 status 404")
        #expect(result {
            $0.requests.succeeded = 0
            $0.errors.abandoned = 1
        }.isOK)
    }

    @Test("is FAILED when answers were wrong, by kind, and when none could be checked that was to be")
    func bodies() {
        let wrong = result {
            $0.bodies.checked = 100
            $0.bodies.swapped = 3
            $0.bodies.truncated = 1
        }
        #expect(wrong.reasons == ["4 wrong bodies (3 swapped, 1 truncated)"] && wrong.faults.map(\.cause) == [.wrongBodies])
        #expect(result { $0.bodies.wrongStatus = 1 }.reasons == ["1 answer with another status than 200 (--body-check)"])
        #expect(result(load: { $0.checksBodies = true }, change: { _ in }).faults.map(\.cause) == [.nothingChecked])
        #expect(result(load: { $0.checksBodies = true }, change: { _ in }).text.contains("highwater manual predictable-bodies"))
    }

    @Test("is FAILED when the server was gone at the end, with the time, unless the scenario ends it")
    func serverGone() {
        let gone: (inout ClientSample) -> Void = {
            $0.connectionCounts.cutOffLoops = 1
            $0.connectionCounts.cutOffNanoseconds = 1_000_000_000
        }
        #expect(result(change: gone).reasons == ["the server was gone at 2.00s"])
        #expect(result(load: { $0.endsServer = true }, change: gone).isOK)
        // It was back.
        #expect(result { $0.connectionCounts.cutOffNanoseconds = 1_000_000_000 }.isOK)
    }

    @Test("is FAILED when thresholds were missed, of which it names two, of different metrics")
    func thresholds() throws {
        var run = summary()
        run.thresholds = try ["client.requests.failed == 0", "client.requests.done > 1000", "client.requests.done > 2000", "client.requests.started > 300"]
            .map { try Threshold(parsing: $0).judge(run) }
        #expect(run.result.reasons == ["3 of 4 thresholds missed: all: client.requests.done > 1000: 100, all: client.requests.started > 300: 100, and 1 more threshold"])
    }

    @Test("names what is wrong first, and then how many thresholds it missed")
    func explained() throws {
        var failing = summary(change: {
            $0.client?.requests.succeeded = 60
            $0.client?.requests.failed = 40
            $0.client?.failures = [FailureCount(reason: "status 503", count: 30, example: ""), FailureCount(reason: "timeout", count: 10, example: "")]
        })
        failing.thresholds = try ["client.requests.failed == 0", "client.requests.failed_share < 5%", "client.requests.done > 1000"]
            .map { try Threshold(parsing: $0).judge(failing) }
        #expect(failing.result.reasons == ["40 of 100 requests failed, 40.0%, 30 of them: status 503; 3 of 3 thresholds missed"])
        // The server's own faults are named beside more of another cause.
        failing = summary(change: {
            $0.client?.requests.succeeded = 60
            $0.client?.requests.failed = 40
            $0.client?.failures = [("status 500", 9), ("status 404", 30), ("timeout", 1)].map { FailureCount(reason: $0.0, count: $0.1, example: "") }
        })
        failing.thresholds = [try Threshold(parsing: "client.requests.failed == 0").judge(failing)]
        #expect(failing.result.reasons.first?.hasPrefix("40 of 100 requests failed, 40.0%, 30 of them: status 404, 9: status 500; ") == true, "\(failing.result.reasons)")
        var broken = summary(change: {
            $0.watch = WatchSample()
            $0.watch?.findings = 1
        })
        broken.add(brokenWrite)
        broken.thresholds = try ["watch.findings == 0", "client.requests.failed == 0"].map { try Threshold(parsing: $0).judge(broken) }
        broken.thresholds += [try Threshold(parsing: "client.requests.done > 1000").judge(broken)]
        #expect(broken.result.reasons == ["1 finding in the server: request changed under a pending write", "2 of 3 thresholds missed"])
        #expect(broken.result.faults.map(\.cause) == [.brokenServer, .thresholds])
    }

    @Test("is FAILED when the run died, was ended by a signal, could not connect or could not record, the worst first")
    func ends() {
        var run = summary(change: { $0.client?.connectionCounts.opened = 0 })
        run.circumstances.signal = "SIGINT"
        run.circumstances.connectFailure = "connection refused"
        run.circumstances.loopFailures = ["client-0: no descriptors"]
        run.circumstances.recordingFault = "the recording ends early: the disk is full"
        run.outcome = .crashed(signal: "SIGSEGV")
        #expect(run.result.faults.map(\.cause) == [.recording, .loops, .death, .unreachable, .interrupted])
        #expect(run.text.hasPrefix("FAILED         the recording ends early: the disk is full; client-0: no\n"), "\(run.text)")
    }

    @Test("is FAILED when one server of several was never reached, and names it")
    func unreachableServer() {
        func words(_ origins: [OriginSample]) -> String {
            summary(change: {
                $0.client?.origins = origins
                $0.client?.failures.append(FailureCount(
                    reason: "not connected: b:9001: connection refused" + FailureCount.startWords, count: 10, example: "", of: .connection))
            }).result.text
        }
        let reached = OriginSample("a:9000", opened: 2), missed = OriginSample("b:9001", failed: 10)
        #expect(words([reached, missed]) == "FAILED: cannot connect to 1 of 2 servers: b:9001: connection refused")
        #expect(words([reached, missed, OriginSample("c:1", failed: 1), OriginSample("d:1", failed: 1)]).hasSuffix("3 of 4 servers: b:9001: connection refused; c:1; and 1 more"))
        // Reached later, or not tried: a connection was enough for the others.
        #expect(words([reached, OriginSample("b:9001", opened: 1, failed: 10)]) == "ok")
        #expect(words([reached, OriginSample("b:9001")]) == "ok")
    }

    @Test("is FAILED when a watched server has findings or crashed, unless thresholds say how many it may have")
    func broken() throws {
        var run = summary(change: { $0.watch = WatchSample() })
        run.add(brokenWrite)
        #expect(run.result.faults.map(\.cause) == [.brokenServer])
        for metric in ["watch.findings", "watch.bugs"] {
            run.thresholds = [try Threshold(parsing: "\(metric) < 5").judge(run)]
            #expect(!run.result.faults.contains { $0.cause == .brokenServer })
        }
        let crashed = summary(change: { sample in
            sample.watch = WatchSample()
            sample.watch?.crashes = 2
        })
        #expect(crashed.result.reasons == ["the server crashed 2 times"])
    }

    @Test("is read from a recording as it was written; older ones have the numbers that it is made of")
    func recorded() throws {
        var run = summary(change: { $0.client?.bodies.swapped = 3 })
        run.circumstances.signal = "SIGTERM"
        let json = try JSON(parsing: Array(run.json.text.utf8))
        #expect(RunResult(recorded: json) == run.result && Verdict(recorded: json) == run.verdict)
        let old = try JSON(parsing: Array(#"{"outcome":"crashed by SIGSEGV","client":{"bodies":{"swapped":2},"requests":{"started":5,"succeeded":0}},"verdict":{"trustworthy":false,"reasons":["late"]}}"#.utf8))
        #expect(RunResult(recorded: old).reasons == ["the run crashed by SIGSEGV", "2 wrong bodies", "no request succeeded"])
        #expect(Verdict(recorded: old)?.measurement.reasons == ["late"])
        #expect(Verdict(recorded: .null) == nil)
    }
}
