internal import Load
package import Measurements

/// The embedded server.
package struct ServerPlan: Sendable, Equatable {
    /// Numeric address; loopback unless told otherwise.
    package var host = "127.0.0.1"
    /// 0: any free port.
    package var port = 0
    /// A Unix socket there instead; nil: at the port.
    package var unixPath: String?
    /// The permissions of its file.
    package var socketMode = 0o600
    /// Event loops, a thread each.
    package var loops = 1
    /// nil: 10 000, or as many as the run's own clients make (`Plan.settle`).
    package var chosenConnectionLimit: Int?
    /// Unsent bytes per connection beyond which its reading stops.
    package var unsentByteLimit = 256 * 1024
    /// Largest request body that is buffered; beyond: 413.
    package var bodyByteLimit = 1 << 20
    /// Kernel send buffer (SO_SNDBUF) of accepted sockets, bytes. nil: the system's.
    package var sendBufferByteCount: Int?
    package var writePolicy = WritePolicy.lease
    /// Unsafe choices may be made: the process that runs this is expendable.
    package var allowsUnsafe = false
    /// Watch arenas and pending writes. nil: as the build does, debug ones always.
    package var audits: Bool?
    /// TLS on a port of its own. An address or a certificate implies it.
    package var speaksTLS = false
    /// nil: the clear port's address, and any free port.
    package var tlsAddress: ListenAddress?
    /// PEM files: the certificate with its chain, and its key; both or neither.
    package var certificateFile: String?
    package var keyFile: String?
    /// PEM file of the authorities whose clients are let in; nil: no certificate is asked for.
    package var clientAuthorityFile: String?
    package var handshakeTimeout: Duration = .seconds(10)
    package var headerTimeout: Duration = .seconds(10)
    package var idleTimeout: Duration = .seconds(60)
    package var requestTimeout: Duration = .seconds(30)

    package init() {}

    /// Connections beyond are accepted and closed at once.
    package var connectionLimit: Int {
        get { chosenConnectionLimit ?? ServerPlan.usualConnectionLimit }
        set { chosenConnectionLimit = newValue }
    }

    static let usualConnectionLimit = 10_000

    /// Where the server listens in the clear.
    package var address: ListenAddress {
        get {
            var address = ListenAddress(host: host, port: port)
            address.unixPath = unixPath
            return address
        }
        set { (host, port, unixPath) = (newValue.host, newValue.port, newValue.unixPath) }
    }

    /// TLS on the server; nil: none.
    package var tls: ServerTLSPlan? {
        guard speaksTLS || tlsAddress != nil || certificateFile != nil else { return nil }
        var plan = ServerTLSPlan(host: tlsAddress?.host ?? host, port: tlsAddress?.port ?? 0)
        plan.clientAuthorityFile = clientAuthorityFile
        if let certificateFile, let keyFile { plan.files = .init(certificate: certificateFile, key: keyFile) }
        return plan
    }
}

extension ServerPlan: SettingPart {
    /// From a tick of the server's clock to a day.
    private static let timeouts: ClosedRange<Duration> = .milliseconds(10)...(.seconds(86_400))

    package static let settings: [Setting<ServerPlan>] = [
        .init("listen", \.address, .listenAddressWithUnix, "Where the server listens: HOST:PORT, or a port of loopback; 0 is any free port. unix:PATH is a Unix socket, whose file goes with the server.", standard: ""),
        .init("socket_mode", \.socketMode, .permissions, "The permissions of the Unix socket that `listen` names, in octal.", placeholder: "mode"),
        .init("loops", \.loops, .count(1...256), "Event loops of the server, a thread each."),
        .init(
            "connection_limit", \.chosenConnectionLimit, .count(1...1_000_000),
            "The most connections; those beyond are accepted and closed at once.", standard: "10k, or as many as the clients make"),
        .init("unsent_limit", \.unsentByteLimit, .size(1...(1 << 40)), "Unsent bytes of a connection beyond which the server stops reading from it."),
        .init(
            "write_policy", \.writePolicy, .choice, "The owner of a response's bytes until the kernel has taken them.",
            placeholder: WritePolicy.allCases.map(\.rawValue).joined(separator: "|")),
        .init("audit", \.audits, .flag, "Watch every arena and pending write for memory that is reused too early.", standard: "debug builds only"),
        .init("expendable", \.allowsUnsafe, .flag, "Run unsafe choices in this very process, which they may end.", in: .flag, isHidden: true),
        .init("body_limit", \.bodyByteLimit, .size(0...(1 << 40)), "The largest request body; beyond: 413."),
        .init(
            "send_buffer", \.sendBufferByteCount, .size(1...(1 << 30)), "The kernel's send buffer of accepted sockets.",
            standard: "the system's; 16KiB with the dashboard's own paths"),
        .init("header_timeout", \.headerTimeout, .time(timeouts), "The most time for the head of an HTTP/1.1 request to arrive."),
        .init("idle_timeout", \.idleTimeout, .time(timeouts), "The most time that a connection may be idle."),
        .init("request_timeout", \.requestTimeout, .time(timeouts), "The most time for a whole request to arrive."),
        .init(
            "tls", \.speaksTLS, .flag,
            "TLS on a port of its own beside the clear one; the run's own clients then use it. Without `cert`: with a certificate made for the run, which they trust."),
        .init("tls_listen", \.tlsAddress, .listenAddress, "Where TLS is spoken: HOST:PORT, or a port of loopback. Implies `tls`.", placeholder: "host:port"),
        .init("cert", \.certificateFile, .file, "The server's certificate and its chain, PEM. Implies `tls`; needs `key`.", placeholder: "file"),
        .init("key", \.keyFile, .file, "The certificate's private key, PEM.", placeholder: "file"),
        .init(
            "client_ca", \.clientAuthorityFile, .file, "Ask the clients for certificates, and let in those of these authorities, PEM. Needs `tls`.",
            placeholder: "file"),
        .init("handshake_timeout", \.handshakeTimeout, .time(timeouts), "The most time for a TLS handshake."),
    ]
}
