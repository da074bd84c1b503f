internal import ArgumentParser
internal import Load
internal import Measurements
internal import Watch
internal import Workload

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "See the memory of your server: with a probe in it, or from outside.",
        usage: """
            highwater watch [--load URL] [<options>] -- SERVER [ARGUMENTS]
            highwater watch --pid PID | --listen PORT [<options>]
            highwater watch --check -- SERVER
            """,
        discussion: """
            Examples:
              highwater watch -- ./server 9000
              highwater watch --load http://127.0.0.1:9000/ -c 50 -- ./server 9000
              highwater watch --send-buffer 16KiB -o run.ndjson -- ./server 9000
              highwater watch --listen 8080

            Behind --, the server is started with a small library in it (LD_PRELOAD), which sees its connections, \
            bytes, pending writes, event loops and malloc, and checks that bytes and requests that wait stay as they \
            were handed over. Each break of that is a finding with both places in the code. Any program that is \
            linked dynamically with glibc can be watched so; --check says which figures would be known of one. It takes only \
            programs that you start, and those that they start.

            A server that runs already is watched from outside, in whichever language it is written: by the kernel's \
            view of its connections, and /proc.

            Exit: 99 with findings, after a crash, and when the server ended by itself with another code than 0.
            """)

    @OptionGroup(title: "Watch") var own: OwnFlags
    @OptionGroup(title: "Watch") var watch: SettingFlags<WatchPlan>
    @OptionGroup var load: LoadFlags
    @OptionGroup(title: "Output") var output: OutputFlags
    @OptionGroup(title: "Screen") var screen: SettingFlags<ScreenOptions>

    struct OwnFlags: ParsableArguments {
        @Option(
            name: .customLong("load"), parsing: .unconditionalSingleValue,
            help: ArgumentHelp("Put load on the server, at this URL, which may have templates: /page/{{random.int 1 1000}}. May be repeated, for several targets of one server.", valueName: "url"))
        var urls: [String] = []

        @Flag(help: "Only say which figures would be known of this program; it is not run.")
        var check = false

        @Flag(help: "No dashboard: plain lines, as always without a terminal. A run with --load then ends after 10 s, unless -d, -n or --phase says otherwise.")
        var noTui = false
    }

    private var urls: [String] { own.urls }
    private var check: Bool { own.check }
    private var noTui: Bool { own.noTui }

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The server and its arguments, behind --.", valueName: "server"))
    var command: [String] = []

    func validate() throws { _ = try plan() }

    func run() throws {
        if check { return try tellKnowledge() }
        try ScreenChoice.perform(plan(), output.plain, screen.part, onScreen: !noTui)
    }

    private func plan() throws -> Plan {
        var watched = watch.part
        watched.command = command
        let targets = [!command.isEmpty, watched.process != nil, watched.port != nil].count { $0 }
        guard targets == 1 else {
            throw ValidationError(
                targets == 0
                    ? "there is no server to watch; write 'highwater watch -- ./server 9000', --pid PID or --listen PORT"
                    : "-- SERVER, --pid and --listen exclude each other")
        }
        if command.isEmpty, let setting = WatchPlan.probeSettings.first(where: { watch.said.says($0) }) {
            throw ValidationError("\(setting.flagName) is for a server that is started: highwater watch \(setting.flagName) -- ./server 9000")
        }
        if let clash = watched.clash { throw ValidationError(clash.flagText) }
        if check && command.isEmpty { throw ValidationError("--check needs a program; write 'highwater watch --check -- ./server'") }
        var plan = try planOfLoad()
        plan.watch = watched
        try output.apply(to: &plan, interval: OutputFlags.interval(isLive: !noTui))
        return plan
    }

    private func planOfLoad() throws -> Plan {
        guard !urls.isEmpty else { return try load.said.planWithoutClients() }
        let clients: ClientPlan
        do { clients = try ClientPlan(targets: urls) } catch { throw ValidationError(error.description) }
        if let other = clients.origins.dropFirst().first {
            throw ValidationError("--load: \(other.text) is another server than \(clients.origin.text), and one is watched; write URLs of one server")
        }
        return try load.said.plan(server: nil, clients: clients, endsByItself: noTui)
    }

    private func tellKnowledge() throws {
        let check: ProgramCheck
        do { check = try ProgramCheck(command[0], detours: watch.part.detours) } catch { throw RunError(error.description) }
        let lines = check.refusal.map { ["cannot be watched with the probe: \($0)", "from outside: connections, unsent bytes, CPU, memory"] }
            ?? check.knowledge
        try Output.standard.print(([check.path] + lines.map { "  " + $0 }).joined(separator: "\n") + "\n")
        if check.refusal != nil { throw ExitCode.failure }
    }
}

extension WatchPlan: FlagTable {
    typealias Part = WatchPlan
}
