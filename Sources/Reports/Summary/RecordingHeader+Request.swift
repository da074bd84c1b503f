internal import Load
internal import Measurements
package import Recording

extension RecordingHeader {
    /// The load that the plan asked for.
    package var request: Summary.Request {
        func count(_ path: String) -> Int? { plan[path: path]?.number.flatMap { Int(exactly: $0) } }
        let load = count("client.connections").map {
            Summary.Load(
                connections: $0, streams: count("client.streams") ?? 1, rate: plan[path: "client.rate"]?.number,
                requests: count("client.requests"), phases: phases)
        }
        let address = plan[path: "client.target"]?.string ?? plan[path: "server.listen"]?.string ?? ""
        return Summary.Request(address: address, load: load, cpuCount: cpuCount)
    }

    /// Their names and kinds of load; their times are in the samples.
    private var phases: [Phase] {
        guard case .array(let phases)? = plan["phases"] else { return [] }
        return phases.map { phase in
            Phase(
                name: phase["name"]?.string ?? "", duration: .zero,
                load: phase["rate"]?.number.map { .open(OpenLoad(rate: $0)) } ?? .closed, isWarmup: phase["warmup"] == .bool(true))
        }
    }
}
