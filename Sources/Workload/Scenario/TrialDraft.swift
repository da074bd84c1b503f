internal import Measurements

/// A trial as it was written: other values for some keys of its scenario, as `--set` has them.
struct TrialDraft: SettingPart {
    var place = ScenarioPlace()
    var name = ""
    var expectation = Trial.Expectation.isClean
    var changes: [ScenarioNode.Entry] = []

    /// Trials of a scenario: more do not fit side by side into a table.
    static let limit = 16

    static let settings: [Setting<TrialDraft>] = [
        .init("name", \.name, .name, "What the table calls it, and its recording.", isRequired: true),
        .init(key: "set", .changes, "Its own values: server.write_policy: copy.") { node, reader, draft in
            draft.changes = reader.entries(node, example: "server.write_policy: copy") ?? []
        },
        .init(
            "expect", \.expectation, .choice,
            "clean: all is answered and right, and thresholds are kept; crash: its process dies; fail: that, or a fault is found."),
    ]

    /// Reads the list of trials.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        guard let list = reader.list(node, limit: limit) else { return }
        if list.isEmpty { reader.note(node.place, "an empty list has no trials; write - { name: copy, set: { server.write_policy: copy } }") }
        var names: [String: ScenarioPlace] = [:]
        for element in list {
            var trial = TrialDraft()
            trial.place = element.place
            guard reader.map(element, into: &trial) else { continue }
            if let first = names[trial.name] { reader.note(trial.place, "a trial '\(trial.name)' is there already, in line \(first.line)") }
            if trial.name.contains("/") { reader.note(trial.place, "the name of a trial becomes part of a file's; leave out the '/'") }
            names[trial.name] = trial.place
            for change in trial.changes where change.key.split(separator: ".").first == "trials" {
                reader.note(change.keyPlace, "a trial has no trials")
            }
            draft.trials.append(trial)
        }
    }

    /// The trial of a scenario without errors.
    ///
    /// - Parameter override: puts in what the command line says, which has the last word.
    func trial(
        of scenario: ScenarioNode, _ reader: inout ScenarioReader, override: (inout ScenarioNode, inout ScenarioReader) throws(YAMLProblem) -> Void
    ) throws(YAMLProblem) -> Trial {
        var node = scenario
        for change in changes { node.set(change.value, at: change.key, change.keyPlace, &reader) }
        try override(&node, &reader)
        var draft = ScenarioDraft()
        _ = reader.map(node, into: &draft)
        draft.check(&reader, place)
        var plan = draft.scenario(defaultName: name).plan
        // A process each, so that costs compare.
        plan.isIsolated = true
        return Trial(name: name, plan: plan, expectation: expectation, changes: changes.map { "\($0.key): \($0.value.shortText)" })
    }
}

extension ScenarioNode {
    /// The value in a line, for people.
    fileprivate var shortText: String {
        switch content {
        case .scalar(let text, _): text
        case .list(let elements): "[\(elements.count)]"
        case .map: "{...}"
        }
    }
}
