/// A protocol that two peers may agree to speak over TLS (ALPN, RFC 7301).
package enum ApplicationProtocol: String, Sendable, CaseIterable {
    /// HTTP/2 (RFC 9113, 3.1).
    case http2 = "h2"
    /// HTTP/1.1.
    case http1 = "http/1.1"

    /// A list as it stands in the handshake: each name behind its length.
    static func wireFormat(_ list: [ApplicationProtocol]) -> [UInt8] {
        list.flatMap { [UInt8($0.rawValue.utf8.count)] + Array($0.rawValue.utf8) }
    }
}
