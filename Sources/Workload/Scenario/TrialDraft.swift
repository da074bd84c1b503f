internal import Measurements

/// A trial as it was written: other values for some keys of its scenario, as `--set` has them.
struct TrialDraft {
    var place: ScenarioPlace
    var name = ""
    var expectation = Trial.Expectation.isClean
    var changes: [ScenarioNode.Entry] = []

    /// Trials of a scenario: a table of more is read by nobody.
    static let limit = 16

    static let keys: [ScenarioKey<TrialDraft>] = [
        .name("name", "What the table calls it, and its recording", isRequired: true) { $0.name = $1 },
        .init("set", .changes, "Its own values: server.write_policy: copy") { value, reader, draft in
            draft.changes = reader.entries(value, example: "server.write_policy: copy") ?? []
        },
        .choice(
            "expect", Trial.Expectation.self,
            "clean: all is answered and right, and thresholds are kept; crash: its process dies; fail: that, or something is found"
        ) { $0.expectation = $1 },
    ]

    /// Reads the list of trials.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        guard let list = reader.list(node, limit: limit) else { return }
        if list.isEmpty { reader.note(node.place, "an empty list tries nothing") }
        var names: [String: ScenarioPlace] = [:]
        for element in list {
            var trial = TrialDraft(place: element.place)
            guard reader.map(element, keys, into: &trial) else { continue }
            if let first = names[trial.name] { reader.note(trial.place, "a trial '\(trial.name)' is there already, in line \(first.line)") }
            if trial.name.contains("/") { reader.note(trial.place, "a trial's name is part of a file's: no '/'") }
            names[trial.name] = trial.place
            for change in trial.changes where change.key.split(separator: ".").first == "trials" {
                reader.note(change.keyPlace, "a trial has no trials")
            }
            draft.trials.append(trial)
        }
    }

    /// The trial of a scenario in which nothing is wrong.
    ///
    /// - Parameter override: puts in what the command line says, which has the last word.
    func trial(
        of scenario: ScenarioNode, _ reader: inout ScenarioReader, override: (inout ScenarioNode, inout ScenarioReader) throws(YAMLProblem) -> Void
    ) throws(YAMLProblem) -> Trial {
        var node = scenario
        for change in changes { node.set(change.value, at: change.key, change.keyPlace, &reader) }
        try override(&node, &reader)
        var draft = ScenarioDraft()
        _ = reader.map(node, ScenarioKeys.top, into: &draft)
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
