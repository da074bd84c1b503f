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
            """)

    @Argument(help: ArgumentHelp("What to ask; several URLs of one server are asked in turn.", valueName: "url"))
    var urls: [String]

    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Screen, with --live") var screen: ScreenOptions

    @Flag(help: "On the dashboard, where there is a terminal; then -d has no default.")
    var live = false

    func validate() throws {
        let targets: [TargetURL]
        do { targets = try TargetURL.parseAll(urls) } catch { throw ValidationError(error.description) }
        try load.validateBodyCheck(of: targets.map(\.target))
        if load.halfClose && targets[0].isSecure { throw ValidationError("--half-close is for http://: TLS says its end by itself") }
        if load.wire.h2c && targets[0].isSecure { throw ValidationError("--h2c is without TLS, and \(urls[0]) asks for it") }
    }

    func run() throws {
        let targets = try TargetURL.parseAll(urls)
        var client = load.clientPlan()
        client.host = targets[0].host
        client.port = targets[0].port
        client.isSecure = targets[0].isSecure
        client.paths = targets.map(\.target)
        var plan = Plan(server: nil, client: client, duration: live ? load.duration : load.endAfter)
        try load.apply(to: &plan)
        output.apply(to: &plan, isLive: live)
        try ScreenChoice.perform(plan, output, screen, onScreen: live)
    }
}
