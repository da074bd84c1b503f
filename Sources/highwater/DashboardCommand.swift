internal import ArgumentParser
internal import Dashboard
internal import Load
internal import Measurements
internal import Workload

struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "The dashboard on a server of our own, under load.",
        usage: "highwater [-c 32] [-m 8] [-q 2000] [-o run.ndjson] [<options>]",
        discussion: """
            Examples:
              highwater
              highwater -c 12 -m 16 -q 6k --send-buffer 4KiB --path /bytes/300KiB
              highwater --closed -c 100 -d 30s -o run.ndjson

            Runs until q is pressed, or as long as -d or -n says. Keys: ? help, + - load, 0 load off and on, \
            space pause the display. Without -q or --closed: 2000 requests a second.
            """)

    @OptionGroup(title: "Target") var targets: TargetFlags
    @OptionGroup(title: "Load") var own: OwnFlags
    @OptionGroup var load: LoadFlags
    @OptionGroup(title: "Output") var output: OutputFlags
    @OptionGroup(title: "Screen") var screen: SettingFlags<ScreenOptions>
    @OptionGroup(title: "Screen") var look: LookFlags
    @OptionGroup(title: "Server") var server: SettingFlags<ServerPlan>

    struct OwnFlags: ParsableArguments {
        @Flag(help: "Closed load: each stream asks again as soon as it is answered.")
        var closed = false
    }

    struct LookFlags: ParsableArguments {
        @Flag(help: "No dashboard: plain lines, as always without a terminal.")
        var noTui = false

        @Flag(help: "Print the configuration file as it would be without one, with a word on each line, and end.")
        var printConfig = false
    }

    private var closed: Bool { own.closed }
    private var noTui: Bool { look.noTui }

    /// A load that shows something in every panel and leaves a laptop cool.
    private static let defaultRate = 2_000.0
    private static let defaultConnections = 32
    private static let defaultStreams = 8
    /// Small answers, two in sixteen that do not fit into a socket, and one that takes its time.
    private static let defaultPaths = half + ["/bytes/128KiB"] + half + ["/bytes/128KiB", "/delay/0.05", "/bytes/1KiB"]
    private static let half = Array(repeating: "/bytes/1KiB", count: 6)
    /// With the system's send buffer loopback takes every answer at once, and no write is ever
    /// pending: so small, the server meets what a slow link does to it.
    private static let defaultSendBufferByteCount = 16 * 1024

    func validate() throws {
        if closed && load.said.saysPhases { throw ValidationError("--closed and --phase exclude each other; a phase is closed as 10s:closed") }
        if closed && load.said.saysRate { throw ValidationError("--closed and --rate exclude each other") }
        _ = try plan()
    }

    func run() throws {
        if look.printConfig {
            try Output.standard.print(Settings().text)
            return
        }
        try ScreenChoice.perform(plan(), output.plain, screen.part, onScreen: !noTui)
    }

    private func plan() throws -> Plan {
        try load.said.checkOwnServer()
        var clients = ClientPlan()
        clients.connections = DashboardCommand.defaultConnections
        clients.streams = DashboardCommand.defaultStreams
        clients.rate = closed || load.said.saysPhases ? nil : DashboardCommand.defaultRate
        targets.apply(to: &clients, usual: DashboardCommand.defaultPaths)
        var server = ServerPlan()
        if !targets.areSaid { server.sendBufferByteCount = DashboardCommand.defaultSendBufferByteCount }
        self.server.said.apply(to: &server)
        var plan = try load.said.plan(server: server, clients: clients, endsByItself: false)
        try output.apply(to: &plan, interval: OutputFlags.interval(isLive: true))
        return plan
    }
}
