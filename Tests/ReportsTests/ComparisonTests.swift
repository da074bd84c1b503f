import Load
import Measurements
import Reports
import SampleSupport
import Testing

@Suite("A comparison")
struct ComparisonTests {
    private func change(_ name: String, _ comparison: Comparison) throws -> Change {
        try #require(comparison.changes.first { $0.name == name })
    }

    @Test("of a run with itself finds nothing")
    func same() {
        let comparison = Comparison(comparedRun("a"), comparedRun("b"))
        #expect(!comparison.changes.isEmpty)
        #expect(comparison.changes.allSatisfy { $0.verdict == .same && $0.share == 0 })
    }

    @Test("takes a change smaller than the intervals' own for noise, and a greater one for what it is")
    func noise() throws {
        let slightly = Comparison(comparedRun("a"), comparedRun("b", latency: 1.02e6, rate: 985))
        #expect(try change("client.service_time.p50", slightly).verdict == .withinNoise)
        #expect(try change("client.requests.rate", slightly).verdict == .withinNoise)
        let much = Comparison(comparedRun("a"), comparedRun("b", latency: 1.2e6, rate: 1_200))
        #expect(try change("client.service_time.p50", much).verdict == .worse)
        #expect(try change("client.requests.rate", much).verdict == .better)
        #expect(try change("client.connections.open.mean", much).verdict == .same)
        let share = try #require(try change("client.requests.rate", much).share)
        #expect((share - 0.2).magnitude < 0.001)
    }

    @Test("is made of each phase too, and leaves the warm-up out")
    func phases() throws {
        let comparison = Comparison(phasedRun("a"), phasedRun("b", second: 2e6))
        #expect(comparison.phases.map(\.name) == ["steady", "flood"] && comparison.unmatchedPhases.isEmpty)
        #expect(try #require(comparison.change(of: "client.requests.rate", inPhase: "steady")?.base) == 1_000)
        #expect(try #require(comparison.change(of: "client.requests.rate", inPhase: "flood")?.base) == 3_000)
        #expect(try #require(comparison.change(of: "client.requests.rate", inPhase: nil)?.base) == 2_000)
        #expect(comparison.change(of: "client.service_time.p50", inPhase: "steady")?.verdict == .same)
        #expect(comparison.change(of: "client.service_time.p50", inPhase: "flood")?.verdict == .worse)
        #expect(try #require(comparison.change(of: "client.service_time.max", inPhase: nil)?.base) < 0.1, "the warm-up's 0.9 s")
        let text = comparison.text(all: false)
        #expect(text.contains("phase steady: nothing left the noise") && text.contains("phase flood\n"))
        #expect(comparison.markdown.contains("Phase **flood**"))
    }

    @Test("does not show the only phase beside a warm-up: it is the whole run")
    func onlyPhase() {
        let comparison = Comparison(phasedRun("a", secondName: "steady"), phasedRun("b", second: 2e6, secondName: "steady"))
        #expect(comparison.phases.map(\.name) == ["steady"])
        #expect(!comparison.text(all: true).contains("phase steady"))
        #expect(!comparison.markdown.contains("Phase **"))
    }

    @Test("of recordings with a warm-up keeps the end of the load, and the drain's answers with the last phase")
    func wholeLoad() throws {
        func recorded(_ name: String) -> ComparedRun {
            // A summary's time under load begins after the warm-up.
            var run = phasedRun(name, loadSeconds: 16)
            var client = ClientSample()
            client.requests.done = 90_000
            client.serviceTime.record(nanoseconds: 5_000_000_000, times: 3)
            run.add(Sample(
                timeNanoseconds: 23_000_000_000, intervalNanoseconds: 3_000_000_000, server: nil, client: client, process: ProcessSample()))
            return run
        }
        let comparison = Comparison(recorded("a"), recorded("b"))
        #expect(comparison.change(of: "client.requests.rate", inPhase: "flood")?.base == 3_000)
        #expect(comparison.change(of: "client.requests.rate", inPhase: "steady")?.base == 1_000)
        #expect(comparison.change(of: "client.requests.rate", inPhase: nil)?.base == 2_000)
        #expect(try #require(comparison.change(of: "client.service_time.max", inPhase: "flood")?.base) > 4)
        #expect(try #require(comparison.change(of: "client.service_time.max", inPhase: "steady")?.base) < 0.1)
    }

