internal import ArgumentParser
internal import Measurements

/// One argument or option of a command, as the argument parser describes it.
struct ManualOption {
    /// `-c`, `--connections`; empty for an argument, which has only its place.
    var names: [String]
    /// nil for a flag.
    var value: String?
    var words: String
    /// The title of the group that it is in; nil for the command's own.
    var group: String?

    /// The options of a command, without `--help` and `--version`.
    ///
    /// - Throws: what the JSON reader says, if the argument parser ever writes another JSON.
    static func all(of command: any ParsableCommand.Type) throws -> [ManualOption] {
        let dump = try JSON(parsing: Array(command._dumpHelp().utf8))
        guard case .array(let arguments)? = dump[path: "command.arguments"] else { return [] }
        return arguments.compactMap { argument in
            if case .bool(false)? = argument["shouldDisplay"] { return nil }
            var names: [String] = []
            if case .array(let written)? = argument["names"] {
                names = written.compactMap { name in
                    name["name"]?.string.map { name["kind"]?.string == "long" ? "--\($0)" : "-\($0)" }
                }
            }
            guard !names.contains("--help"), !names.contains("--version") else { return nil }
            var words = argument["abstract"]?.string ?? ""
            // The parser adds it where it knows it; elsewhere our own words have it.
            if let value = argument["defaultValue"]?.string, !words.contains("(default:") { words += " (default: \(value))" }
            let isFlag = argument["kind"]?.string == "flag"
            return ManualOption(
                names: names, value: isFlag ? nil : argument["valueName"]?.string, words: words, group: argument["sectionTitle"]?.string)
        }
    }
}
