internal import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "A completion script for a shell.",
        usage: "highwater completions bash|zsh|fish",
        discussion: """
            Examples:
              highwater completions bash > ~/.local/share/bash-completion/completions/highwater
              highwater completions zsh > ~/.zfunc/_highwater
              highwater completions fish > ~/.config/fish/completions/highwater.fish
            """)

    /// The shells that the argument parser writes for.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
    var shell: Shell

    func run() throws {
        try Output.standard.print(Highwater.completionScript(for: shell.completionShell) + "\n")
    }
}
