internal import ArgumentParser

struct ManCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man",
        abstract: "Print the reference of all commands, as a page for man.",
        usage: "highwater man",
        discussion: """
            Examples:
              highwater man | man -l -
              highwater man > /usr/local/share/man/man1/highwater.1
            """)

    func run() throws {
        try Output.standard.print(try ManualPage(of: Highwater.self).text)
    }
}
