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
