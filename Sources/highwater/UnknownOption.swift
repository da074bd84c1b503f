internal import ArgumentParser
internal import Measurements

/// A word of the command line that looks like an option, and is none of the command's.
///
/// The argument parser tells the first thing that it trips over: of `load URL --duraton 5s` that "5s" is no URL. A
/// misspelt option explains whatever follows it, so it is told first.
struct UnknownOption: Error {
    let command: any ParsableCommand.Type
    let description: String

    /// - Returns: nil: every word that begins with a dash is an option of the command, or an option's value.
    static func first(in arguments: [String], of program: any ParsableCommand.Type) throws -> UnknownOption? {
        var command = program, rest = arguments[...]
        while let word = rest.first, let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == word }) {
            command = next
            rest = rest.dropFirst()
        }
        if rest.first?.hasPrefix("-") != false, let usual = command.configuration.defaultSubcommand { command = usual }
        let options = try OptionDescription.everything(of: command)
        let names = options.flatMap(\.names) + ["--help", "-h", "--version", "--help-hidden", "--generate-completion-script", "--experimental-dump-help"]
        while let word = rest.popFirst(), word != "--" {
            guard word.hasPrefix("-"), word.count > 1, word.dropFirst().first?.isNumber != true else { continue }
            let name = String(word.prefix { $0 != "=" })
            if let option = options.first(where: { $0.names.contains(name) }) {
                if option.value != nil, name == word { rest = rest.dropFirst() }
                continue
            }
            // Short flags may stand together, and a value right behind its letter.
            let isShort = !word.hasPrefix("--")
            if names.contains(name) || isShort && names.contains(String(word.prefix(2))) { continue }
            let nearest = Spelling.nearest(to: name, of: names.filter { $0.hasPrefix("--") })
            return UnknownOption(
                command: command,
                description: "Unknown option '\(name)'" + (isShort ? "" : nearest.map { ". Did you mean '\($0)'?" } ?? ""))
        }
        return nil
    }

    /// The error with the command's usage, as the argument parser words its own.
    var message: String { command.fullMessage(for: ValidationError(description)).replacing("  See '", with: "  See 'highwater ") }
}
