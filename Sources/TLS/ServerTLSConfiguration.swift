/// How a server speaks TLS. The same for all its loops; each loop makes a `TLSContext` of it.
package struct ServerTLSConfiguration: Sendable {
    /// The certificate, chain and key of the server.
    package let identity: TLSIdentity

    /// The authorities of the clients' certificates: a client without one of theirs is refused. nil: none is asked for.
    package var clientAuthorities: TrustStore?

    /// The protocols that the server speaks, the best first: its preference counts, not the client's. A client
    /// that offers protocols and none of these is refused; one that offers no protocol is let in.
    package var protocols: [ApplicationProtocol] = [.http2, .http1]

    /// Versions from the lowest to the highest.
    package var versions: ClosedRange<TLSVersion> = .tls12 ... .tls13

    /// Tickets after a full TLS 1.3 handshake. Each is used once: two, so that a client may open
    /// two connections next (OpenSSL's default too). A resumed handshake always gives one.
    package var ticketCount = 2

    let ticketKey: TicketKey

    package init(identity: TLSIdentity) throws(TLSSetupError) {
        self.identity = identity
        ticketKey = try TicketKey()
    }
}
