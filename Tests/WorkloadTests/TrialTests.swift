import Load
import Measurements
import Reports
import Testing
import Workload

@Suite("Trials") struct TrialTests {
    private func result(
        _ expectation: Trial.Expectation, outcome: Outcome = .ended, violations: [Violation] = [], thresholds: [Threshold] = [],
        _ change: (inout ClientSample) -> Void = { _ in }
    ) -> TrialResult {
        var client = ClientSample()
        client.requests.done = 10
        client.requests.succeeded = 10
        client.statuses.success = 10
        client.loops.cpuNanoseconds = 25_000
        client.loops.allocations = 5
        change(&client)
        var summary = Summary(.init(address: "", load: nil, cpuCount: 1))
        summary.add(Sample(timeNanoseconds: 2_000_000_000, intervalNanoseconds: 1, server: nil, client: client, process: ProcessSample()))
        summary.outcome = outcome
        summary.thresholds = thresholds.map { $0.judge(summary) }
        let trial = Trial(name: "one", plan: Plan(server: nil, client: ClientPlan()), expectation: expectation)
        return TrialResult(trial, summary, violations: violations, endNanoseconds: 2_500_000_000)
    }

    @Test("one that is to be clean is, unless it dies, or anything is found")
    func clean() {
        #expect(result(.isClean).isAsExpected)
        #expect(!result(.isClean, outcome: .crashed(signal: "SIGSEGV")).isAsExpected)
        #expect(!result(.isClean, outcome: .hung).isAsExpected)
        #expect(!result(.isClean) { $0.bodies.corrupted = 1 }.isAsExpected)
        #expect(!result(.isClean) { $0.statuses.clientError = 1 }.isAsExpected)
        #expect(!result(.isClean) { $0.requests.errored = 1 }.isAsExpected)
        #expect(!result(.isClean) { $0.caches.corruptions = 1 }.isAsExpected)
        #expect(!result(.isClean) { $0.requests.done = 0 }.isAsExpected)
    }

    @Test("one that is to fail does, by death or by what is found")
    func failing() {
        #expect(!result(.fails).isAsExpected)
        #expect(result(.fails, outcome: .crashed(signal: "SIGSEGV")).isAsExpected)
        #expect(result(.fails) { $0.caches.corruptions = 1 }.isAsExpected)
        #expect(result(.fails) { $0.bodies.swapped = 1 }.isAsExpected)
    }

    @Test("evidence counts where the process died before it could")
    func evidence() {
        let write = PendingWriteSample(
            loop: 0, connection: 1, exchange: 1, arena: 1, generation: 1, offset: nil, byteCount: 1, ageNanoseconds: 1,
            isDirect: true, isReset: true)
        let fields = Violation.RequestFields(callback: 1, buffers: 2, bufferCount: 3)
        let violation = Violation(
            kind: .reset, write: write, overwriter: nil, foundGeneration: 2, requestAddress: 1, expectedRequest: fields,
            foundRequest: fields, changeOffset: nil, expectedBytes: [], foundBytes: [])
        #expect(result(.fails, violations: [violation, violation]).findings == ["2 unsafe resets"])
        #expect(!result(.isClean, violations: [violation]).isAsExpected)
    }

    @Test("make a table of at most 80 columns, and JSON with the same")
    func table() {
        let results = [
            result(.fails, outcome: .crashed(signal: "SIGSEGV")), result(.isClean), result(.isClean), result(.isClean),
            result(.isClean) { $0.bodies.truncated = 3 },
        ]
        let table = TrialTable(name: "cache-race", results: results)
        #expect(!table.isAsExpected)
        let lines = table.text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(table.text)")
        #expect(lines[1].split(separator: " ") == ["outcome", "SIGSEGV", "clean", "clean", "clean", "caught"])
        #expect(lines.contains { $0.hasPrefix("clients CPU/req") && $0.hasSuffix("2.50us") })
        #expect(lines.contains { $0.hasPrefix("client mallocs/req") && $0.hasSuffix("0.500") })
        guard case .array(let trials)? = table.json["trials"] else {
            Issue.record("no trials")
            return
        }
        #expect(trials.map { $0["outcome"]?.string } == ["crashed by SIGSEGV", "ended", "ended", "ended", "ended"])
        #expect(trials[4]["wrong_answers"]?.number == 3)
        #expect(trials[1]["client_cpu_per_request"]?.number == 2.5e-6)
        #expect(table.json["as_expected"] == .bool(false))
    }

    @Test("one that is to crash does: nothing else is as expected")
    func crashing() {
        #expect(result(.crashes, outcome: .crashed(signal: "SIGSEGV")).isAsExpected)
        #expect(!result(.crashes, outcome: .killed(signal: "SIGKILL")).isAsExpected)
        #expect(!result(.crashes) { $0.bodies.swapped = 1 }.isAsExpected)
    }

    @Test("one that is to be clean keeps its thresholds, and says which it did not keep")
    func thresholds() throws {
        let kept = try Threshold(parsing: "client.requests.done == 10", phase: nil)
        let broken = try Threshold(parsing: "client.requests.done > 10", phase: nil)
        #expect(result(.isClean, thresholds: [kept]).isAsExpected)
        let caught = result(.isClean, thresholds: [kept, broken])
        #expect(!caught.isAsExpected && caught.findings == ["all: client.requests.done > 10: 10"])
        // Its death says it.
        #expect(result(.crashes, outcome: .crashed(signal: "SIGSEGV"), thresholds: [broken]).findings.isEmpty)
    }

    @Test("that ship begin with the unsafe one, all in processes of their own, and check every body", arguments: ["arena-race", "slow-reader", "cache-race"])
    func shipped(name: String) throws {
        let shipped = try #require(ShippedScenario.all.first { $0.name == name })
        let trials = try Scenario(parsing: shipped.text, file: name).trials
        #expect(trials.map { $0.plan.isUnsafe } == trials.indices.map { $0 == 0 })
        #expect(trials.allSatisfy { $0.plan.isIsolated && $0.plan.client?.checksBodies == true && ($0.expectation == .isClean) != $0.plan.isUnsafe })
        #expect(trials.allSatisfy { $0.plan.client?.paths.allSatisfy { PredictableTarget($0) != nil } == true })
        // Nothing else differs, but for how long the one that is to fail takes.
        var plans = trials.map(\.plan)
        for index in plans.indices {
            plans[index].phases = []
            plans[index].server?.writePolicy = .lease
            plans[index].client?.cacheScope = .client
            plans[index].client?.options.requestTimeout = .seconds(30)
        }
        #expect(plans.allSatisfy { $0 == plans[0] })
    }
}
