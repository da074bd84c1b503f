internal import ArgumentParser
internal import Workload

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "A server of our own alone, for curl, wrk, h2load or a browser.",
        usage: "highwater serve [--listen 127.0.0.1:8080] [--loops 2] [<options>]",
        discussion: """
            Examples:
              highwater serve --listen 127.0.0.1:9000
              highwater serve --listen 9000 --loops 2 --live
              highwater serve --listen 0.0.0.0:9000 -d 1h -o server.ndjson

            HTTP/1.1 and HTTP/2 by prior knowledge on one port; with --tls both on another. It runs until a signal ends it, \
            or as long as -d says. 'highwater manual embedded-server' has its routes.
            """)

    @OptionGroup(title: "Server") var server: SettingFlags<ServerPlan>
    @OptionGroup(title: "Server") var length: SettingFlags<LengthTable>
    @OptionGroup(title: "Output") var live: LiveFlag
    @OptionGroup(title: "Output") var output: OutputFlags
    @OptionGroup(title: "Screen, with --live") var screen: SettingFlags<ScreenOptions>

    enum LengthTable: FlagTable { static var settings: [Setting<Plan>] { Plan.courseSettings.filter { $0.isAbout(\.duration) } } }

    /// The ports that users expect of a server that was not told one.
    private static let defaultPort = 8080
    private static let defaultSecurePort = 8443

    func validate() throws { _ = try plan() }

    func run() throws { try ScreenChoice.perform(plan(), output.plain, screen.part, onScreen: live.isOn) }

    private func plan() throws -> Plan {
        var server = ServerPlan()
        server.port = ServeCommand.defaultPort
        self.server.said.apply(to: &server)
        if server.tls != nil, server.tlsAddress == nil { server.tlsAddress = ListenAddress(host: server.host, port: ServeCommand.defaultSecurePort) }
        var plan = Plan(server: server, client: nil)
        length.said.apply(to: &plan)
        plan.settle()
        if let clash = plan.clash { throw ValidationError(clash.flagText) }
        try output.apply(to: &plan, interval: OutputFlags.interval(isLive: live.isOn))
        return plan
    }
}
