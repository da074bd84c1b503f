internal import ArgumentParser
internal import Experiment
internal import Load
internal import Measurements
internal import Workload

/// The load, as every command that makes one takes it. The names are the field's: h2load,
/// wrk and oha.
struct LoadOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .long], parsing: .unconditional,
        help: "Clients, each with one connection. (default: 50; with the dashboard 32)",
        transform: { try Quantity.count($0, in: 1...LoadOptions.connectionLimit) })
    var connections: Int?

    @Option(
        name: [.customShort("m"), .long], parsing: .unconditional,
        help: "Most streams that a client opens at once. (default: 1; with the dashboard 8)",
        transform: { try Quantity.count($0, in: 1...LoadOptions.streamLimit) })
    var streams: Int?

    @Option(
        name: [.customShort("t"), .long], parsing: .unconditional,
        help: "Event loops of the clients, a thread each. (default: 1)",
        transform: { try Quantity.count($0, in: 1...LoadOptions.loopLimit) })
    var threads = 1

    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: "End after so many requests in all (10k, 1m).",
        transform: { try Quantity.count($0, in: 1...Int.max) })
    var requests: Int?

    @Option(
        name: [.customShort("d"), .long, .customShort("z"), .customShort("D")], parsing: .unconditional,
        help: "End after so long (500ms, 30s, 1m30s; a bare number is seconds). Without -n and -d: 10s.",
        transform: { try Quantity.duration($0, in: .milliseconds(1)...(.seconds(86_400 * 366))) })
    var duration: Duration?

    @Option(
        name: [.customShort("q"), .long], parsing: .unconditional,
        help: "Requests per second of all clients together, sent on schedule whatever the answers do (open load). Without: each stream asks again as soon as it is answered (closed load).",
        transform: { try Quantity.rate($0, in: LoadOptions.rateRange) })
    var rate: Double?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "The load part by part, connections kept: 30s:500, climb=20s:500..20k, 10s:closed, 5s:pause. Options after a comma: poisson, steps=5, warmup, connections=8, streams=4. May be repeated.",
            valueName: "phase"),
        // Read again with its number; here for the error's sake.
        transform: { _ = try Phase(parsing: $0, number: 1); return $0 })
    var phase: [String] = []

    @Option(
        name: [.customShort("H"), .customLong("header")], parsing: .unconditionalSingleValue,
        help: "A request header, 'name: value'. May be repeated, and may have templates.",
        transform: { try HeaderField(parsing: $0) })
    var headers: [HeaderField] = []

    @Option(
        name: [.customShort("X"), .long], parsing: .unconditional,
        help: "The method. (default: GET, or POST with a body)",
        transform: { try RequestPart.method($0) })
    var method: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The request body; may have templates. (-d is --duration)", valueName: "text"),
        transform: { _ = try RequestText(parsing: $0); return $0 })
    var data: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("A file that is the request body, as it is. (h2load's -d)", valueName: "file"),
        transform: { try RequestFile.check($0); return $0 })
    var dataFile: String?

    @Option(
        parsing: .unconditional, help: "For what is random: the same seed, the same values. (default: 1)",
        transform: { UInt64(try Quantity.count($0, in: 0...Int.max)) })
    var seed: UInt64 = 1

    @Option(
        parsing: .unconditional, help: "Most time for one request. (default: 30s)",
        transform: { try Quantity.duration($0, in: LoadOptions.timeoutRange) })
    var timeout: Duration = .seconds(30)

    @Option(
        parsing: .unconditional, help: "Most time for one connection to be made. (default: 5s)",
        transform: { try Quantity.duration($0, in: LoadOptions.timeoutRange) })
    var connectTimeout: Duration = .seconds(5)

    @Option(
        parsing: .unconditional, help: "HTTP/2 flow-control window of a stream and of a connection (64KiB, 1MiB). (default: 1GiB)",
        transform: { try Quantity.byteCount($0, in: LoadOptions.windowRange, allowsBareNumber: true) })
    var window: Int?

    @Flag(help: "Compare every answer to /bytes, /stream-bytes and /drip with what it has to be: status, length and each byte. Each request asks for another ?seed=. Exit 99 when one was wrong.")
    var bodyCheck = false

    @OptionGroup(title: "TLS and HTTP") var wire: ClientTLSOptions

    @OptionGroup(title: "Caches") var caches: CacheOptions
    @OptionGroup(title: "Failures") var resilience: ResilienceOptions

    @Option(
        parsing: .unconditional, help: "Clients beside the load that ask for /bytes/4MiB and read at a trickle. (default: 0)",
        transform: { try Quantity.count($0, in: 0...LoadOptions.connectionLimit) })
    var slowReaders = 0

    @Option(
        parsing: .unconditional, help: "Close the connection within the answer to so many of the requests (5%, 0.05).",
        transform: { try Quantity.share($0) })
    var earlyClose = 0.0

    @Flag(help: "HTTP/1.1: say the end behind the requests of a connection (-m of them), take the answers, connect again.")
    var halfClose = false

    /// More than the ports of one address: beyond, connecting can only fail.
    private static let connectionLimit = 64_000
    /// No server allows more; h2o and nginx allow 100 to 128.
    static let streamLimit = 65_536
    private static let loopLimit = 256
    /// From one in a quarter of an hour to what no machine reaches.
    static let rateRange = 0.001...100_000_000.0
    /// The longest is what a latency histogram holds.
    private static let timeoutRange: ClosedRange<Duration> = .milliseconds(1)...(.seconds(600))
    /// From HTTP/2's initial window to its largest (RFC 9113, 6.9.2).
    private static let windowRange = 65_535...Int(Int32.max)

    /// The clients' part of a plan; whom to ask is the command's to say.
    ///
    /// - Parameters: what the command takes where the command line does not say.
    func clientPlan(connections: Int = 50, streams: Int = 1) -> ClientPlan {
        var plan = ClientPlan()
        plan.connections = self.connections ?? connections
        plan.streams = self.streams ?? streams
        plan.loops = threads
        plan.requests = requests
        plan.rate = rate
        plan.headers = headers
        if let data, !data.isEmpty { plan.kinds[0].body = .text(data) }
        if let dataFile { plan.kinds[0].body = .file(dataFile) }
        plan.method = method ?? (data == nil && dataFile == nil ? "GET" : "POST")
        wire.apply(to: &plan)
        plan.requestTimeout = timeout
        plan.connectTimeout = connectTimeout
        if let window { plan.windowByteCount = window }
        caches.apply(to: &plan)
        resilience.apply(to: &plan)
        plan.checksBodies = bodyCheck
        plan.slowReaders = slowReaders
        plan.earlyCloseShare = earlyClose
        plan.halfCloses = halfClose
        return plan
    }

    func validate() throws {
        try validatePhases()
        if data != nil && dataFile != nil { throw ValidationError("--data and --data-file exclude each other") }
        if halfClose && (wire.h2 || wire.h2c) { throw ValidationError("--half-close is HTTP/1.1's: HTTP/2 has nothing like it") }
    }

    /// Errors: there is nothing to check in the answers to these targets.
    func validateBodyCheck(of targets: [String]) throws {
        guard bodyCheck else { return }
        if let method, method != "GET" { throw ValidationError("--body-check needs GET: to \(method) the answers are others") }
        guard data == nil && dataFile == nil else { throw ValidationError("--body-check and --data exclude each other") }
        guard targets.contains(where: { RequestKind($0).hasPredictableAnswer }) else {
            throw ValidationError("--body-check can predict /bytes/SIZE, /stream-bytes/SIZE and /drip, and none is asked for")
        }
    }

    /// The end by the clock: as asked, or 10 s when nothing else ends the run.
    var endAfter: Duration? { duration ?? (requests == nil && phase.isEmpty ? .seconds(10) : nil) }

    private func validatePhases() throws {
        guard !phase.isEmpty else { return }
        if rate != nil || requests != nil || duration != nil { throw ValidationError("--phase says how much and how long: leave out -q, -n and -d") }
        let phases = try self.phases()
        if Set(phases.map(\.name)).count < phases.count { throw ValidationError("two phases have the same name") }
        let firstMeasured = phases.firstIndex { !$0.isWarmup }
        guard let firstMeasured else { throw ValidationError("all phases are warm-up: nothing would be measured") }
        if phases[firstMeasured...].contains(where: \.isWarmup) { throw ValidationError("a warm-up comes before what is measured") }
    }

    /// What is the whole plan's.
    func apply(to plan: inout Plan) throws {
        plan.phases = try phases()
        plan.seed = seed
    }

    /// What `--phase` says, in order.
    private func phases() throws -> [Phase] { try phase.enumerated().map { try Phase(parsing: $1, number: $0 + 1) } }
}
