internal import ArgumentParser
internal import Measurements
internal import Workload

/// The embedded server, as every command that starts one takes it.
struct ServerOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "Where the server listens: HOST:PORT, or a port of loopback. 0 is any free port.",
        transform: { try ListenAddress($0) })
    var listen: ListenAddress?

    @Option(
        parsing: .unconditional, help: "Event loops of the server, a thread each. (default: 1)",
        transform: { try Quantity.count($0, in: 1...256) })
    var loops = 1

    @Option(
        parsing: .unconditional, help: "Connections; those beyond are accepted and closed at once. (default: 10000, or as many as the clients make)",
        transform: { try Quantity.count($0, in: 1...1_000_000) })
    var connectionLimit: Int?

    @Option(
        parsing: .unconditional, help: "Unsent bytes of a connection beyond which it is not read from. (default: 256KiB)",
        transform: { try Quantity.byteCount($0, in: 1...(1 << 40), allowsBareNumber: true) })
    var unsentLimit: Int?

    @Option(
        help: ArgumentHelp("Who owns an answer's bytes until the kernel has them. (default: lease)", valueName: "lease|copy|reset-early"),
        transform: { try WritePolicy(flag: $0) })
    var writePolicy = WritePolicy.lease

    @Flag(inversion: .prefixedNo, help: "Watch every arena and pending write for memory reused too early. (default: debug builds only)")
    var audit: Bool?

    /// What is unsafe runs in this very process: for whoever starts it to lose it.
    @Flag(help: .hidden)
    var expendable = false

    @Option(
        parsing: .unconditional, help: "Largest request body; beyond: 413. (default: 1MiB)",
        transform: { try Quantity.byteCount($0, in: 0...(1 << 40), allowsBareNumber: true) })
    var bodyLimit: Int?

    @Option(
        parsing: .unconditional, help: "The kernel's send buffer of accepted sockets. (default: the system's; 16KiB with the dashboard's own paths)",
        transform: { try Quantity.byteCount($0, in: 1...(1 << 30), allowsBareNumber: true) })
    var sendBuffer: Int?

    @Option(
        parsing: .unconditional, help: "Most time for the head of an HTTP/1.1 request to come. (default: 10s)",
        transform: { try Quantity.duration($0, in: ServerOptions.timeoutRange) })
    var headerTimeout: Duration?

    @Option(
        parsing: .unconditional, help: "Most time that a connection may be idle. (default: 60s)",
        transform: { try Quantity.duration($0, in: ServerOptions.timeoutRange) })
    var idleTimeout: Duration?

    @Option(
        parsing: .unconditional, help: "Most time for a whole request to come. (default: 30s)",
        transform: { try Quantity.duration($0, in: ServerOptions.timeoutRange) })
    var requestTimeout: Duration?

    @OptionGroup(title: "TLS on the server") var secure: ServerTLSOptions

    /// From a tick of the server's clock to a day.
    static let timeoutRange: ClosedRange<Duration> = .milliseconds(10)...(.seconds(86_400))

    /// - Parameters:
    ///   - defaultPort: where to listen on loopback when the command line does not say.
    ///   - defaultSecurePort: the same for TLS.
    ///   - connections: how many our own clients will make.
    func plan(defaultPort: Int, defaultSecurePort: Int = 0, connections: Int = 0) -> ServerPlan {
        var plan = ServerPlan()
        plan.host = listen?.host ?? "127.0.0.1"
        plan.port = listen?.port ?? defaultPort
        plan.loops = loops
        plan.connectionLimit = connectionLimit ?? max(plan.connectionLimit, connections)
        if let unsentLimit { plan.unsentByteLimit = unsentLimit }
        if let bodyLimit { plan.bodyByteLimit = bodyLimit }
        plan.sendBufferByteCount = sendBuffer
        plan.writePolicy = writePolicy
        plan.allowsUnsafe = expendable
        plan.audits = audit
        plan.tls = secure.plan(host: plan.host, defaultPort: defaultSecurePort)
        if let handshakeTimeout = secure.handshakeTimeout { plan.handshakeTimeout = handshakeTimeout }
        if let headerTimeout { plan.headerTimeout = headerTimeout }
        if let idleTimeout { plan.idleTimeout = idleTimeout }
        if let requestTimeout { plan.requestTimeout = requestTimeout }
        return plan
    }
}

extension WritePolicy {
    /// As the flag is written. Errors: which there are.
    init(flag: String) throws {
        guard let policy = WritePolicy(rawValue: flag) else {
            throw ValidationError("write policies are \(WritePolicy.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = policy
    }
}
