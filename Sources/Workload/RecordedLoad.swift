internal import Load
package import Measurements

/// The load that a recording's plan asked for, phase by phase: what a header says in a replay, as live.
package struct RecordedLoad: Sendable {
    /// The load of one phase, or of a run without phases.
    package struct Part: Sendable, Equatable {
        package let connections: Int
        package let streams: Int
        /// "closed", "open 2000/s", "steady: open 2000/s"
        package let text: String
    }

    private let whole: Part
    /// With what each phase leaves as it was before.
    private let phases: [(name: String, part: Part)]

    /// - Parameter plan: of the recording's header. What it lacks is 0, or a closed load.
    package init(plan: JSON) {
        func count(_ path: String) -> Int { plan[path: path]?.number.flatMap { Int(exactly: $0) } ?? 0 }
        var connections = count("client.connections"), streams = count("client.streams")
        whole = Part(
            connections: connections, streams: streams,
            text: plan[path: "client.rate"]?.number.map { "open \(JSON.number($0).text)/s" } ?? "closed")
        guard case .array(let list)? = plan["phases"] else {
            phases = []
            return
        }
        phases = list.compactMap(Phase.init(json:)).map { phase in
            connections = phase.connections ?? connections
            streams = phase.streams ?? streams
            return (phase.name, Part(connections: connections, streams: streams, text: "\(phase.name): \(phase.loadText)"))
        }
    }

    /// - Parameter phase: of the sample that is shown; nil before the first: the first phase.
    package func part(inPhase phase: String?) -> Part {
        (phases.first { phase == nil || $0.name == phase } ?? phases.first)?.part ?? whole
    }
}
