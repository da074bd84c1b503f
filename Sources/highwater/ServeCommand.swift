internal import ArgumentParser
internal import Workload

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "The server alone, for wrk, h2load, curl or a browser: HTTP/1.1 and h2c on one port.",
        usage: "highwater serve [--listen 127.0.0.1:8080] [--loops 2] [<options>]",
        discussion: """
            Examples:
              highwater serve --listen 127.0.0.1:9000
              highwater serve --listen 9000 --loops 2 --live
              highwater serve --listen 0.0.0.0:9000 -d 1h -o server.ndjson
            """)

    @OptionGroup(title: "Server") var server: ServerOptions

    @Option(
        name: [.customShort("d"), .long, .customShort("z"), .customShort("D")], parsing: .unconditional,
        help: "End after so long. Without: on SIGTERM or Ctrl-C.",
        transform: { try Quantity.duration($0, in: .milliseconds(1)...(.seconds(86_400 * 366))) })
    var duration: Duration?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Screen, with --live") var screen: ScreenOptions

    @Flag(help: "On the dashboard, where there is a terminal.")
    var live = false

    /// Where to listen when nobody says: the port that everybody tries first.
    private static let defaultPort = 8080
    private static let defaultSecurePort = 8443

    func run() throws {
        var plan = Plan(
            server: server.plan(defaultPort: ServeCommand.defaultPort, defaultSecurePort: ServeCommand.defaultSecurePort),
            client: nil, duration: duration)
        output.apply(to: &plan, isLive: live)
        try ScreenChoice.perform(plan, output, screen, onScreen: live)
    }
}
