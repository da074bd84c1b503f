internal import ArgumentParser
internal import Workload

/// What the clients speak, and whom they trust.
struct ClientTLSOptions: ParsableArguments {
    @Flag(help: "HTTP/1.1, with as many requests sent ahead as there are streams.")
    var h1 = false

    @Flag(help: "HTTP/2 and nothing else.")
    var h2 = false

    @Flag(help: "HTTP/2 with prior knowledge, without TLS. What http:// means anyway.")
    var h2c = false

    @Flag(name: [.customShort("k"), .long], help: "Do not verify who the server is.")
    var insecure = false

    @Option(help: ArgumentHelp("Trust these authorities, PEM, and no others. (default: the system's)", valueName: "file"))
    var cacert: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Connect there, whatever the URL says.", valueName: "host:port"),
        transform: { try ConnectTarget($0) })
    var connectTo: ConnectTarget?

    func validate() throws {
        if [h1, h2, h2c].filter({ $0 }).count > 1 { throw ValidationError("--h1, --h2 and --h2c exclude each other") }
        if insecure && cacert != nil { throw ValidationError("--insecure and --cacert exclude each other") }
    }

    /// Where clients ask the embedded server, there is nowhere else to connect to.
    func validateOwnServer() throws {
        if connectTo != nil { throw ValidationError("--connect-to is for 'highwater load URL': these clients ask their own server") }
    }

    func apply(to plan: inout ClientPlan) {
        plan.http = h1 ? .http1 : h2 ? .http2 : h2c ? .clearHTTP2 : .negotiated
        plan.tls.isInsecure = insecure
        plan.tls.authorityFile = cacert
        plan.tls.keyLogPath = Environment.variables(noColor: false)["SSLKEYLOGFILE"].flatMap { $0.isEmpty ? nil : $0 }
        plan.connectTo = connectTo
    }
}
