internal import ArgumentParser
internal import Measurements

/// The program: parses the command line, runs one command, and turns errors into words and
/// exit codes.
///
/// 0: success. 1: the command could not be carried out. 2: an error in the command line or a scenario.
/// 3: a measurement that is not valid (--strict), or that cannot be judged (compare).
/// 99: a test failed: a condition, a trial, wrong answers (--body-check), one server of several that could not be reached, the
/// process that the run was in, or a server that is watched.
/// 128 + n: ended by signal n, with the summary.
@main
struct Highwater: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "highwater",
        abstract: "What HTTP servers and clients do to memory under load.",
        usage: "highwater [COMMAND] [<options>]",
        discussion: """
            Examples:
              highwater load http://127.0.0.1:9000/ -d 10s
              highwater watch -- ./server 9000

            Without a command: the dashboard, on a server of its own under load.
            'highwater manual' has a page for each task.
            """,
        version: Version.text,
        subcommands: [WorkerCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "Your server", subcommands: [LoadCommand.self, WatchCommand.self, RunCommand.self, JobsCommand.self]),
            CommandGroup(name: "A server of our own", subcommands: [DashboardCommand.self, RecordCommand.self, ServeCommand.self]),
            CommandGroup(
                name: "Recordings",
                subcommands: [CompareCommand.self, MergeCommand.self, ReportCommand.self, ReplayCommand.self, ExportCommand.self]),
            CommandGroup(
                name: "Reference",
                subcommands: [
                    ManualCommand.self, ScenariosCommand.self, MetricsCommand.self, ThemesCommand.self, CompletionsCommand.self, ManCommand.self,
                ]),
        ],
        defaultSubcommand: DashboardCommand.self)

    static func main() {
        Output.takeClosedNumbers()
        Exit.now(run())
    }

    private static func run() -> Int32 {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if let answer = Completion.answer(arguments) { return Output.standard.write(answer) ? 0 : 1 }
            if let version = version(arguments) { return Output.standard.write(version + "\n") ? 0 : 1 }
            if let load = PlainLoad(arguments) {
                try LoadCommand.explaining { try load.run() }
                return 0
            }
            if let mistake = misspeltCommand(arguments.first == "help" ? arguments.dropFirst().first : arguments.first) {
                Output.error.line(mistake)
                return 2
            }
            var command = try parse(arguments)
            try type(of: command).explaining { try command.run() }
            return 0
        } catch let error as UnknownOption {
            Output.error.line(error.message)
            return 2
        } catch let error as RunError {
            Output.error.line("highwater: \(error.description)")
            return 1
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            switch exitCode(for: error) {
            case .success:
                // Help and the version come as errors.
                return Output.standard.write(fullMessage(for: error).replacing(" SUBCOMMANDS:\n", with: ":\n") + "\n") ? 0 : 1
            case .validationFailure:
                Output.error.line(fullMessage(for: error))
                return 2
            default:
                Output.error.line("highwater: \(error)")
                return 1
            }
        }
    }
}

extension Highwater {
    /// The answer to `--version` and to `--version --json`, which the library does not know; nil for anything else.
    private static func version(_ arguments: [String]) -> String? {
        switch Set(arguments) {
        case ["--version"]: Version.text
        case ["--version", "--json"]: Version.json.indentedText
        default: nil
        }
    }

    /// Parses a command line, as `parseAsRoot` does in several times the time: the library tries each command on the way
    /// to the wanted one, with all options of each. The first word names the command, so that one is asked first, with
    /// the options that the command line mentions; whatever it does not take, the library explains.
    private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        let direct = try? MentionedFlags.$all.withValue(MentionedFlags(arguments)) { try parseDirectly(arguments) }
        if let direct { return direct }
        if let unknown = try UnknownOption.first(in: arguments, of: Highwater.self) { throw unknown }
        return try parseAsRoot(arguments)
    }

    /// nil where the first word is no command, or where help or the version is wanted.
    private static func parseDirectly(_ arguments: [String]) throws -> (any ParsableCommand)? {
        let isDefault = arguments.first?.hasPrefix("-") != false
        let wanted = isDefault
            ? DashboardCommand.self : configuration.subcommands.first { $0.configuration.commandName == arguments[0] }
        guard let wanted, !["--version", "--help", "-h"].contains(arguments.first) else { return nil }
        let command = try wanted.parseAsRoot(isDefault ? arguments : Array(arguments.dropFirst()))
        // Help comes as a command of its own.
        let isOurs = ([wanted] + wanted.configuration.subcommands).contains { $0 == type(of: command) }
        return isOurs ? command : nil
    }

    /// The default command takes no words, so a first word that is not a command is a misspelt one.
    ///
    /// - Returns: the error; nil where there is none.
    private static func misspeltCommand(_ word: String?) -> String? {
        guard let word, !word.hasPrefix("-") else { return nil }
        let names = configuration.subcommands.map { $0._commandName } + ["help"]
        guard !names.contains(word) else { return nil }
        let nearest = Spelling.nearest(to: word, of: names.filter { $0 != WorkerCommand.name }).map { "; did you mean 'highwater \($0)'?" } ?? ""
        return "highwater: there is no command '\(word)'\(nearest)\n  See 'highwater --help' for all commands."
    }
}

extension ParsableCommand {
    /// Runs the command. A mistake in its command line that shows only now is told with its usage.
    fileprivate static func explaining(_ run: () throws -> Void) throws {
        do { try run() } catch let error as ValidationError {
            // The command shows its own usage, but does not know that it is a subcommand.
            Output.error.line(fullMessage(for: error).replacing("  See '", with: "  See 'highwater "))
            throw ExitCode(2)
        }
    }
}

/// The reason why a command could not be carried out.
struct RunError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
