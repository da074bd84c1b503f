internal import ArgumentParser
internal import Dashboard
internal import Measurements

struct ThemesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "themes",
        abstract: "The dashboard's themes: list them, or show one.",
        usage: "highwater themes [list | show NAME|FILE]",
        discussion: """
            Examples:
              highwater themes
              highwater themes show ember > mine.theme
              highwater --theme ./mine.theme

            A theme is a file in btop's syntax; any theme of btop's will do. Yours go to
            $XDG_CONFIG_HOME/highwater/themes/NAME.theme, or anywhere with --theme FILE.
            On the dashboard: T chooses, t goes to the next.
            """,
        subcommands: [ListThemes.self, ShowTheme.self],
        defaultSubcommand: ListThemes.self)
}

struct ListThemes: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Names, and where they come from (default).")

    func run() throws {
        let library = ThemeLibrary(Environment.variables(noColor: false))
        let width = library.entries.map(\.name.columns).max() ?? 0
        var text = ""
        for entry in library.entries {
            let words: String
            do throws(RunError) {
                let file = try ThemeLibrary.read(entry)
                words = (Theme(file).isLight ? "light  " : "dark   ") + (entry.path ?? file.summary)
            } catch { words = "-      \(error.description)" }
            text += entry.name.padded(to: width + 2) + words + "\n"
        }
        try Output.standard.print(text)
    }
}

struct ShowTheme: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A theme as it is written, to begin one's own with; what is wrong with it goes to standard error.")

    @Argument(help: ArgumentHelp("A name that 'highwater themes' lists, or a file.", valueName: "name|file"))
    var theme: String

    func run() throws {
        let library = ThemeLibrary(Environment.variables(noColor: false))
        let file: ThemeFile
        do throws(RunError) { file = try library.file(theme) } catch {
            Output.error.line("highwater: \(error.description)")
            throw ExitCode(2)
        }
        let entry = library.entries.first { $0.name == theme }
        let path = entry == nil ? theme : entry?.path
        let text = try path.map { try TextFile.read($0, byteLimit: ThemeFile.byteLimit) } ?? Theme.shippedText(theme)
        try Output.standard.print(text ?? "")
        for problem in file.problems { Output.error.line("\(path ?? theme):\(problem.line): \(problem.words)") }
    }
}
