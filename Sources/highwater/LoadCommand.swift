internal import ArgumentParser
internal import Load
internal import Measurements
internal import Workload

struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "The clients alone, against any server: HTTP/2 and HTTP/1.1, TLS or not.",
        usage: "highwater load URL ... [-c 100] [-m 10] [-n 300k] [--h1] [-k] [<options>]",
        discussion: """
            Examples:
              highwater load http://127.0.0.1:8080/bytes/64 -c 20 -m 10 -n 100k
              highwater load http://127.0.0.1:8080/ -q 2k -d 1m --json
              highwater load http://127.0.0.1:8080/ -q 500 --live
              highwater load http://10.0.0.2/ -q 500 --server-metrics http://10.0.0.2:8404/metrics

            A server on this machine is watched too, from outside: its connections, unsent bytes, CPU and memory.
            """)

    @Argument(help: ArgumentHelp("The target; several URLs of one server are asked in turn.", valueName: "url"))
    var urls: [String]

    @OptionGroup(title: "Load") var load: LoadFlags
    @OptionGroup(title: "Server") var server: SettingFlags<MetricsTable>
    @OptionGroup(title: "Several machines") var part: PartFlags
    @OptionGroup(title: "Output") var output: OutputFlags
    @OptionGroup(title: "Screen, with --live") var screen: SettingFlags<ScreenOptions>

    @Flag(help: "On the dashboard, where there is a terminal; then -d has no default.")
    var live = false

    /// The server's own figures.
    enum MetricsTable: FlagTable { static var settings: [Setting<WatchPlan>] { WatchPlan.metricsSettings } }

    func validate() throws { _ = try plan() }

    func run() throws { try ScreenChoice.perform(plan(), output.plain, screen.part, onScreen: live) }

    private func plan() throws -> Plan {
        let clients: ClientPlan
        do { clients = try ClientPlan(targets: urls) } catch { throw ValidationError(error.description) }
        var plan = try load.plan(server: nil, clients: clients, endsByItself: !live)
        if server.areSaid { plan.watch = server.part }
        try part.apply(to: &plan)
        output.apply(to: &plan, interval: OutputFlags.interval(isLive: live))
        return plan
    }
}
