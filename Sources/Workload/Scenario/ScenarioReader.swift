internal import Measurements

/// Reads values of a scenario, and gathers all errors in them, not the first only.
struct ScenarioReader {
    private(set) var issues: [ScenarioIssue] = []
    /// Whether a file can be a request's body, and its path from here.
    let findFile: (String) throws(BodyFileError) -> String
    /// The variables that `${NAME}` stands for.
    let environment: [String: String]

    init(environment: [String: String], findFile: @escaping (String) throws(BodyFileError) -> String) {
        self.environment = environment
        self.findFile = findFile
    }

    /// Notes an error.
    mutating func note(_ place: ScenarioPlace, _ text: String) {
        let issue = ScenarioIssue(place: place, text: text)
        // Trials read the same lines again.
        if !issues.contains(issue) { issues.append(issue) }
    }

    // MARK: Mappings and lists

    /// Reads a mapping by the settings of a part. - Returns: false when it is not a mapping.
    mutating func map<Part: SettingPart>(_ node: ScenarioNode, into part: inout Part) -> Bool {
        let keys = Part.settings.filter { $0.places.contains(.key) }
        guard let entries = entries(node, example: keys.first.map { "\($0.name): ..." } ?? "key: value") else { return false }
        for entry in entries {
            if let key = keys.first(where: { $0.name == entry.key }) {
                key.read(entry.value, &self, into: &part)
            } else {
                unknown(entry, keys.map(\.name))
            }
        }
        for key in keys where key.isRequired && !entries.contains(where: { $0.key == key.name }) {
            note(node.place, "key '\(key.name)' is missing: \(key.keyMeaning)")
        }
        return true
    }

    /// A mapping's entries, each key once. nil: it is not a mapping.
    mutating func entries(_ node: ScenarioNode, example: String) -> [ScenarioNode.Entry]? {
        guard case .map(let entries) = node.content else {
            note(node.place, "\(node.noun) is not a mapping; write { \(example) }")
            return nil
        }
        var seen: [String: ScenarioPlace] = [:]
        var once: [ScenarioNode.Entry] = []
        for entry in entries {
            if let first = seen[entry.key] {
                note(entry.keyPlace, "key '\(entry.key.quotable)' is there twice; first in line \(first.line)")
            } else {
                seen[entry.key] = entry.keyPlace
                once.append(entry)
            }
        }
        return once
    }

    /// Notes a key that does not exist, with the nearest one that does.
    mutating func unknown(_ entry: ScenarioNode.Entry, _ names: [String]) {
        let advice = Spelling.nearest(to: entry.key, of: names).map { "; did you mean '\($0)'?" } ?? "; there are \(names.joined(separator: ", "))"
        note(entry.keyPlace, "unknown key '\(entry.key.quotable)'\(advice)")
    }

    /// nil: it is not a list.
    mutating func list(_ node: ScenarioNode, limit: Int) -> [ScenarioNode]? {
        guard case .list(let elements) = node.content else {
            note(node.place, "\(node.noun) is not a list; begin each element with '- '")
            return nil
        }
        if elements.count > limit { note(node.place, "there are more than \(limit) elements") }
        return Array(elements.prefix(limit))
    }

    // MARK: Single values

    /// nil: it is not a text.
    ///
    /// - Parameter type: what it should be, for the words about it.
    mutating func text(_ node: ScenarioNode, _ type: ValueType) -> String? {
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            note(node.place, "\(node.noun) \(type.refusal)")
            return nil
        }
        return text
    }

    /// A file that can be a request's body: its path from here.
    mutating func file(_ node: ScenarioNode) -> String? {
        guard let text = text(node, .file) else { return nil }
        do throws(BodyFileError) { return try findFile(text) } catch {
            note(node.place, error.description)
            return nil
        }
    }

    /// What `read` makes of a node; nil, and a note, where it cannot.
    mutating func noting<Value>(_ node: ScenarioNode, _ read: () throws(SettingError) -> Value) -> Value? {
        do throws(SettingError) { return try read() } catch {
            note(node.place, error.words)
            return nil
        }
    }
}
