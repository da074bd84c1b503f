package import Load
package import Measurements

/// The load that a recording's plan asked for, phase by phase: what a header says in a replay, as live.
package struct RecordedLoad: Sendable {
    /// The plan, as far as this version understands it.
    package let plan: Plan
    /// In each phase, with what it leaves as it was before; one for all of it in a run without phases.
    private let states: [LoadState]

    /// - Parameter plan: of the recording's header. What it lacks is 0, or a closed load.
    package init(plan json: JSON) {
        let plan = (try? Plan(json: json)) ?? RecordedLoad.partly(json)
        self.plan = plan
        var state = LoadState(
            rate: plan.client?.rate, connections: plan.client?.connections ?? 0, streams: plan.client?.streams ?? 0,
            clientLoops: plan.clientLoopCount, clientOrigins: plan.client?.origins.count ?? 1)
        states = plan.phases.isEmpty ? [state] : plan.phases.enumerated().map { index, phase in
            for change in phase.changes { state = (try? state.applying(change)) ?? state }
            state.phaseIndex = index
            return state
        }
    }

    /// - Parameter phase: of the sample that is shown; nil before the first: the first phase.
    package func state(inPhase phase: String?) -> LoadState {
        states[plan.phases.firstIndex { $0.name == phase } ?? 0]
    }

    /// What a header shows of a plan that this version cannot run.
    private static func partly(_ json: JSON) -> Plan {
        func count(_ path: String) -> Int { json[path: path]?.number.flatMap { Int(exactly: $0) } ?? 0 }
        var plan = Plan(server: json["server"].map { _ in ServerPlan() }, client: json["client"].map { _ in ClientPlan() })
        plan.client?.connections = count("client.connections")
        plan.client?.streams = count("client.streams")
        plan.client?.rate = json[path: "client.rate"]?.number
        if case .array(let list)? = json["phases"] { plan.phases = list.compactMap { try? Phase(json: $0) } }
        return plan
    }
}
