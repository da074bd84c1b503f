internal import ArgumentParser
internal import Workload

/// TLS on the embedded server.
struct ServerTLSOptions: ParsableArguments {
    @Flag(help: "TLS on a port of its own beside the clear one; our own clients then use it. Without --cert: with a certificate made for the run, which they trust.")
    var tls = false

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Where TLS is spoken: HOST:PORT, or a port of loopback. Implies --tls.", valueName: "host:port"),
        transform: { try ListenAddress($0) })
    var tlsListen: ListenAddress?

    @Option(help: ArgumentHelp("The server's certificate and its chain, PEM. Implies --tls; needs --key.", valueName: "file"))
    var cert: String?

    @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"))
    var key: String?

    @Option(
        parsing: .unconditional, help: "Most time for a TLS handshake. (default: 10s)",
        transform: { try Quantity.duration($0, in: ServerOptions.timeoutRange) })
    var handshakeTimeout: Duration?

    func validate() throws {
        if (cert == nil) != (key == nil) { throw ValidationError("--cert and --key go together") }
    }

    /// - Parameters:
    ///   - host: where the clear port is.
    ///   - defaultPort: when the command line does not say.
    func plan(host: String, defaultPort: Int) -> ServerTLSPlan? {
        guard tls || tlsListen != nil || cert != nil else { return nil }
        var plan = ServerTLSPlan(host: tlsListen?.host ?? host, port: tlsListen?.port ?? defaultPort)
        if let cert, let key { plan.files = .init(certificate: cert, key: key) }
        return plan
    }
}
