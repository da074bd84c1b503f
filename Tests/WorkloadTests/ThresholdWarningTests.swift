import Load
import Reports
import Testing
import Workload

@Suite("A plan that cannot give a threshold its values")
struct ThresholdWarningTests {
    private func warnings(_ check: String, _ change: (inout Plan) -> Void) throws -> [String] {
        var plan = Plan(server: nil, client: ClientPlan())
        change(&plan)
        plan.thresholds = [try Threshold(parsing: check)]
        return plan.thresholdWarnings
    }

    @Test("is warned of by the schedule's requests, of the phases that the threshold is about")
    func phases() throws {
        func phased(_ plan: inout Plan) {
            plan.phases = [
                Phase(name: "warm", duration: .seconds(100), load: .open(OpenLoad(rate: 1_000)), isWarmup: true),
                Phase(name: "climb", duration: .seconds(10), load: .open(OpenLoad(rate: 0, endRate: 180))),
                Phase(name: "steady", duration: .seconds(2), load: .open(OpenLoad(rate: 50))), Phase(name: "rest", duration: .seconds(9), load: .pause),
            ]
        }
        let words = try warnings("steady: client.response_time.p99 < 1s", phased)
        #expect(words == ["steady: client.response_time.p99 < 1s: needs 1000 requests, and the plan asks for 100 at most: it will not be measured unless it is broken plainly"])
        #expect(try warnings("client.response_time.p99 < 1s", phased).isEmpty, "1000 outside of the warm-up")
        #expect(try warnings("client.response_time.p99.9 < 1s", phased).count == 1)
        #expect(try warnings("steady: client.response_time.max < 1s", phased).isEmpty)
    }

    @Test("is warned of by a number of requests, and never where the answers decide how many there are")
    func counts() throws {
        #expect(try warnings("client.response_time.p99 < 1s") { $0.client?.requests = 999 }.count == 1)
        #expect(try warnings("client.response_time.p99 < 1s") { $0.client?.requests = 1_000 }.isEmpty)
        #expect(try warnings("client.response_time.p99 < 1s") { $0.duration = .seconds(1) }.isEmpty)
        #expect(try warnings("client.response_time.p99 < 1s") { plan in
            plan.duration = .seconds(5)
            plan.client?.rate = 100
        }.count == 1)
        #expect(try warnings("client.response_time.p99 < 1s") { $0.phases = [Phase(name: "a", duration: .seconds(1), load: .closed)] }.isEmpty)
    }
}
