internal import Client
internal import TLS
internal import Workload

/// The server's identity and the clients' trust, made once for all loops.
struct TLSSetup {
    /// nil: the server speaks no TLS, or there is none.
    let server: ServerTLSConfiguration?
    /// The same for all servers; nil: the clients speak in the clear.
    let client: ClientTLSConfiguration?

    /// Reads the files that the plan names, and makes a certificate where it names none.
    ///
    /// Errors: a file that cannot be used, with the flag that names it.
    init(_ plan: Plan) throws(ExperimentError) {
        var authority: CertificateAuthority?
        if let tls = plan.server?.tls {
            let identity: TLSIdentity
            if let files = tls.files {
                identity = try TLSSetup.reading([("--cert", files.certificate), ("--key", files.key)]) { () throws(TLSSetupError) in
                    try TLSIdentity(certificateFile: files.certificate, keyFile: files.key)
                }
            } else {
                (authority, identity) = try TLSSetup.reading([]) { () throws(TLSSetupError) in
                    let made = try CertificateAuthority()
                    return (made, try made.issue(names: TLSSetup.names(besides: tls.host)))
                }
            }
            server = try TLSSetup.reading([("--client-ca", tls.clientAuthorityFile)]) { () throws(TLSSetupError) in
                var configuration = try ServerTLSConfiguration(identity: identity)
                if let file = tls.clientAuthorityFile { configuration.clientAuthorities = try .file(file) }
                return configuration
            }
        } else {
            server = nil
        }
        guard let client = plan.client, plan.clientsUseTLS else {
            self.client = nil
            return
        }
        let files = [
            ("--cacert", client.tls.authorityFile), ("--cert", plan.server?.tls?.files?.certificate), ("--client-cert", client.tls.certificateFile),
            ("--client-key", client.tls.keyFile), ("--client-password-file", client.tls.passwordFile),
        ]
        self.client = try TLSSetup.reading(files) { () throws(TLSSetupError) in try TLSSetup.clients(client.tls, plan.server?.tls, authority) }
    }

    /// What clients need to speak TLS with one of their servers; nil: they speak in the clear.
    func options(host: String) -> ClientConfiguration.TLSOptions? {
        client.map { .init(configuration: $0, serverName: TargetURL.withoutZone(host)) }
    }

    /// - Parameter authority: of our server's certificate, where we have made that.
    private static func clients(
        _ plan: ClientTLSPlan, _ server: ServerTLSPlan?, _ authority: CertificateAuthority?
    ) throws(TLSSetupError) -> ClientTLSConfiguration {
        let verification: ClientTLSConfiguration.Verification
        if plan.isInsecure {
            verification = .insecure
        } else if let file = plan.authorityFile ?? server?.files?.certificate {
            verification = .trust(try .file(file))
        } else if let authority {
            verification = .trust(try .authority(authority))
        } else {
            verification = .trust(try .system())
        }
        var configuration = ClientTLSConfiguration(verification: verification)
        configuration.keyLogPath = plan.keyLogPath
        if let file = plan.certificateFile {
            configuration.identity = try .read(certificateFile: file, keyFile: plan.keyFile, passwordFile: plan.passwordFile)
        }
        return configuration
    }

    /// What `read` makes of files.
    ///
    /// - Parameter files: the flags that name them. Errors: begin with the flag of the file that is at fault.
    private static func reading<Value>(
        _ files: [(flag: String, path: String?)], _ read: () throws(TLSSetupError) -> Value
    ) throws(ExperimentError) -> Value {
        do throws(TLSSetupError) { return try read() } catch {
            let flag = files.first { $0.path != nil && $0.path == error.path }?.flag
            throw ExperimentError((flag.map { "\($0): " } ?? "") + error.description)
        }
    }

    /// Names by which a server on this machine is reached.
    private static func names(besides host: String) -> [String] {
        let usual = ["localhost", "127.0.0.1", "::1"]
        return usual.contains(host) ? usual : usual + [host]
    }
}

extension ClientConfiguration.HTTPVersion {
    init(_ choice: HTTPChoice) {
        switch choice {
        case .negotiated: self = .negotiated
        case .http1: self = .http1
        case .http2, .clearHTTP2: self = .http2
        }
    }
}
