internal import Measurements

/// TLS on the embedded server: its address and its identity.
package struct ServerTLSPlan: Sendable, Equatable {
    /// Numeric address, and 0 for any free port.
    package var host: String
    package var port: Int
    /// PEM file of the authorities whose clients are let in; nil: no certificate is asked for.
    package var clientAuthorityFile: String?
    /// PEM files; nil: an identity made in memory for the run, which the run's own clients trust.
    package var files: Files?

    /// Certificate, then chain; and the key.
    package struct Files: Sendable, Equatable {
        package var certificate: String
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    package init(host: String, port: Int, files: Files? = nil) {
        self.host = host
        self.port = port
        self.files = files
    }
}

/// How clients speak TLS, where they do.
package struct ClientTLSPlan: Sendable, Equatable {
    /// The server's certificate is not verified; an event says so.
    package var isInsecure = false
    /// PEM file of the authorities to trust; nil: the system's, or the embedded server's own.
    package var authorityFile: String?
    /// Our certificate, PEM or PKCS#12; nil: none.
    package var certificateFile: String?
    /// Its key, PEM; nil: in the file of the certificate.
    package var keyFile: String?
    /// The first line of this file is the password of the key, or of the PKCS#12.
    package var passwordFile: String?
    /// Where secrets are appended for Wireshark (SSLKEYLOGFILE); nil: nowhere, ever.
    package var keyLogPath: String?

    package init() {}
}

/// Which HTTP the clients speak.
package enum HTTPChoice: String, Sendable, Equatable, CaseIterable {
    /// Over TLS what the server prefers; in the clear HTTP/2 with prior knowledge.
    case negotiated
    case http1 = "h1"
    case http2 = "h2"
    /// HTTP/2 with prior knowledge, never over TLS.
    case clearHTTP2 = "h2c"
}

/// Where to connect, whatever the URL says.
package struct ConnectTarget: Sendable, Equatable {
    /// A name or an address.
    package var host: String
    package var port: Int

    /// - Parameter host: a name or an address, without the brackets of IPv6.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Parameter text: "HOST:PORT", an IPv6 address in brackets.
    package init(_ text: String) throws(TargetURLError) {
        let url = try TargetURL("http://\(text)/")
        guard text.hasSuffix(":\(url.port)") else { throw TargetURLError(text: text, problem: .noPort) }
        host = url.host
        port = url.port
    }
}

extension ValueForm<ConnectTarget> {
    /// `http://HOST:PORT`: of a proxy.
    static var proxyURL: Self {
        written("http://127.0.0.1:3128", { (text) throws(SettingError) in
            // A password in the URL would be in every recording.
            guard !text.contains("@") else {
                throw SettingError("", "the URL has a user; write http://HOST:PORT, and user:password into a file (--proxy-user-file)")
            }
            guard text.hasPrefix("http://"), let target = try? ConnectTarget(String(text.dropFirst("http://".count).prefix { $0 != "/" })) else {
                throw SettingError("", "\"\(text.quotable)\" is not a proxy; write http://127.0.0.1:3128")
            }
            return target
        }, text: { "http://\(TargetURL.authority(host: $0.host, port: $0.port))" })
    }

    /// `HOST:PORT`, by name or by address.
    static var connectTarget: Self {
        written("127.0.0.1:8080", { (text) throws(TargetURLError) in try ConnectTarget(text) }, text: { TargetURL.authority(host: $0.host, port: $0.port) })
    }
}
