internal import Client
internal import TLS
internal import Workload

/// The server's identity and the clients' trust, made once for all loops.
struct TLSSetup {
    /// nil: the server speaks no TLS, or there is none.
    let server: ServerTLSConfiguration?
    /// nil: the clients speak in the clear.
    let client: ClientConfiguration.TLSOptions?

    /// Reads the files that the plan names, and makes a certificate where it names none.
    init(_ plan: Plan) throws(TLSSetupError) {
        var authority: CertificateAuthority?
        if let tls = plan.server?.tls {
            let identity: TLSIdentity
            if let files = tls.files {
                identity = try TLSIdentity(certificateFile: files.certificate, keyFile: files.key)
            } else {
                let made = try CertificateAuthority()
                authority = made
                identity = try made.issue(names: TLSSetup.names(besides: tls.host))
            }
            var configuration = try ServerTLSConfiguration(identity: identity)
            if let file = tls.clientAuthorityFile { configuration.clientAuthorities = try .file(file) }
            server = configuration
        } else {
            server = nil
        }
        guard let client = plan.client, plan.clientsUseTLS else {
            self.client = nil
            return
        }
        let verification: ClientTLSConfiguration.Verification
        if client.tls.isInsecure {
            verification = .insecure
        } else if let file = client.tls.authorityFile ?? plan.server?.tls?.files?.certificate {
            verification = .trust(try .file(file))
        } else if let authority {
            verification = .trust(try .authority(authority))
        } else {
            verification = .trust(try .system())
        }
        var configuration = ClientTLSConfiguration(verification: verification)
        configuration.keyLogPath = client.tls.keyLogPath
        if let file = client.tls.certificateFile {
            configuration.identity = try .read(certificateFile: file, keyFile: client.tls.keyFile, passwordFile: client.tls.passwordFile)
        }
        self.client = ClientConfiguration.TLSOptions(
            configuration: configuration, serverName: TargetURL.withoutZone(plan.server?.tls?.host ?? client.host))
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