    @Test("of a run with a phase without a name does not take that for the whole run")
    func oddPhases() throws {
        var run = ComparedRun(name: "odd", request: summaryRequest, loadSeconds: .infinity)
        for index in 1...6 {
            var sample = distinctSample()
            sample.timeNanoseconds = UInt64(index) * 1_000_000_000
            sample.phase = index <= 3 ? "" : "flood"
            run.add(sample)
        }
        let comparison = Comparison(run, run)
        #expect(comparison.change(of: "client.service_time.mean", inPhase: nil)?.intervalCount == 6)
        #expect(comparison.change(of: "client.service_time.mean", inPhase: "")?.intervalCount == 3)
    }

    @Test("fails by a phase's figure where that is asked for, and where a run has no such phase")
    func phaseConditions() throws {
        let worse = Comparison(phasedRun("a"), phasedRun("b", second: 2e6))
        #expect(try Condition(parsing: "flood: client.service_time.p50 > +10%").judgement(worse) == .failed)
        #expect(try Condition(parsing: "steady:client.service_time.p50 > +10%").judgement(worse) == .passed)
        let other = Comparison(phasedRun("a"), phasedRun("b", secondName: "storm"))
        #expect(other.unmatchedPhases == ["flood", "storm"])
        #expect(try Condition(parsing: "flood: client.service_time.p50 > +10%").judgement(other) == .failed)
        #expect(throws: ConditionError.noPhase) { try Condition(parsing: ": client.service_time.p50 > 1") }
    }

    @Test("has no verdict on runs too short to know their noise")
    func short() throws {
        let comparison = Comparison(comparedRun("a", intervals: 4), comparedRun("b", latency: 9e6))
        #expect(try change("client.service_time.p50", comparison).verdict == .unknown)
    }

    @Test("does not judge a change whose noise is unknown, neither way; but a value, and what did not change")
    func unknownNoise() throws {
        func judgement(_ condition: String, _ comparison: Comparison) throws -> JudgedCondition.Judgement {
            try Condition(parsing: condition).judgement(comparison)
        }
        let short = Comparison(comparedRun("a", intervals: 4), comparedRun("b", latency: 9e6))
        #expect(try judgement("client.service_time.p50 > +10%", short) == .unknown(intervals: 4))
        #expect(try judgement("client.service_time.p50 > +10000%", short) == .passed)
        #expect(try judgement("client.service_time.p50 > 0.001", short) == .failed)
        #expect(try judgement("client.connections.open.mean >= 0%", short) == .passed)
        // A percentile that no interval has enough values for.
        let rare = Comparison(comparedRun("a"), comparedRun("b", latency: 9e6))
        #expect(try judgement("client.service_time.p99.9 > +10%", rare) == .unknown(intervals: 0))
        #expect(try judgement("client.service_time.p99 > +10%", rare) == .failed)
    }

    @Test("says which run lacks a figure")
    func missing() throws {
        let comparison = Comparison(comparedRun("a"), ComparedRun(name: "b", request: summaryRequest))
        #expect(try change("client.requests.rate", comparison).verdict == .missing)
    }

    @Test("leaves the drain out of rates")
    func drain() throws {
        var drained = comparedRun("b", loadSeconds: 10)
        var client = ClientSample()
        client.requests.done = 10_000
        drained.add(Sample(
            timeNanoseconds: 20_000_000_000, intervalNanoseconds: 10_000_000_000, server: nil, client: client, process: ProcessSample()))
        #expect(try change("client.requests.rate", Comparison(comparedRun("a"), drained)).verdict == .same)
    }

