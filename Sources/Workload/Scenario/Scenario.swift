/// A scripted run: its plan, and the thresholds that it has to keep.
package struct Scenario: Sendable {
    package var name: String
    /// One line, for people.
    package var summary: String
    package var plan: Plan
    /// Run instead of `plan`, one after the other, if there are any.
    package var trials: [Trial]
    /// Where to record to; nil: nowhere.
    package var recordFile: String?

    /// The longest file that is read, bytes.
    package static let byteLimit = ScenarioNode.byteLimit

    /// Reads a scenario file.
    ///
    /// - Parameters:
    ///   - file: its name, for errors.
    ///   - overrides: `key=value`, as `--set` has them.
    ///   - environment: the variables that `${NAME}` stands for.
    ///   - findFile: whether a file that the scenario names can be a request's body, and its path from here.
    package init(
        parsing text: String, file: String, overrides: [String] = [], environment: [String: String] = [:],
        findFile: @escaping (String) throws(BodyFileError) -> String = { (path) throws(BodyFileError) in path }
    ) throws(ScenarioError) {
        var reader = ScenarioReader(environment: environment, findFile: findFile)
        var draft = ScenarioDraft()
        var trials: [Trial] = []
        do throws(YAMLProblem) {
            var node = try ScenarioNode(yaml: text, environment: environment)
            for (index, override) in overrides.enumerated() { try node.apply(override, index: index, &reader) }
            _ = reader.map(node, into: &draft)
            draft.check(&reader, node.place)
            // An error of the scenario would be reported again for each trial.
            if reader.issues.isEmpty { trials = try Scenario.trials(draft.trials, of: node.without("trials"), overrides, &reader) }
        } catch {
            reader.note(error.place, error.text)
        }
        guard reader.issues.isEmpty else { throw ScenarioError(reader.issues, name: file, text: text, overrides: overrides) }
        self = draft.scenario(defaultName: file)
        self.trials = trials
    }

    private static func trials(
        _ drafts: [TrialDraft], of node: ScenarioNode, _ overrides: [String], _ reader: inout ScenarioReader
    ) throws(YAMLProblem) -> [Trial] {
        var trials: [Trial] = []
        for draft in drafts {
            trials.append(try draft.trial(of: node, &reader) { (node, reader) throws(YAMLProblem) in
                for (index, override) in overrides.enumerated() where !override.hasPrefix("trials.") {
                    try node.apply(override, index: index, &reader)
                }
            })
        }
        return trials
    }
}

/// Why a file cannot be a request's body, for people.
package struct BodyFileError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
