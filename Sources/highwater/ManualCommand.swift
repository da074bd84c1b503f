internal import ArgumentParser
internal import Glibc
internal import Measurements
internal import Terminal

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Show the manual: one page for each task.",
        usage: "highwater manual [PAGE]",
        discussion: """
            Examples:
              highwater manual
              highwater manual test-your-server

            Without a page: the list of them. On a terminal a page is shown by $PAGER, or less; elsewhere it is \
            printed as it is, in Markdown.
            """)

    @Argument(help: ArgumentHelp("A page that 'highwater manual' lists.", valueName: "page"))
    var page: String?

    func run() throws {
        guard let page else {
            let width = ManualLibrary.pages.map(\.name.count).max() ?? 0
            let lines = ManualLibrary.pages.map { $0.name + String(repeating: " ", count: width + 2 - $0.name.count) + $0.summary }
            return try Output.standard.print(lines.joined(separator: "\n") + "\n\nShow one: highwater manual PAGE\n")
        }
        guard let text = ManualLibrary.text(of: page) else {
            let nearest = Spelling.nearest(to: page, of: ManualLibrary.pages.map(\.name)).map { "did you mean '\($0)'?" }
            throw ValidationError("there is no page '\(page)'; \(nearest ?? "'highwater manual' lists the pages")")
        }
        guard isatty(STDOUT_FILENO) == 1 else { return try Output.standard.print(text) }
        // A pager in the background is stopped when it looks for its first key.
        let isInForeground = !Terminal.isOfAnotherGroup(STDOUT_FILENO)
        // As wide as the terminal, as far as lines of that length can be read.
        let shown = MarkdownText(text, width: min(max(Output.standard.columns, 40), 100)).text
        if !isInForeground || !Pager.show(shown, Environment.variables(noColor: false)) { try Output.standard.printStyled(shown) }
    }
}