    @Test("finds the spread of most, whatever a few do")
    func spread() {
        #expect(Comparison.spread([1, 2]) == nil)
        #expect(Comparison.spread([5, 5, 5, 5, 5]) == 0)
        #expect(Comparison.spread([9, 10, 11, 10, 9, 11, 1_000]).map { ($0 - 1.4826).magnitude < 1e-9 } == true)
        // Most are equal: the mean absolute deviation speaks.
        #expect(Comparison.spread([0, 0, 0, 0, 10]).map { ($0 - 2.5066).magnitude < 1e-9 } == true)
    }

    @Test("is a table of 80 columns with every change")
    func table() {
        let comparison = Comparison(comparedRun("a"), comparedRun("b", latency: 2e6))
        for line in comparison.text(all: true).split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        let text = comparison.text(all: false)
        #expect(text.contains("  p99 ") && text.contains("+100.0%") && text.contains("worse"))
        #expect(text.contains("; --all shows them"))
        #expect(comparison.markdown.contains("| `client.service_time.p99` |"))
        guard case .array(let figures)? = comparison.json["figures"] else {
            Issue.record("no figures")
            return
        }
        #expect(figures.count == comparison.changes.count)
    }

    @Test("calls no two figures the same in its table, however long their names are")
    func rowNames() {
        var full = ComparedRun(name: "full", request: summaryRequest)
        full.add(distinctSample())
        var heading = "", rows: [String] = []
        for line in Comparison(full, full).text(all: true).split(separator: "\n").dropFirst(4) {
            if line.hasPrefix("  ") { rows.append(heading + line.prefix(33)) } else { heading = String(line) }
        }
        #expect(rows.count > 100 && Set(rows).count == rows.count)
        #expect(rows.contains { $0.contains("from_64ms.mean") } && rows.contains { $0.contains("from_64ms.max") })
    }

    @Test("takes a condition on every figure of its table, under the figure's name")
    func names() throws {
        var full = ComparedRun(name: "full", request: summaryRequest)
        for time in 1...6 {
            var sample = distinctSample()
            sample.timeNanoseconds = UInt64(time) * 1_000_000_000
            full.add(sample)
        }
        let comparison = Comparison(full, full)
        let names = comparison.changes.map(\.name)
        #expect(Set(names).count == names.count && names.count > 100)
        for change in comparison.changes {
            let condition = try Condition(parsing: "\(change.name) > +10%")
            #expect(comparison.change(of: condition.figure, inPhase: nil).name == change.name)
            #expect(condition.judgement(comparison) == .passed, "\(change.name)")
        }
    }

    @Test("takes a condition on what a threshold may ask for beside the table: totals, other percentiles, shares of the run")
    func otherFigures() throws {
        func judgement(_ text: String, failed: UInt64 = 0, latency: Double = 1e6) throws -> JudgedCondition.Judgement {
            let condition = try Condition(parsing: text)
            let a = comparedRun("a", figures: [condition.figure]), b = comparedRun("b", latency: latency, failed: failed, figures: [condition.figure])
            return condition.judgement(Comparison(a, b))
        }
        #expect(try judgement("client.requests.failed > 0", failed: 2) == .failed)
        #expect(try judgement("client.requests.failed > 0") == .passed)
        #expect(try judgement("client.requests.failed >= 20", failed: 2) == .failed)
        #expect(try judgement("client.requests.failed > 20", failed: 2) == .passed)
        #expect(try judgement("client.requests.failed_share > 0.1%", failed: 2) == .failed)
        #expect(try judgement("client.requests.failed_share > 1%", failed: 2) == .passed)
        #expect(try judgement("client.service_time.p95 > +50%", latency: 2e6) == .failed)
        #expect(try judgement("client.service_time.p95 > +150%", latency: 2e6) == .passed)
        #expect(try judgement("client.service_time.p95 > 1.5ms", latency: 2e6) == .failed)
        #expect(try judgement("client.service_time.count < 20000") == .passed)
        #expect(try judgement("client.connections.open.min < 8") == .failed)
        #expect(try judgement("client.connections.open.last == 7") == .failed)
        #expect(try judgement("client.requests.done < -50%") == .passed)
    }

