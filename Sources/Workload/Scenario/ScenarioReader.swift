internal import Measurements

/// Reads values of a scenario, and gathers what is wrong with them: all of it, not the first only.
struct ScenarioReader {
    private(set) var issues: [ScenarioIssue] = []
    /// Whether a file can be a request's body, and its path from here.
    let findFile: (String) throws(BodyFileError) -> String

    init(findFile: @escaping (String) throws(BodyFileError) -> String) { self.findFile = findFile }

    /// Notes something wrong.
    mutating func note(_ place: ScenarioPlace, _ text: String) {
        let issue = ScenarioIssue(place: place, text: text)
        // Trials read the same lines again.
        if !issues.contains(issue) { issues.append(issue) }
    }

    // MARK: Mappings and lists

    /// Reads a mapping by its keys. - Returns: false when it is none.
    mutating func map<Target>(_ node: ScenarioNode, _ keys: [ScenarioKey<Target>], into target: inout Target) -> Bool {
        guard let entries = entries(node, example: keys.first.map { "\($0.name): ..." } ?? "key: value") else { return false }
        for entry in entries {
            if let key = keys.first(where: { $0.name == entry.key }) {
                key.read(entry.value, &self, &target)
            } else {
                unknown(entry, keys.map(\.name))
            }
        }
        for key in keys where key.isRequired && !entries.contains(where: { $0.key == key.name }) {
            note(node.place, "key '\(key.name)' is missing: \(key.meaning)")
        }
        return true
    }

    /// A mapping's entries, each key once. nil: it is no mapping.
    mutating func entries(_ node: ScenarioNode, example: String) -> [ScenarioNode.Entry]? {
        guard case .map(let entries) = node.content else {
            note(node.place, "\(node.noun) is no mapping; write { \(example) }")
            return nil
        }
        var seen: [String: ScenarioPlace] = [:]
        var once: [ScenarioNode.Entry] = []
        for entry in entries {
            if let first = seen[entry.key] {
                note(entry.keyPlace, "key '\(entry.key)' is there twice; first in line \(first.line)")
            } else {
                seen[entry.key] = entry.keyPlace
                once.append(entry)
            }
        }
        return once
    }

    /// Notes a key that there is not, with the nearest one that there is.
    mutating func unknown(_ entry: ScenarioNode.Entry, _ names: [String]) {
        let advice = Spelling.nearest(to: entry.key, of: names).map { "; did you mean '\($0)'?" } ?? "; there are \(names.joined(separator: ", "))"
        note(entry.keyPlace, "unknown key '\(entry.key)'\(advice)")
    }

    /// nil: it is no list.
    mutating func list(_ node: ScenarioNode, limit: Int) -> [ScenarioNode]? {
        guard case .list(let elements) = node.content else {
            note(node.place, "\(node.noun) is no list; begin each element with '- '")
            return nil
        }
        if elements.count > limit { note(node.place, "more than \(limit) elements") }
        return Array(elements.prefix(limit))
    }

    // MARK: Single values

    mutating func text(_ node: ScenarioNode) -> String? {
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            note(node.place, "\(node.noun) is no text")
            return nil
        }
        return text
    }

    mutating func name(_ node: ScenarioNode) -> String? {
        guard let text = text(node) else { return nil }
        guard !text.allSatisfy(\.isWhitespace) else {
            note(node.place, "'\(text)' is no name: nobody could call it by that")
            return nil
        }
        return text
    }

    mutating func flag(_ node: ScenarioNode) -> Bool? {
        if case .scalar(let text, isQuoted: false) = node.content {
            if text == "true" { return true }
            if text == "false" { return false }
        }
        note(node.place, "\(node.noun) is neither true nor false")
        return nil
    }

    mutating func choice(_ node: ScenarioNode, _ words: [String]) -> String? {
        guard let text = text(node) else { return nil }
        if words.contains(text) { return text }
        let advice = Spelling.nearest(to: text, of: words).map { "; did you mean '\($0)'?" } ?? ""
        note(node.place, "'\(text)' is none of \(words.joined(separator: ", "))\(advice)")
        return nil
    }

    /// With a unit: nobody should have to guess what 5 means.
    mutating func duration(_ node: ScenarioNode, _ range: ClosedRange<Duration>) -> Duration? {
        guard let text = text(node) else { return nil }
        if text.allSatisfy({ $0.isNumber || $0 == "." }) {
            note(node.place, "'\(text)' needs a unit; write 500ms, 30s or 1m30s")
            return nil
        }
        return quantity(node) { () throws(QuantityError) in try Quantity.duration(text, in: range) }
    }

    mutating func size(_ node: ScenarioNode, _ range: ClosedRange<Int>) -> Int? {
        guard let text = text(node) else { return nil }
        return quantity(node) { () throws(QuantityError) in try Quantity.byteCount(text, in: range, allowsBareNumber: false) }
    }

    mutating func count(_ node: ScenarioNode, _ range: ClosedRange<Int>) -> Int? {
        guard let text = text(node) else { return nil }
        return quantity(node) { () throws(QuantityError) in try Quantity.count(text, in: range) }
    }

    mutating func rate(_ node: ScenarioNode, _ range: ClosedRange<Double>) -> Double? {
        guard let text = text(node) else { return nil }
        return quantity(node) { () throws(QuantityError) in try Quantity.rate(text, in: range) }
    }

    /// 0 to 1, or per cent.
    mutating func share(_ node: ScenarioNode) -> Double? {
        guard let text = text(node) else { return nil }
        let isPercent = text.hasSuffix("%")
        guard let number = Double(isPercent ? text.dropLast() : text[...]), (0...(isPercent ? 100 : 1)).contains(number) else {
            note(node.place, "'\(text)' is no share; write 0.05 or 5%")
            return nil
        }
        return isPercent ? number / 100 : number
    }

    private mutating func quantity<Value>(_ node: ScenarioNode, _ read: () throws(QuantityError) -> Value) -> Value? {
        do throws(QuantityError) { return try read() } catch {
            note(node.place, error.description)
            return nil
        }
    }

    /// What a part of a request, an address and the like make of a text.
    mutating func parse<Value, Problem: Error & CustomStringConvertible>(
        _ node: ScenarioNode, _ read: (String) throws(Problem) -> Value
    ) -> Value? {
        guard let text = text(node) else { return nil }
        do throws(Problem) { return try read(text) } catch {
            note(node.place, error.description)
            return nil
        }
    }
}
