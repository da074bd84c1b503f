internal import Measurements

/// A planned event as its keys fill it.
struct EventDraft {
    var place: ScenarioPlace
    var time = Duration.zero
    var word: PlannedEvent.Word?
    var length: Duration?
    var count: Int?
    var policy: WritePolicy?

    static let limit = 256
    private static let times: ClosedRange<Duration> = .zero...(.seconds(86_400 * 366))
    private static let words = PlannedEvent.Word.allCases.map(\.rawValue)

    static let keys: [ScenarioKey<EventDraft>] = [
        .duration("at", times, "When, from the start of the load", isRequired: true) { $0.time = $1 },
        .init("do", .choice(words), "What happens", isRequired: true) { value, reader, draft in
            draft.word = reader.choice(value, words).flatMap(PlannedEvent.Word.init)
        },
        .duration("for", .milliseconds(10)...(.seconds(3_600)), "How long a slow reader stays") { $0.length = $1 },
        .count("count", 1...64_000, "How many connections") { $0.count = $1 },
        .choice("policy", WritePolicy.self, "Which write policy") { $0.policy = $1 },
    ]

    /// Reads the list of events.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        guard let list = reader.list(node, limit: limit) else { return }
        for element in list {
            let issueCount = reader.issues.count
            var event = EventDraft(place: element.place)
            guard reader.map(element, keys, into: &event), reader.issues.count == issueCount else { continue }
            if event.event(scale: 1) == nil { reader.note(element.place, event.missing) }
            draft.events.append(event)
        }
    }

    private var missing: String {
        switch word {
        case .slowReader: "a slow reader for how long? Write 'for: 5s'"
        case .writePolicy: "which policy? Write 'policy: \(WritePolicy.allCases.map(\.rawValue).joined(separator: "' or 'policy: "))'"
        case .connections, .dropConnections: "how many connections? Write 'count: 100'"
        case .drainServer, nil: "what is to happen?"
        }
    }

    /// nil: something is missing.
    func event(scale: Double) -> PlannedEvent? {
        let action: PlannedEvent.Action? =
            switch word {
            case .slowReader: length.map { .slowReader(scale == 1 ? $0 : $0 * scale) }
            case .writePolicy: policy.map { .writePolicy($0) }
            case .connections: count.map { .connections($0) }
            case .dropConnections: count.map { .dropConnections($0) }
            case .drainServer: .drainServer
            case nil: nil
            }
        return action.map { PlannedEvent(time: scale == 1 ? time : time * scale, action: $0) }
    }
}