    @Test("takes no failure for noise, and no maximum that is one more or less for a change")
    func failures() throws {
        let few = Comparison(comparedRun("a"), comparedRun("b", failed: 1))
        #expect(try change("client.requests.failed.rate", few).verdict == .worse)
        #expect(try change("client.requests.failed_share", few).verdict == .worse)
        #expect(try change("client.requests.failed.rate", Comparison(comparedRun("a", failed: 1), comparedRun("b"))).verdict == .better)
        #expect(try change("client.requests.failed.rate", Comparison(comparedRun("a", intervals: 3), comparedRun("b", intervals: 3, failed: 1))).verdict == .worse)
        func queue(_ most: Int) -> ComparedRun {
            var run = ComparedRun(name: "queue", request: summaryRequest)
            for second in 1...10 {
                var client = ClientSample()
                client.requests.queued = second == 5 ? most : 0
                run.add(Sample(
                    timeNanoseconds: UInt64(second) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: client,
                    process: ProcessSample()))
            }
            return run
        }
        #expect(try change("client.requests.queued.max", Comparison(queue(1), queue(0))).verdict == .withinNoise)
        #expect(try change("client.requests.queued.max", Comparison(queue(0), queue(90))).verdict == .worse)
    }

    @Test("counts bugs of a watched server, and not how often they were found; and crashes as they are")
    func bugs() throws {
        func watched(_ name: String, places: [String], found: UInt64, crashes: UInt64 = 0) -> ComparedRun {
            var run = ComparedRun(name: name, request: summaryRequest)
            for second in 1...8 {
                var sample = watchedSample()
                sample.timeNanoseconds = UInt64(second) * 1_000_000_000
                sample.watch?.findings = found * UInt64(second) / 8
                sample.watch?.crashes = second == 8 ? crashes : 0
                run.add(sample)
            }
            for (index, place) in places.enumerated() {
                var finding = brokenWrite
                (finding.number, finding.writePlaces) = (UInt64(index + 1), [place])
                run.add(Event(timeNanoseconds: 1, level: .error, source: "finding", text: "", brokenWrite: finding))
            }
            return run
        }
        let one = watched("a", places: ["respond server.c:306 (server)"], found: 5_000)
        let often = Comparison(one, watched("b", places: ["respond server.c:306 (server)"], found: 10))
        #expect(try change("watch.bugs", often).verdict == .same && !often.changes.contains { $0.name.hasPrefix("watch.findings") })
        let two = Comparison(one, watched("b", places: ["respond server.c:306 (server)", "flush server.c:9 (server)"], found: 10))
        #expect(try change("watch.bugs", two).verdict == .worse)
        #expect(two.headline.contains("watch.bugs 1 -> 2"), "\(two.headline)")
        let crash = try change("watch.crashes", Comparison(one, watched("b", places: [], found: 0, crashes: 1)))
        #expect(crash.verdict == .worse && crash.base == 0 && crash.other == 1)
    }

    @Test("counts requests that nothing answered, though they fail only in the drain")
    func failuresOfTheDrain() throws {
        func hanging(_ name: String, _ aborted: UInt64) -> ComparedRun {
            var run = comparedRun(name, loadSeconds: 10)
            var client = ClientSample()
            client.requests.done = 10_000 + aborted
            (client.requests.failed, client.requests.errored, client.errors.aborted) = (aborted, aborted, aborted)
            run.add(Sample(
                timeNanoseconds: 25_000_000_000, intervalNanoseconds: 15_000_000_000, server: nil, client: client, process: ProcessSample()))
            return run
        }
        let comparison = Comparison(hanging("a", 0), hanging("b", 60))
        #expect(try change("client.errors.aborted.rate", comparison).verdict == .worse)
        #expect(comparison.headline == "B fails more: 0.6% of B's requests failed")
    }

