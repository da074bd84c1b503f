import Load
import Measurements
import Reports
import SampleSupport
import Testing

@Suite("A comparison")
struct ComparisonTests {
    /// A run of ten seconds whose latency and rate wobble by a few percent around these.
    private func run(_ name: String, latency: Double = 1e6, rate: Double = 1_000, intervals: Int = 10, failed: UInt64 = 0, figures: [RunFigure] = []) -> ComparedRun {
        let wobble = [1.0, 1.02, 0.98, 1.01, 0.99]
        var run = ComparedRun(name: name, request: summaryRequest, figures: figures)
        var done = 0.0
        for index in 0..<intervals {
            var client = ClientSample()
            done += rate * wobble[(index + 2) % 5]
            client.requests.done = UInt64(done)
            client.requests.failed = failed * UInt64(index + 1)
            client.connectionCounts.open = 7
            client.serviceTime.record(nanoseconds: UInt64(latency * wobble[index % 5]), times: 2_000)
            run.add(Sample(
                timeNanoseconds: UInt64(index + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil,
                client: client, process: ProcessSample()))
        }
        return run
    }

    private func change(_ name: String, _ comparison: Comparison) throws -> Change {
        try #require(comparison.changes.first { $0.name == name })
    }

    @Test("of a run with itself finds nothing")
    func same() {
        let comparison = Comparison(run("a"), run("b"))
        #expect(!comparison.changes.isEmpty)
        #expect(comparison.changes.allSatisfy { $0.verdict == .same && $0.share == 0 })
    }

    @Test("takes a change smaller than the intervals' own for noise, and a greater one for what it is")
    func noise() throws {
        let slightly = Comparison(run("a"), run("b", latency: 1.02e6, rate: 985))
        #expect(try change("client.service_time.p50", slightly).verdict == .withinNoise)
        #expect(try change("client.requests.rate", slightly).verdict == .withinNoise)
        let much = Comparison(run("a"), run("b", latency: 1.2e6, rate: 1_200))
        #expect(try change("client.service_time.p50", much).verdict == .worse)
        #expect(try change("client.requests.rate", much).verdict == .better)
        #expect(try change("client.connections.open.mean", much).verdict == .same)
        let share = try #require(try change("client.requests.rate", much).share)
        #expect((share - 0.2).magnitude < 0.001)
    }

    /// A warm-up, then two phases of eight seconds each, the second with this latency.
    private func phased(_ name: String, second: Double = 1e6, secondName: String = "flood") -> ComparedRun {
        let wobble = [1.0, 1.02, 0.98, 1.01, 0.99]
        var run = ComparedRun(name: name, request: summaryRequest)
        var done: UInt64 = 0
        for index in 0..<20 {
            var client = ClientSample()
            let phase = index < 4 ? "warm" : index < 12 ? "steady" : secondName
            done += index < 4 ? 10 : index < 12 ? 1_000 : 3_000
            client.requests.done = done
            client.serviceTime.record(nanoseconds: UInt64((index < 4 ? 9e8 : index < 12 ? 1e6 : second) * wobble[index % 5]), times: 2_000)
            var sample = Sample(
                timeNanoseconds: UInt64(index + 1) * 1_000_000_000, intervalNanoseconds: 1_000_000_000, server: nil,
                client: client, process: ProcessSample())
            sample.phase = phase
            sample.isWarmup = index < 4
            run.add(sample)
        }
        return run
    }

    @Test("is made of each phase too, and leaves the warm-up out")
    func phases() throws {
        let comparison = Comparison(phased("a"), phased("b", second: 2e6))
        #expect(comparison.phases.map(\.name) == ["steady", "flood"] && comparison.unmatchedPhases.isEmpty)
        #expect(try #require(comparison.change(of: "client.requests.rate", inPhase: "steady")?.base) == 1_000)
        #expect(try #require(comparison.change(of: "client.requests.rate", inPhase: "flood")?.base) == 3_000)
        #expect(try #require(comparison.change(of: "client.requests.rate", inPhase: nil)?.base) == 2_000)
        #expect(comparison.change(of: "client.service_time.p50", inPhase: "steady")?.verdict == .same)
        #expect(comparison.change(of: "client.service_time.p50", inPhase: "flood")?.verdict == .worse)
        #expect(try #require(comparison.change(of: "client.service_time.max", inPhase: nil)?.base) < 0.1, "the warm-up's 0.9 s")
        let text = comparison.text(all: false)
        #expect(text.contains("phase steady: nothing is better or worse") && text.contains("phase flood\n"))
        #expect(comparison.markdown.contains("Phase **flood**"))
    }

    @Test("of recordings with a warm-up keeps the end of the load, and the drain's answers with the last phase")
    func wholeLoad() throws {
        func recorded(_ name: String) -> ComparedRun {
            var run = phased(name)
            var client = ClientSample()
            client.requests.done = 90_000
            client.serviceTime.record(nanoseconds: 5_000_000_000, times: 3)
            run.add(Sample(
                timeNanoseconds: 23_000_000_000, intervalNanoseconds: 3_000_000_000, server: nil, client: client, process: ProcessSample()))
            // A summary's time under load begins after the warm-up.
            run.add(summary: .object([.init("run", .object([.init("duration", .number(16))]))]))
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
        var run = ComparedRun(name: "odd", request: summaryRequest)
        for index in 1...6 {
            var sample = distinctSample()
            sample.timeNanoseconds = UInt64(index) * 1_000_000_000
            sample.phase = index <= 3 ? "" : "flood"
            run.add(sample)
        }
        run.add(summary: .object([.init("run", .object([.init("duration", .number(.infinity))]))]))
        let whole = run.figures().first { $0.name == "client.service_time.mean" }
        #expect(whole?.intervals.count == 6)
        #expect(run.figures(phase: "").first { $0.name == "client.service_time.mean" }?.intervals.count == 3)
    }

    @Test("fails by a phase's figure where that is asked for, and where a run has no such phase")
    func phaseConditions() throws {
        let worse = Comparison(phased("a"), phased("b", second: 2e6))
        #expect(try Condition(parsing: "flood: client.service_time.p50 > +10%").judge(worse) == .failed)
        #expect(try Condition(parsing: "steady:client.service_time.p50 > +10%").judge(worse) == .passed)
        let other = Comparison(phased("a"), phased("b", secondName: "storm"))
        #expect(other.unmatchedPhases == ["flood", "storm"])
        #expect(try Condition(parsing: "flood: client.service_time.p50 > +10%").judge(other) == .failed)
        #expect(throws: ConditionError.noPhase) { try Condition(parsing: ": client.service_time.p50 > 1") }
    }

    @Test("has no verdict on runs too short to know their noise")
    func short() throws {
        let comparison = Comparison(run("a", intervals: 4), run("b", latency: 9e6))
        #expect(try change("client.service_time.p50", comparison).verdict == .unknown)
    }

    @Test("does not judge a change whose noise is unknown, neither way; but a value, and what did not change")
    func unknownNoise() throws {
        func judgement(_ condition: String, _ comparison: Comparison) throws -> Condition.Judgement {
            try Condition(parsing: condition).judge(comparison)
        }
        let short = Comparison(run("a", intervals: 4), run("b", latency: 9e6))
        #expect(try judgement("client.service_time.p50 > +10%", short) == .unknown(intervals: 4))
        #expect(try judgement("client.service_time.p50 > +10000%", short) == .passed)
        #expect(try judgement("client.service_time.p50 > 0.001", short) == .failed)
        #expect(try judgement("client.connections.open.mean >= 0%", short) == .passed)
        // A percentile that no interval has enough values for.
        let rare = Comparison(run("a"), run("b", latency: 9e6))
        #expect(try judgement("client.service_time.p99.9 > +10%", rare) == .unknown(intervals: 0))
        #expect(try judgement("client.service_time.p99 > +10%", rare) == .failed)
    }

    @Test("says which run lacks a figure")
    func missing() throws {
        let comparison = Comparison(run("a"), ComparedRun(name: "b", request: summaryRequest))
        #expect(try change("client.requests.rate", comparison).verdict == .missing)
    }

    @Test("leaves the drain out of rates")
    func drain() throws {
        var drained = run("b")
        var client = ClientSample()
        client.requests.done = 10_000
        drained.add(Sample(
            timeNanoseconds: 20_000_000_000, intervalNanoseconds: 10_000_000_000, server: nil, client: client, process: ProcessSample()))
        drained.add(summary: .object([.init("run", .object([.init("duration", .number(10))]))]))
        #expect(try change("client.requests.rate", Comparison(run("a"), drained)).verdict == .same)
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
        let comparison = Comparison(run("a"), run("b", latency: 2e6))
        for line in comparison.text(all: true).split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        let text = comparison.text(all: false)
        #expect(text.contains("  p99 ") && text.contains("+100.0%") && text.contains("worse"))
        #expect(text.contains("--all shows them"))
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
        for line in Comparison(full, full).text(all: true).split(separator: "\n").dropFirst(3) {
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
            #expect(comparison.change(of: condition.figure, inPhase: nil)?.name == change.name)
            #expect(condition.judge(comparison) == .passed, "\(change.name)")
        }
    }

    @Test("takes a condition on what a threshold may ask for beside the table: totals, other percentiles, shares of the run")
    func otherFigures() throws {
        func judgement(_ text: String, failed: UInt64 = 0, latency: Double = 1e6) throws -> Condition.Judgement {
            let condition = try Condition(parsing: text)
            let a = run("a", figures: [condition.figure]), b = run("b", latency: latency, failed: failed, figures: [condition.figure])
            return condition.judge(Comparison(a, b))
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
}
