internal import ArgumentParser

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man",
        abstract: "The manual page, made from the help of the commands.",
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