    @Test("has one definition of a rate with the summary: answered requests, by the time in which the server could be reached")
    func oneRate() throws {
        var run = ComparedRun(name: "a", request: summaryRequest), summary = Summary(summaryRequest)
        for second in 1...8 {
            var client = ClientSample()
            client.requests.done = UInt64(second) * 100
            client.requests.errored = UInt64(second) * 10
            client.receivedBytes = UInt64(second) * 4_000
            client.loops.count = 1
            client.connectionCounts.cutOffNanoseconds = UInt64(second) * 250_000_000
            let sample = Sample(
                timeNanoseconds: UInt64(second) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: client,
                process: ProcessSample())
            run.add(sample)
            summary.add(sample)
        }
        let comparison = Comparison(run, run)
        for name in ["client.requests.rate", "client.bytes.received_rate", "client.requests.failed_share"] {
            #expect(try change(name, comparison).base == summary.derived(name), "\(name)")
        }
        #expect(try change("client.requests.rate", comparison).base == 120)
        #expect(comparison.changes.filter { $0.name == "client.requests.rate" }.count == 1)
        #expect(try change("client.requests.done.rate", comparison).base == 100)
    }

    @Test("does not judge response times by less than the requests were late")
    func resolution() throws {
        func late(_ name: String, _ milliseconds: UInt64) -> ComparedRun {
            var run = ComparedRun(
                name: name, request: .init(address: "", load: .init(connections: 1, streams: 1, rate: 1_000, requests: nil), cpuCount: 2))
            for second in 1...6 {
                var client = ClientSample()
                client.responseTime.record(nanoseconds: 10_000_000 + UInt64(second), times: 1_000)
                client.serviceTime.record(nanoseconds: 10_000_000 + UInt64(second) + (name == "b" ? 100_000 : 0), times: 1_000)
                client.scheduleDelay.record(nanoseconds: milliseconds * 1_000_000, times: 1_000)
                if name == "b" { client.responseTime.record(nanoseconds: 10_400_000, times: 10_000) }
                run.add(Sample(
                    timeNanoseconds: UInt64(second) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil, client: client,
                    process: ProcessSample()))
            }
            return run
        }
        let condition = try Condition(parsing: "client.response_time.p50 > +10%")
        guard case .unresolved(let seconds) = condition.judgement(Comparison(late("a", 3), late("b", 3))) else {
            Issue.record("10 % of 10 ms is less than 3 ms")
            return
        }
        #expect((seconds - 0.003).magnitude < 1e-5)
        #expect(condition.judgement(Comparison(late("a", 0), late("b", 0))) == .passed)
        #expect(try Condition(parsing: "client.service_time.p50 > +10%").judgement(Comparison(late("a", 3), late("b", 3))) == .passed)
    }

    @Test("keeps every second interval of a long run, then every fourth, and the spread with them")
    func longRuns() {
        var values = IntervalCounter()
        for index in 0..<20_000 { values.add(index) }
        #expect(values.kept.count <= 4_096 && values.kept.count >= 2_048)
        #expect(Set(zip(values.kept, values.kept.dropFirst()).map { $1 - $0 }) == [8])
    }
}

/// The intervals of a long run that a comparison keeps.
private struct IntervalCounter {
    private var values = IntervalValues()

    mutating func add(_ index: Int) { values.add([Double(index)]) }

    var kept: [Double] { values.column(0) }
}

extension Condition {
    fileprivate func judgement(_ comparison: Comparison) -> JudgedCondition.Judgement { JudgedCondition(self, in: comparison).judgement }
}
