/// How a client speaks TLS. One for all its loops; each loop makes a `TLSContext` of it.
package struct ClientTLSConfiguration: Sendable {
    /// How the server has to prove who it is.
    package enum Verification: Sendable {
        /// By a chain to one of these authorities, and by the name we asked for.
        case trust(TrustStore)
        /// Not at all. Whoever switches this on must say so on the screen and in the recording.
        case insecure
    }

    package var verification: Verification

    /// What is offered, the best first. Empty: no ALPN at all.
    package var protocols: [ApplicationProtocol] = [.http2, .http1]

    /// Versions from the lowest to the highest.
    package var versions: ClosedRange<TLSVersion> = .tls12 ... .tls13

    /// Where secrets are appended for Wireshark (SSLKEYLOGFILE); nil, and nothing is ever written.
    package var keyLogPath: String?

    /// Whether sessions are kept for later: without, the client has nothing to resume.
    package var takesSessions = true

    package init(verification: Verification) { self.verification = verification }

    /// Whether anybody could be the server.
    package var isInsecure: Bool {
        switch verification {
        case .trust: false
        case .insecure: true
        }
    }
}
