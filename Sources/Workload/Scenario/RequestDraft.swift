/// A kind of request as its keys fill it.
struct RequestDraft {
    var place: ScenarioPlace
    var name: String?
    var path: String?
    var weight = 1

    static let limit = 64
    private static let weightRange = 1...1_000

    static let keys: [ScenarioKey<RequestDraft>] = [
        .text("name", "For people") { $0.name = $1 },
        .init("get", .text, "A path, with perhaps a query: /bytes/1KiB", isRequired: true) { value, reader, draft in
            draft.path = reader.parse(value, RequestPart.path)
        },
        .count("weight", weightRange, "How often, beside the others") { $0.weight = $1 },
    ]

    /// Reads the list of requests.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        guard let list = reader.list(node, limit: limit) else { return }
        if list.isEmpty { reader.note(node.place, "an empty list asks for nothing") }
        for element in list {
            var request = RequestDraft(place: element.place)
            if reader.map(element, keys, into: &request) { draft.requests.append(request) }
        }
    }

    /// All of them in turn, each as often as its weight says, spread as evenly as goes.
    static func paths(_ requests: [RequestDraft]) -> [String] {
        WeightedTurns.order(requests.map(\.weight)).compactMap { requests[$0].path }
    }
}

/// Taking turns by weight.
enum WeightedTurns {
    /// A turn of each weight's index as often as the weight says, with the least bunching: each time
    /// the one that is furthest behind its share.
    static func order(_ weights: [Int]) -> [Int] {
        let divisor = weights.reduce(0) { greatestCommonDivisor($0, $1) }
        guard divisor > 0 else { return [] }
        let shares = weights.map { $0 / divisor }
        let total = shares.reduce(0, +)
        var credit = shares.map { _ in 0 }
        return (0..<total).map { _ in
            for index in shares.indices { credit[index] += shares[index] }
            let next = credit.indices.max { credit[$0] < credit[$1] } ?? 0
            credit[next] -= total
            return next
        }
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
}
