internal import Load
internal import Measurements

/// A planned event as a scenario and a plan's JSON say it.
struct EventDraft: SettingPart {
    var place = ScenarioPlace()
    var time = Duration.zero
    var word: PlannedEvent.Word?
    var length: Duration?
    var count: Int?
    var policy: WritePolicy?

    static let limit = 256
    private static let lengths: ClosedRange<Duration> = .milliseconds(10)...(.seconds(3_600))

    static let settings: [Setting<EventDraft>] = [
        .init("at", \.time, .time(.zero...Phase.longestDuration), "When, from the start of the load.", isRequired: true),
        .init("do", \.word, .choice, "What happens.", isRequired: true),
        .init("for", \.length, .time(lengths), "How long a slow reader stays."),
        .init("count", \.count, .count(ClientPlan.connectionRange), "The number of connections."),
        .init("policy", \.policy, .choice, "The write policy from then on."),
    ]

    init() {}

    init(_ event: PlannedEvent) {
        time = event.time
        switch event.action {
        case .slowReader(let duration): (word, length) = (.slowReader, duration)
        case .writePolicy(let policy): (word, self.policy) = (.writePolicy, policy)
        case .connections(let count): (word, self.count) = (.connections, count)
        case .dropConnections(let count): (word, self.count) = (.dropConnections, count)
        case .drainServer: word = .drainServer
        }
    }

    /// Reads the list of events.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        guard let list = reader.list(node, limit: limit) else { return }
        for element in list {
            let issueCount = reader.issues.count
            var event = EventDraft()
            event.place = element.place
            guard reader.map(element, into: &event), reader.issues.count == issueCount else { continue }
            if event.event(scale: 1) == nil { reader.note(element.place, event.missing) }
            draft.events.append(event)
        }
    }

    private var missing: String {
        switch word {
        case .slowReader: "a slow reader needs its time; write 'for: 5s'"
        case .writePolicy: "a change of policy needs the policy; write 'policy: \(WritePolicy.allCases.map(\.rawValue).joined(separator: "' or 'policy: "))'"
        case .connections, .dropConnections: "the number of connections is missing; write 'count: 100'"
        case .drainServer, nil: "the event is missing; write 'do: \(PlannedEvent.Word.allCases.map(\.rawValue).joined(separator: "' or 'do: "))'"
        }
    }

    /// The event. Errors: what is missing.
    func checkedEvent() throws(SettingError) -> PlannedEvent {
        guard let event = event(scale: 1) else { throw SettingError("", missing) }
        return event
    }

    /// nil: something is missing.
    func event(scale: Double) -> PlannedEvent? {
        let action: PlannedEvent.Action? =
            switch word {
            case .slowReader: length.map { .slowReader($0.scaled(by: scale, atLeast: EventDraft.lengths.lowerBound)) }
            case .writePolicy: policy.map { .writePolicy($0) }
            case .connections: count.map { .connections($0) }
            case .dropConnections: count.map { .dropConnections($0) }
            case .drainServer: .drainServer
            case nil: nil
            }
        return action.map { PlannedEvent(time: time.scaled(by: scale), action: $0) }
    }
}
