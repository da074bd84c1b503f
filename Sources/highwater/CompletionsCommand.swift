internal import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a completion script for a shell.",
        usage: "highwater completions bash|zsh|fish",
        discussion: """
            Examples:
              highwater completions zsh > ~/.zfunc/_highwater
              highwater completions fish > ~/.config/fish/completions/highwater.fish
              highwater completions bash > \\
                ~/.local/share/bash-completion/completions/highwater

            The script asks the program at each press of the tab key, so it need not be written again for a newer one.
            """)

    @Argument(help: ArgumentHelp("The shell.", valueName: "shell"))
    var shell: CompletionScript

    func run() throws {
        try Output.standard.print(shell.text)
    }
}

extension CompletionScript: ExpressibleByArgument {}
