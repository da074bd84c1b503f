package import TLS

/// Whom a session is good for: no other peer is offered it.
package struct TLSOrigin: Hashable, Sendable {
    package var host: String
    package var port: Int
    /// What is offered in the handshake, the best first.
    package var protocols: [ApplicationProtocol]

    package init(host: String, port: Int, protocols: [ApplicationProtocol]) {
        self.host = host
        self.port = port
        self.protocols = protocols
    }
}

/// Where clients keep TLS sessions between connections. On the loop's thread.
package protocol TLSSessionKeeper: AnyObject {
    /// A session to resume, taken out if it may be used once only; nil: a full handshake.
    func takeSession(for origin: TLSOrigin) -> TLSSession?
    /// The peer gave a session for next time.
    func keep(_ session: TLSSession, for origin: TLSOrigin)
    /// A handshake is done. - Parameters:
    ///   - wasOffered: `takeSession` had one for it.
    ///   - isResumed: the peer's word that it took it.
    func handshakeDidEnd(for origin: TLSOrigin, wasOffered: Bool, isResumed: Bool)
}
