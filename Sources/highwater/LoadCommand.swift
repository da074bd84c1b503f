internal import ArgumentParser
internal import Experiment
internal import Files
internal import Load
internal import Measurements
internal import Synchronization
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
              highwater load --urls targets.txt -q 1k
              highwater load --curl "curl 'https://127.0.0.1:9443/post' -k --data-raw 'a=1'" -n 1k

            A file of targets has a URL a line, perhaps with a method before it and a weight behind it: \
            POST http://127.0.0.1:9000/post 3. A line without a method takes that of the options. URLs of several servers share out the connections by their weights.

            The server is yours, at any URL. ('record' puts load on a server of our own.) If it runs on this machine, its \
            connections, unsent bytes, CPU and memory are recorded too, from outside; 'watch' sees more.
            """)

    @Argument(help: ArgumentHelp("The target, which may have templates: /get?id={{seq}}. Several URLs are asked in turn, also of several servers.", valueName: "url"))
    var urls: [String] = []

    @Option(
        name: .customLong("urls"), parsing: .unconditional,
        help: ArgumentHelp("The targets are in this file, one a line: [METHOD] URL [WEIGHT]. - is standard input.", valueName: "file"), completion: .file())
    var urlFile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The request is this command of curl, as browsers copy it. Flags that mean nothing for a load are refused.", valueName: "command"))
    var curl: String?

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
        let (clients, methods) = try targets()
        var plan = try load.said.plan(server: nil, clients: clients, methods: methods, endsByItself: !live.isOn)
        if !server.said.isEmpty { plan.watch = server.part }
        try part.apply(to: &plan)
        try output.apply(to: &plan, interval: OutputFlags.interval(isLive: live.isOn))
        return plan
    }

    /// The clients with their targets, before the options of the load, and the methods that a list names.
    ///
    /// Errors: there is no target, or one said in two ways.
    private func targets() throws -> (ClientPlan, [String?]) {
        switch (urls.isEmpty, urlFile, curl) {
        case (false, nil, nil): do { return (try ClientPlan(targets: urls), []) } catch { throw ValidationError(error.description) }
        case (true, let file?, nil): do { return try TargetList.read(try LoadCommand.text(of: file), file: file) } catch { throw ValidationError("--urls: \(error)") }
        case (true, nil, let command?):
            do throws(CurlError) {
                return (try CurlCommand.clients(command) { (path) throws(BodyFileError) in try RequestFile.dataText(path) }, [])
            } catch { throw ValidationError("--curl: \(error.description)") }
        case (true, nil, nil): throw ValidationError("there is no target; write 'highwater load http://127.0.0.1:8080/'")
        default: throw ValidationError("URLs, --urls and --curl exclude each other")
        }
    }

    /// Read once: standard input is empty the second time, and the command line is checked before it is run.
    private static func text(of path: String) throws -> String {
        if let text = texts.withLock({ $0[path] }) { return text }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try InputFile.bytes(of: path, byteLimit: TargetList.byteLimit) } catch { throw ValidationError("\(path): \(error)") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ValidationError("\(path): not UTF-8") }
        texts.withLock { $0[path] = text }
        return text
    }

    private static let texts = Mutex<[String: String]>([:])
}
