/// How a client speaks TLS. The same for all its loops; each loop makes a `TLSContext` of it.
package struct ClientTLSConfiguration: Sendable {
    /// How the server has to prove its identity.
    package enum Verification: Sendable {
        /// By a chain to one of these authorities, and by the name that we connect to.
        case trust(TrustStore)
        /// Not at all. The screen and the recording have to say so.
        case insecure
    }

    package var verification: Verification

    /// Ours, for a server that asks for it; nil: none is sent.
    package var identity: TLSIdentity?

    /// The protocols that are offered, the best first. Empty: no ALPN at all.
    package var protocols: [ApplicationProtocol] = [.http2, .http1]

    /// Versions from the lowest to the highest.
    package var versions: ClosedRange<TLSVersion> = .tls12 ... .tls13

    /// The file to which secrets are appended for Wireshark (SSLKEYLOGFILE); nil: none is written.
    package var keyLogPath: String?

    /// Whether sessions are kept to be resumed.
    package var takesSessions = true

    package init(verification: Verification) { self.verification = verification }

    /// Whether the server's identity is not verified.
    package var isInsecure: Bool {
        switch verification {
        case .trust: false
        case .insecure: true
        }
    }
}
