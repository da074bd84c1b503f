internal import Load
internal import Measurements
internal import Reports

/// A threshold as it was written, and where.
struct ThresholdDraft: SettingPart {
    var place = ScenarioPlace()
    var phase: String?
    var phasePlace = ScenarioPlace()
    var parsed: Threshold?
    var checkPlace = ScenarioPlace()
    var aborts = false
    var after: Duration?

    static let limit = 64

    static let settings: [Setting<ThresholdDraft>] = [
        .init(key: "check", .threshold, "What must hold: client.response_time.p99 < 25ms", isRequired: true) { node, reader, draft in
            draft.read(check: node, &reader)
        },
        .init("abort", \.aborts, .flag, "End the run as soon as it does not hold."),
        .init("after", \.after, .time(.zero...Phase.longestDuration), "With `abort`: not before so long into the phase."),
    ]

    init() {}

    init(_ place: ScenarioPlace, phase: String?, phasePlace: ScenarioPlace) {
        self.place = place
        self.phase = phase
        self.phasePlace = phasePlace
        checkPlace = place
    }

    /// Reads the list: `- steady: client.response_time.p99 < 25ms`, or the condition alone, for all phases.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        guard let list = reader.list(node, limit: limit) else { return }
        for element in list {
            if case .scalar = element.content {
                var threshold = ThresholdDraft(element.place, phase: nil, phasePlace: element.place)
                threshold.read(check: element, &reader)
                draft.thresholds.append(threshold)
                continue
            }
            guard let entries = reader.entries(element, example: "all: client.requests.failed == 0") else { continue }
            guard let entry = entries.first, entries.count == 1 else {
                reader.note(element.place, "an element has more than one threshold; write each as '- phase: condition'")
                continue
            }
            var threshold = ThresholdDraft(element.place, phase: entry.key == Condition.wholeRun ? nil : entry.key, phasePlace: entry.keyPlace)
            if case .map = entry.value.content {
                guard reader.map(entry.value, into: &threshold) else { continue }
            } else {
                threshold.read(check: entry.value, &reader)
            }
            if threshold.after != nil, !threshold.aborts { reader.note(element.place, "'after' goes with 'abort: true'") }
            draft.thresholds.append(threshold)
        }
    }

    private mutating func read(check node: ScenarioNode, _ reader: inout ScenarioReader) {
        checkPlace = node.place
        guard let text = reader.text(node, .threshold) else { return }
        do throws(ConditionError) {
            parsed = try Threshold(parsing: text, phase: phase)
            // "steady: ..." in quotes is a condition with its phase.
            phase = parsed?.phase
        } catch {
            reader.note(node.place, error.description)
        }
    }

    /// Whether it can ever be evaluated.
    func check(_ scenario: ScenarioDraft, _ reader: inout ScenarioReader) {
        let named = scenario.phases.filter { phase == nil ? !$0.isWarmup : $0.name == phase }
        if let phase, named.isEmpty {
            let names = scenario.phases.map(\.name)
            let advice = Spelling.nearest(to: phase, of: names + [Condition.wholeRun]).map { "; did you mean '\($0)'?" }
                ?? "; there are \((names + [Condition.wholeRun]).joined(separator: ", "))"
            return reader.note(phasePlace, "no phase '\(phase)'\(advice)")
        }
        if let phase, named.first?.isWarmup == true {
            return reader.note(phasePlace, "'\(phase)' is a warm-up, which is not judged")
        }
        guard let figure = parsed?.figure, !named.isEmpty else { return }
        check(request: figure.request, scenario, &reader)
        let isWatched = scenario.server?.isWatched == true
        if figure.metric.hasPrefix("server."), scenario.target != nil, !isWatched {
            reader.note(checkPlace, "'\(figure.metric)' can never be evaluated: the server of 'target' is not ours")
        }
        if isWatched, let metric = Metric.named(figure.metric), !metric.figures.isDisjoint(with: [.http, .failedHandshakes, .arenas]) {
            reader.note(checkPlace, "'\(figure.metric)' can never be evaluated: a watched server does not tell it")
        }
        if figure.metric.hasPrefix("watch."), !isWatched {
            reader.note(checkPlace, "'\(figure.metric)' can never be evaluated: no server is watched; write server: { watch: [\"./server\"] }")
        }
        let isOpen = named.contains { $0.rate != nil }
        if ["client.requests.asked_rate", "client.requests.achieved", "client.schedule_delay"].contains(figure.metric), !isOpen {
            reader.note(checkPlace, "'\(figure.metric)' can never be evaluated: without 'rate' there is no schedule")
        }
        if ["client.response_time", "client.service_time"].contains(figure.metric), named.allSatisfy(\.isPause) {
            reader.note(checkPlace, "'\(figure.metric)' can never be evaluated: a pause has no requests")
        }
        let length = named.reduce(Duration.zero) { $0 + $1.duration }
        if let after, after >= length { reader.note(place, "'after' is as long as the phase: it can never be evaluated") }
    }

    private func check(request: String?, _ scenario: ScenarioDraft, _ reader: inout ScenarioReader) {
        let names = RequestKind.names(of: scenario.kinds)
        guard let request, !names.contains(request) else { return }
        let advice = Spelling.nearest(to: request, of: names).map { "; did you mean '\($0)'?" } ?? "; there are \(names.joined(separator: ", "))"
        reader.note(checkPlace, "no request '\(request)'\(advice)")
    }

    func threshold(scale: Double) -> Threshold? {
        var threshold = parsed
        threshold?.aborts = aborts
        threshold?.after = (after ?? .zero) * scale
        return threshold
    }
}
