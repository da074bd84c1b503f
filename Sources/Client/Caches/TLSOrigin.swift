package import TLS

/// The peer that a TLS session is good for: it is offered to no other.
package struct TLSOrigin: Hashable, Sendable {
    package var host: String
    package var port: Int
    /// The protocols that are offered in the handshake, the best first.
    package var protocols: [ApplicationProtocol]

    package init(host: String, port: Int, protocols: [ApplicationProtocol]) {
        self.host = host
        self.port = port
        self.protocols = protocols
    }
}
