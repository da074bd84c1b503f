internal import ArgumentParser
internal import Load
internal import Measurements
internal import Workload

struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Put load on your server, and print what came of it.",
        usage: "highwater load URL ... [-c 50] [-q RATE] [-d 10s | -n COUNT] [<options>]",
        discussion: """
            Examples:
              highwater load http://127.0.0.1:9000/ -c 50 -d 10s
              highwater load https://127.0.0.1:9443/ -k -q 2k -d 1m -o run.ndjson
              highwater load http://127.0.0.1:9000/ --h1 -q 500 --live
              highwater load http://10.0.0.2/ --server-metrics http://10.0.0.2:8404/metrics

            The server is yours, at any URL. ('record' puts load on a server of our own.) If it runs on this machine, its \
            connections, unsent bytes, CPU and memory are recorded too, from outside; 'watch' sees more.
            """)

    @Argument(help: ArgumentHelp("The target; several URLs of one server are asked in turn.", valueName: "url"))
    var urls: [String]

    @OptionGroup var load: LoadFlags
    @OptionGroup(title: "Output") var live: LiveFlag
    @OptionGroup(title: "Output") var output: OutputFlags
    @OptionGroup(title: "Server") var server: SettingFlags<MetricsTable>
    @OptionGroup(title: "Several machines") var part: PartFlags
    @OptionGroup(title: "Screen, with --live") var screen: SettingFlags<ScreenOptions>

    /// The server's own figures.
    enum MetricsTable: FlagTable { static var settings: [Setting<WatchPlan>] { WatchPlan.metricsSettings } }

    func validate() throws { _ = try plan() }

    func run() throws { try ScreenChoice.perform(plan(), output.plain, screen.part, onScreen: live.isOn) }

    private func plan() throws -> Plan {
        let clients: ClientPlan
        do { clients = try ClientPlan(targets: urls) } catch { throw ValidationError(error.description) }
        var plan = try load.plan(server: nil, clients: clients, endsByItself: !live.isOn)
        if server.areSaid { plan.watch = server.part }
        try part.apply(to: &plan)
        try output.apply(to: &plan, interval: OutputFlags.interval(isLive: live.isOn))
        return plan
    }
}
