internal import Measurements

/// Every key of a scenario file, in words, from the rows that read it: a page of the manual.
package enum ScenarioReference {
    /// The page, in Markdown.
    package static var page: String {
        """
        # Scenario reference

        Every key of a scenario file: what it may be, what holds without it, and what it means. [Scenarios](scenarios.md) has \
        examples; `highwater run FILE --check` tells every mistake in a file with its line.

        This page is what `highwater scenarios reference` prints.

        ## The file

        \(table(of: keys))

        """ + keys.map { sections(on: $0, level: "##") }.joined()
    }

    /// Keys that `--set` can name without knowing the file: those of the server, the clients and the file itself.
    package static var changeableKeys: [(path: String, meaning: String)] {
        keys.flatMap { key -> [(path: String, meaning: String)] in
            if case .map(let inner) = key.type { return inner.filter { $0.type.inner == nil }.map { ("\(key.name).\($0.name)", $0.meaning) } }
            return key.type.inner == nil && key.name != "version" ? [(key.name, key.meaning)] : []
        }
    }

    private static var keys: [SettingDescription] { if case .map(let keys) = ScenarioDraft.mapType { keys } else { [] } }

    /// A section on a key whose value has keys of its own; empty for any other.
    private static func sections(on key: SettingDescription, level: String) -> String {
        guard let inner = key.type.inner else { return "" }
        let words = key.type.isList ? "\(key.meaning) A list; each element has these keys:" : key.meaning
        return "\n\(level) \(key.name)\n\n\(words)\n\n\(table(of: inner))\n" + inner.map { sections(on: $0, level: level + "#") }.joined()
    }

    private static func table(of keys: [SettingDescription]) -> String {
        (["| key | value | without it | |", "|---|---|---|---|"]
            + keys.map { "| `\($0.name)` | \($0.type.words) | \($0.isRequired ? "an error" : $0.scenarioStandard) | \($0.meaning.cell) |" })
            .joined(separator: "\n")
    }
}

extension SettingDescription {
    /// A scenario has no dashboard's defaults, which stand behind a semicolon.
    fileprivate var scenarioStandard: String { standard.map { String($0.prefix { $0 != ";" }).cell } ?? "" }
}

extension ValueType {
    /// The keys of its mapping, however deep in lists and choices that is; nil where there is none.
    fileprivate var inner: [SettingDescription]? {
        switch self {
        case .map(let keys): keys
        case .list(let element), .named(let element): element.inner
        case .either(let types): types.compactMap(\.inner).first
        default: nil
        }
    }

    fileprivate var isList: Bool { if case .list = self { true } else { false } }

    /// What it may be, for people.
    fileprivate var words: String {
        switch self {
        case .text: "text"
        case .name: "text, not blank"
        case .file: "name of a file"
        case .written(let example): "text like `\(example)`"
        case .flag: "`true` or `false`"
        case .count(let range) where range.lowerBound == range.upperBound: "\(range.lowerBound)"
        case .count(let range): "number, \(Quantity.count.text(of: range))"
        case .size(let range): "size, \(Quantity.size.text(of: range))"
        case .time(let range): "time, \(Quantity.time.text(of: range.lowerBound.wholeNanoseconds...range.upperBound.wholeNanoseconds))"
        case .rate(let range): "rate, \(Quantity.rate.text(of: range))"
        case .share(let range): "share, \(Quantity.share.text(of: range))"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .threshold: "condition like `client.response_time.p99 < 25ms`"
        case .list(let element): element.inner == nil ? "list: \(element.words)" : "list, see below"
        case .map: "keys, see below"
        case .texts: "mapping of names to texts"
        case .changes: "mapping of keys, `server.write_policy: copy`"
        case .named(let value): "`NAME:` and a \(value.inner == nil ? value.words : "condition, or keys")"
        case .either(let types): types.map(\.words).joined(separator: "; or ")
        }
    }
}

extension String {
    /// As a cell of a table has it.
    fileprivate var cell: String { replacing("|", with: "\\|") }
}
