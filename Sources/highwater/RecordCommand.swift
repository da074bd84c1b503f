internal import ArgumentParser
internal import Load
internal import Measurements
internal import Workload

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Run the embedded server under load, without a screen: a recording and a summary.",
        usage: "highwater record [-c 100] [-m 10] [-d 10s] [-o run.ndjson] [<options>]",
        discussion: """
            Examples:
              highwater record -c 50 -m 4 -q 20k -d 5s -o run.ndjson
              highwater record --path /bytes/1KiB --path /delay/0.05 -d 1m --json
              highwater record -d 10m --metrics 127.0.0.1:9464 --linger 30s
            """)

    @OptionGroup(title: "Load") var load: LoadOptions

    @Option(
        parsing: .unconditionalSingleValue, help: "A request target; several are asked in turn. (default: /bytes/1KiB)",
        transform: { try RequestPart.path($0) })
    var path: [String] = []

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    private static let defaultPaths = ["/bytes/1KiB"]

    func validate() throws {
        try load.wire.validateOwnServer()
        try load.validateBodyCheck(of: path.isEmpty ? RecordCommand.defaultPaths : path)
    }

    func run() throws {
        var client = load.clientPlan()
        client.paths = path.isEmpty ? RecordCommand.defaultPaths : path
        var plan = Plan(server: server.plan(defaultPort: 0, connections: client.connections + client.slowReaders), client: client, duration: load.endAfter)
        try load.apply(to: &plan)
        output.apply(to: &plan)
        try HeadlessRun(plan, output).perform()
    }
}
