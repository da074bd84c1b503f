internal import ArgumentParser

/// The program: parses the command line, runs one command, and turns errors into words and
/// exit codes.
///
/// 0: did what was asked. 1: could not. 2: was asked for something that makes no sense.
/// 128 + n: ended by signal n, with the summary.
@main
struct Highwater: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "highwater",
        abstract: "What HTTP servers and clients do to memory under load.",
        version: Version.number,
        subcommands: [
            DashboardCommand.self, RecordCommand.self, ServeCommand.self, LoadCommand.self, ExportCommand.self,
            CompareCommand.self, ReplayCommand.self, MetricsCommand.self, ThemesCommand.self, CompletionsCommand.self,
        ],
        defaultSubcommand: DashboardCommand.self)

    static func main() {
        Exit.now(run())
    }

    private static func run() -> Int32 {
        do {
            var command = try parseAsRoot()
            try command.run()
            return 0
        } catch let error as RunError {
            Output.error.line("highwater: \(error.description)")
            return 1
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            switch exitCode(for: error) {
            case .success:
                // Help and the version come as errors.
                return Output.standard.write(fullMessage(for: error) + "\n") ? 0 : 1
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

enum Version {
    static let number = "0.1.0"
}

/// What kept a command from doing its work.
struct RunError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
