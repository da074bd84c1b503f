import Load
import Measurements
import Testing
import Workload

@Suite("The load that a recording's header names")
struct RecordedLoadTests {
    private func load(_ change: (inout Plan) -> Void) throws -> RecordedLoad {
        var client = ClientPlan()
        client.connections = 50
        client.streams = 4
        var plan = Plan(server: nil, client: client)
        change(&plan)
        return RecordedLoad(plan: try JSON(parsing: Array(plan.json.text.utf8)))
    }

    private func words(_ load: RecordedLoad, _ phase: String?) -> String {
        let state = load.state(inPhase: phase)
        return "\(state.connections) x \(state.streams), \(state.text(load.plan.phases))"
    }

    @Test("without phases is one for all of it")
    func whole() throws {
        let closed = try load { _ in }
        #expect(words(closed, nil) == "50 x 4, closed")
        let open = try load { $0.client?.rate = 2_000 }
        #expect(words(open, nil) == "50 x 4, open 2000/s")
        #expect(words(RecordedLoad(plan: .null), nil) == "0 x 0, closed")
    }

    @Test("of a plan that this version cannot run is read as far as it goes")
    func unknown() throws {
        let plan = try JSON(parsing: Array(#"{"client":{"connections":7,"rate":12.5,"http":"h9"},"server":{}}"#.utf8))
        let load = RecordedLoad(plan: plan)
        #expect(words(load, nil) == "7 x 0, open 12.5/s")
        #expect(load.plan.server != nil)
    }

    @Test("is that of the phase, whose connections and streams stay until another names others")
    func phases() throws {
        let load = try load { plan in
            var grow = Phase(name: "grow", duration: .seconds(1), load: .closed)
            grow.connections = 80
            var wide = Phase(name: "wide", duration: .seconds(1), load: .pause)
            wide.streams = 9
            plan.phases = [
                Phase(name: "warm", duration: .seconds(1), load: .open(OpenLoad(rate: 100)), isWarmup: true), grow, wide,
                Phase(name: "last", duration: .seconds(1), load: .open(OpenLoad(rate: 500, endRate: 1_000))),
            ]
        }
        #expect(words(load, nil) == "50 x 4, warm: open 100/s")
        #expect(words(load, "grow") == "80 x 4, grow: closed")
        #expect(words(load, "wide") == "80 x 9, wide: pause")
        #expect(words(load, "last") == "80 x 9, last: open 500..1000/s")
    }
}
