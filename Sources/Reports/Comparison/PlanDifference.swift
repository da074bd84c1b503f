internal import Measurements
internal import Recording

/// Something that two runs were not alike in before they began.
package struct PlanDifference: Sendable, Equatable {
    /// As the recording's header has it, without `plan`: `client.path`, `duration`, `host.name`.
    package let name: String
    /// JSON, a string without its quotes; "-" where the run does not say.
    package let base: String
    package let other: String
    /// The runs were asked for different things: a change of their figures need not be the server's.
    package let isLoad: Bool

    /// - Parameters: of both runs; nil where one is not known, and nothing can differ.
    static func all(_ base: RecordingHeader?, _ other: RecordingHeader?) -> [PlanDifference] {
        guard let base, let other else { return [] }
        let left = facts(base), right = facts(other)
        let names = left.map(\.name) + right.map(\.name).filter { name in !left.contains { $0.name == name } }
        let differing = names.filter { name in value(name, left) != value(name, right) }
        return differing.filter { !isRepeated($0, among: differing) }.map { name in
            PlanDifference(
                name: name, base: text(value(name, left)), other: text(value(name, right)), isLoad: isLoad(name))
        }
    }

    private static func facts(_ header: RecordingHeader) -> [JSON.Member] {
        let json = header.json
        // An embedded server has any free port, and its clients go there.
        let ports: Set = header.plan["server"] == .null ? [] : ["server.listen", "server.tls_listen", "client.target"]
        return leaves(header.plan, "").filter { !ignored.contains($0.name) && !ports.contains($0.name) }
            + ["host", "tool"].flatMap { name in json[name].map { leaves($0, name + ".") } ?? [] }
    }

    /// What a run is judged by, and when it began, changes nothing that was measured.
    private static let ignored: Set = ["thresholds", "start_at"]

    /// The members of objects within objects, under dotted names.
    private static func leaves(_ json: JSON, _ prefix: String) -> [JSON.Member] {
        guard case .object(let members) = json else { return [] }
        return members.flatMap { member in
            if case .object = member.value { leaves(member.value, prefix + member.name + ".") } else { [JSON.Member(prefix + member.name, member.value)] }
        }
    }

    private static func value(_ name: String, _ facts: [JSON.Member]) -> JSON? { facts.first { $0.name == name }?.value }

    private static func text(_ value: JSON?) -> String { value.map { $0.string ?? $0.text } ?? "-" }

    /// The kinds of requests have paths, methods and bodies of their own, which a plan also has one by one.
    private static func isRepeated(_ name: String, among names: [String]) -> Bool {
        name == "client.request_kinds" && ["client.path", "client.method", "client.data"].contains(where: names.contains)
    }

    /// The server's address is no part of the load: the runs may be of two servers.
    private static func isLoad(_ name: String) -> Bool {
        if name == "client.target" || name == "client.connect_to" { return false }
        return name.hasPrefix("client.") || ["duration", "phases", "events", "share", "seed"].contains(name)
    }
}
