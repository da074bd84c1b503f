internal import ArgumentParser
internal import Load
internal import Measurements
internal import Workload

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Put load on a server of our own, without a screen.",
        usage: "highwater record [--path PATH] [-c 50] [-q RATE] [-o FILE] [<options>]",
        discussion: """
            Examples:
              highwater record -c 50 -m 4 -q 20k -d 5s -o run.ndjson
              highwater record --path /bytes/1KiB --path /delay/0.05 -d 1m --json
              highwater record -d 10m --metrics 127.0.0.1:9464 --linger 30s

            The server is ours, in the same process, so all of its memory is measured: arenas, leases, pending writes. \
            ('load' puts the same load on your server.) With -o the run is recorded.
            """)

    @OptionGroup(title: "Target") var targets: TargetFlags
    @OptionGroup var load: LoadFlags
    @OptionGroup(title: "Output") var output: OutputFlags
    @OptionGroup(title: "Server") var server: SettingFlags<ServerPlan>
    @OptionGroup(title: "Several machines") var part: PartFlags

    private static let defaultPaths = ["/bytes/1KiB"]

    func validate() throws { _ = try plan() }

    func run() throws { try HeadlessRun(plan(), output.plain, signals: SignalInbox()).perform() }

    private func plan() throws -> Plan {
        try load.said.checkOwnServer()
        var clients = ClientPlan()
        targets.apply(to: &clients, usual: RecordCommand.defaultPaths)
        var plan = try load.said.plan(server: server.part, clients: clients, endsByItself: true)
        try part.apply(to: &plan)
        try output.apply(to: &plan, interval: OutputFlags.interval(isLive: false))
        return plan
    }
}
