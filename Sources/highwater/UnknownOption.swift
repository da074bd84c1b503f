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
            if let words = advice[name] { return UnknownOption(command: command, description: "Unknown option '\(name)'. \(words)") }
            let nearest = isShort ? nil : Spelling.nearest(to: name, of: names.filter { $0.hasPrefix("--") })
            let known = foreign[name]?.first { ours in names.contains { ours == $0 || ours.hasPrefix("\($0) ") } }
            return UnknownOption(
                command: command, description: "Unknown option '\(name)'" + ((known ?? nearest).map { ". Did you mean '\($0)'?" } ?? ""))
        }
        return nil
    }

    /// What other programs call it (curl, wrk, k6, vegeta, siege), and what it is here; where there are several, the first that
    /// the command has.
    private static let foreign: [String: [String]] = [
        "--cert": ["--client-cert"], "-E": ["--client-cert"], "--key": ["--client-key"], "-x": ["--proxy"], "-U": ["--proxy-user-file"],
        "--proxy-user": ["--proxy-user-file"], "--resolve": ["--connect-to"], "--unix-socket": ["--listen unix:PATH"], "--silent": ["--quiet"],
        "-s": ["--quiet"], "--request": ["--method"], "--data-binary": ["--data-file"], "--data-raw": ["--data"], "--max-time": ["--timeout"],
        "--http1.1": ["--h1"], "--http2": ["--h2"], "--http2-prior-knowledge": ["--h2c"], "--vus": ["--connections"], "-u": ["--connections"],
        "--iterations": ["--requests"], "--threshold": ["--fail-on"], "--thresholds": ["--fail-on"], "--targets": ["--urls"], "-f": ["--urls"],
        "--file": ["--urls"], "--summary-export": ["--json"], "--concurrency": ["--connections"],
    ]

    /// What is said without an option.
    private static let advice: [String: String] = [
        "--env": environment, "-e": environment, "--setenv": environment,
        "--cwd": folder, "--chdir": folder, "--workdir": folder,
    ]
    private static let environment = "A server that is started has this program's environment; write 'env NAME=VALUE highwater watch -- ./server'"
    private static let folder = "A server that is started works in the folder of this program; write 'cd FOLDER && highwater watch -- ./server'"

    /// The error with the command's usage, as the argument parser words its own.
    var message: String { command.fullMessage(for: ValidationError(description)).replacing("  See '", with: "  See 'highwater ") }
}
