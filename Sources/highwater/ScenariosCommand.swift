internal import ArgumentParser
internal import Measurements
internal import Workload

struct ScenariosCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenarios",
        abstract: "List the scenarios that come with the program, or show one.",
        usage: "highwater scenarios [show NAME | schema | reference]",
        discussion: """
            Examples:
              highwater scenarios
              highwater scenarios show quick > mine.yaml
              highwater scenarios schema > scenario.schema.json
            """,
        subcommands: [List.self, Show.self, Schema.self, Reference.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Their names, and what they show (default).")

        func run() throws {
            let all = ShippedScenario.all.map { ($0.name, $0.summary) }
            let width = all.map(\.0.columns).max() ?? 0
            let lines = all.map { name, summary in name.padded(to: width + 2) + summary }
            try Output.standard.print(lines.joined(separator: "\n") + "\n")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One of them as a file, to change and to run.", usage: "highwater scenarios show NAME > my.yaml")

        @Argument(help: ArgumentHelp("A name that 'highwater scenarios' lists.", valueName: "name"))
        var name: String

        func run() throws {
            try Output.standard.print(try ScenarioFile.shipped(name).text)
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema", abstract: "The JSON Schema of a scenario file, for editors.")

        func run() throws { try Output.standard.print(ScenarioSchema.json.indentedText + "\n") }
    }

    struct Reference: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reference", abstract: "Every key of a scenario file, in Markdown: a page of the manual.")

        func run() throws { try Output.standard.print(ScenarioReference.page) }
    }
}
