internal import ArgumentParser
internal import Workload

struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "The clients alone, against any HTTP/2 server (prior knowledge on http://).",
        usage: "highwater load http://HOST:PORT/PATH ... [-c 100] [-m 10] [-n 300k] [<options>]")

    @Argument(help: ArgumentHelp("What to ask; several URLs of one server are asked in turn.", valueName: "url"))
    var urls: [String]

    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Screen, with --live") var screen: ScreenOptions

    @Flag(help: "On the dashboard, where there is a terminal; then -d has no default.")
    var live = false

    func validate() throws {
        do { _ = try TargetURL.parseAll(urls) } catch { throw ValidationError(error.description) }
    }

    func run() throws {
        let targets = try TargetURL.parseAll(urls)
        var client = load.clientPlan()
        client.host = targets[0].host
        client.port = targets[0].port
        client.paths = targets.map(\.target)
        var plan = Plan(server: nil, client: client, duration: live ? load.duration : load.endAfter)
        output.apply(to: &plan, isLive: live)
        try ScreenChoice.perform(plan, output, screen, onScreen: live)
    }
}
