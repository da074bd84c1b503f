internal import ArgumentParser
internal import Measurements

/// One argument or option of a command, as the argument parser describes it.
struct OptionDescription {
    /// `-c`, `--connections`; empty for an argument, which has only its place.
    var names: [String]
    /// What the help calls the value: "file", "name|file". nil for a flag.
    var value: String?
    /// The values that it may have, where they can be counted.
    var choices: [String]
    var words: String
    /// The title of the group that it is in; nil for the command's own.
    var group: String?
    /// It takes whatever follows `--`.
    var isBehindTerminator: Bool
    /// It takes as many values as there are.
    var isRepeating: Bool
    /// false for one that no help shows.
    var isShown: Bool

    /// The options of a command, without `--help` and `--version`.
    ///
    /// - Throws: what the JSON reader says, if the argument parser ever writes another JSON.
    static func all(of command: any ParsableCommand.Type) throws -> [OptionDescription] {
        try everything(of: command).filter { $0.isShown && !$0.names.contains("--help") && !$0.names.contains("--version") }
    }

    /// The same with those that no help shows, and those that every command has.
    static func everything(of command: any ParsableCommand.Type) throws -> [OptionDescription] {
        let dump = try JSON(parsing: Array(command._dumpHelp().utf8))
        guard case .array(let arguments)? = dump[path: "command.arguments"] else { return [] }
        return arguments.map(OptionDescription.init)
    }

    private init(_ argument: JSON) {
        isShown = argument["shouldDisplay"] != .bool(false)
        names = argument.elements("names").compactMap { name in
            name["name"]?.string.map { name["kind"]?.string == "long" ? "--\($0)" : "-\($0)" }
        }
        words = argument["abstract"]?.string ?? ""
        // The parser adds it where it knows it; elsewhere our own words have it.
        if let value = argument["defaultValue"]?.string, !words.contains("(default:") { words += " (default: \(value))" }
        value = argument["kind"]?.string == "flag" ? nil : argument["valueName"]?.string
        let listed = argument["completionKind"]?["list"]?.elements("values") ?? []
        choices = (listed.isEmpty ? argument.elements("allValues") : listed).compactMap(\.string)
        group = argument["sectionTitle"]?.string
        isBehindTerminator = argument["parsingStrategy"]?.string == "postTerminator"
        isRepeating = argument["isRepeating"] == .bool(true)
    }
}

extension JSON {
    /// The elements of the list of that name; none where there is no such list.
    fileprivate func elements(_ name: String) -> [JSON] {
        if case .array(let elements)? = self[name] { elements } else { [] }
    }
}
