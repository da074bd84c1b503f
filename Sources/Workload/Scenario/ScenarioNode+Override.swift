internal import Measurements

extension ScenarioNode {
    /// Puts in what `--set key=value` says: `phases.steady.duration=2s`, `client.connections=8`. An
    /// element of a list is named by its number, from 0, or by its `name`.
    mutating func apply(_ override: String, index: Int, _ reader: inout ScenarioReader) throws(YAMLProblem) {
        let place = ScenarioPlace(override: index, line: 1, column: 1)
        let parts = override.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, path.allSatisfy({ !$0.isEmpty }) else {
            return reader.note(place, "this is not an override; write KEY=VALUE, as in client.connections=8")
        }
        let value = parts[1].isEmpty
            ? ScenarioNode(content: .scalar("", isQuoted: false), place: place) : try ScenarioNode(yaml: String(parts[1]), environment: reader.environment, override: index)
        set(value, at: path[...], place, &reader)
    }

    /// The same with a value that was written elsewhere: `server.write_policy` is what is to be set.
    mutating func set(_ value: ScenarioNode, at key: String, _ place: ScenarioPlace, _ reader: inout ScenarioReader) {
        let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.allSatisfy({ !$0.isEmpty }) else { return reader.note(place, "this is not a key; write client.connections") }
        set(value, at: path[...], place, &reader)
    }

    /// A mapping without one of its keys.
    func without(_ key: String) -> ScenarioNode {
        guard case .map(let entries) = content else { return self }
        return ScenarioNode(content: .map(entries.filter { $0.key != key }), place: place)
    }

    private mutating func set(_ value: ScenarioNode, at path: ArraySlice<String>, _ place: ScenarioPlace, _ reader: inout ScenarioReader) {
        guard let first = path.first else {
            self = value
            return
        }
        switch content {
        case .map(var entries):
            let index = entries.firstIndex { $0.key == first } ?? entries.count
            if index == entries.count {
                // Reading reports a key that does not exist.
                let empty = ScenarioNode(content: path.count == 1 ? .scalar("", isQuoted: false) : .map([]), place: place)
                entries.append(Entry(key: first, keyPlace: place, value: empty))
            }
            entries[index].value.set(value, at: path.dropFirst(), place, &reader)
            content = .map(entries)
        case .list(var elements):
            guard let index = elements.firstIndex(named: first) else {
                let names = elements.compactMap(\.name)
                let advice = Spelling.nearest(to: first, of: names).map { "; did you mean '\($0)'?" } ?? ""
                return reader.note(place, "the list has no element '\(first)'\(advice)")
            }
            elements[index].set(value, at: path.dropFirst(), place, &reader)
            content = .list(elements)
        case .scalar:
            reader.note(place, "'\(first)' would be a key of \(noun), which has no keys")
        }
    }

    fileprivate var name: String? {
        guard case .map(let entries) = content, let entry = entries.first(where: { $0.key == "name" }),
            case .scalar(let name, _) = entry.value.content
        else { return nil }
        return name
    }
}

extension [ScenarioNode] {
    fileprivate func firstIndex(named name: String) -> Int? {
        if let number = Int(name), indices.contains(number) { return number }
        return firstIndex { $0.name == name }
    }
}
