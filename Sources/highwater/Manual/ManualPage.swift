internal import ArgumentParser
internal import Dashboard

/// The manual page, highwater(1), in the macros of man(7).
///
/// Made from the commands themselves, so that it cannot describe another program. Options that
/// several commands have, as a titled group, stand once, after the commands.
struct ManualPage {
    let text: String

    /// - Throws: when the argument parser describes its commands in an unknown way.
    init(of program: any ParsableCommand.Type) throws {
        let configuration = program.configuration
        let name = configuration.commandName ?? "highwater"
        var page = [".TH \(name.uppercased()) 1 \"\(Version.date)\" \"\(name) \(Version.number)\" \"User Commands\""]
        page += [".SH NAME", "\(name) \\- \(Roff.line(configuration.abstract))"]
        page += [".SH SYNOPSIS", ".nf"]
        let commands = configuration.subcommands.filter { $0.configuration.shouldDisplay }
        page += commands.map { Roff.text($0.configuration.usage ?? "\(name) \($0.configuration.commandName ?? "")") }
        page += [".fi", ".SH DESCRIPTION"]
        page.append(Roff.text(ManualPage.description))
        page += [".SH OPTIONS"] + ManualPage.ownOptions.flatMap { [".TP", $0.names.map(Roff.bold).joined(separator: ", "), Roff.text($0.words)] }
        page.append(".SH COMMANDS")

        var groups: [(title: String, options: [OptionDescription])] = []
        for command in commands {
            let own = try OptionDescription.all(of: command)
            page += ManualPage.section(on: command.configuration, own)
            for option in own {
                guard let title = option.group else { continue }
                if !groups.contains(where: { $0.title == title }) { groups.append((title, [])) }
                for index in groups.indices where groups[index].title == title {
                    if !groups[index].options.contains(where: { $0.names == option.names }) { groups[index].options.append(option) }
                }
            }
        }
        for group in groups {
            page.append(".SH \(Roff.text(group.title).uppercased()) OPTIONS")
            page += group.options.flatMap(ManualPage.entry)
        }
        page += [".SH KEYS", "On the dashboard, where the configuration file binds no others."]
        page += Command.allCases.flatMap { command in
            [".TP", KeyMap.standard.keys(of: command).map { Roff.bold($0.name) }.joined(separator: ", "), Roff.text(command.words)]
        }
        page += [".SH EXIT STATUS"] + ManualPage.exits.flatMap { [".TP", Roff.bold($0.code), Roff.text($0.words)] }
        page += [".SH ENVIRONMENT"] + ManualPage.variables.flatMap { [".TP", Roff.bold($0.name), Roff.text($0.words)] }
        page += [".SH SEE ALSO", ".BR h2load (1),", ".BR wrk (1),", ".BR curl (1),", ".BR jq (1),", ".BR promtool (1)"]
        text = page.joined(separator: "\n") + "\n"
    }

    private static func section(on command: CommandConfiguration, _ options: [OptionDescription]) -> [String] {
        var lines = [".SS \(Roff.text(command.commandName ?? ""))", Roff.text(command.abstract)]
        lines += Roff.paragraphs(command.discussion)
        lines += options.filter { $0.group == nil }.flatMap(entry)
        var titles: [String] = []
        for option in options { if let title = option.group, !titles.contains(title) { titles.append(title) } }
        if !titles.isEmpty {
            lines += [".PP", "Also: " + titles.map { "\(Roff.text($0).uppercased()) OPTIONS" }.joined(separator: ", ") + "."]
        }
        return lines
    }

    private static func entry(_ option: OptionDescription) -> [String] {
        let value = option.value.map { Roff.italic("<\($0)>") }
        let head = option.names.isEmpty ? value ?? "" : option.names.map(Roff.bold).joined(separator: ", ") + (value.map { " \($0)" } ?? "")
        return [".TP", head, Roff.text(option.words)]
    }

    private static let description = """
        A terminal dashboard and load tool that shows what HTTP servers and clients do to memory: \
        connections, pending writes, arenas and caches, of an embedded server and its clients, on one \
        time axis. Without a command it opens the dashboard. Counts are written as 10k, times as \
        1m30s or 500ms, sizes as 64KiB.
        """

    /// The options that need no command.
    private static let ownOptions: [(names: [String], words: String)] = [
        (["-h", "--help"], "Show the help of the program; after a command, the help of that command."),
        (["--version"], "Print the version, and the versions of the C libraries that are linked; with --json, as JSON."),
    ]

    private static let exits: [(code: String, words: String)] = [
        ("0", "Success."), ("1", "The command could not be carried out: a port is in use, a file cannot be read or written, no server answers."),
        ("2", "An error in the command line or in a scenario."),
        ("3", "With --strict: the measurement is not valid, and the summary says why."),
        ("99", "A threshold failed, a condition of compare --fail-on holds, or a server that is watched has findings or has died."),
        ("130, 143", "Interrupted (SIGINT, SIGTERM), with the summary. A second signal ends the program at once."),
    ]

    private static let variables: [(name: String, words: String)] = [
        ("NO_COLOR", "Set to anything: no colour, as --no-color."), ("TERM", "The terminal that the dashboard draws on."),
        ("SLURM_PROCID, SLURM_NTASKS, JOB_COMPLETION_INDEX", "Which part of a run this process is, for --share auto."),
    ]
}
