/// A proxy between the clients and their server.
///
/// Requests in the clear over HTTP/1.1 name the server in their targets (RFC 9112, 3.2.2); all others go through a
/// tunnel that the proxy opens (RFC 9110, 9.3.6).
package struct ClientProxy: Sendable {
    /// The request that asks for a tunnel, whole; nil: requests go to the proxy itself.
    package let tunnelRequest: [UInt8]?
    /// The value of proxy-authorization in requests that go to the proxy itself; nil: none.
    package let authorization: String?

    /// - Parameters:
    ///   - authority: the server's, with its port.
    ///   - authorization: "Basic ..."; nil: the proxy asks for nothing.
    package static func tunnel(to authority: String, authorization: String?) -> ClientProxy {
        let credentials = authorization.map { "proxy-authorization: \($0)\r\n" } ?? ""
        let request = "CONNECT \(authority) HTTP/1.1\r\nhost: \(authority)\r\nuser-agent: highwater\r\n\(credentials)\r\n"
        return ClientProxy(tunnelRequest: Array(request.utf8), authorization: nil)
    }

    /// For requests in the clear over HTTP/1.1.
    package static func forwarding(authorization: String?) -> ClientProxy {
        ClientProxy(tunnelRequest: nil, authorization: authorization)
    }
}

/// The head with which a proxy answers the request for a tunnel.
///
/// A machine without a socket: bytes go in, and what to do comes out.
struct ProxyTunnel {
    private var head: [UInt8] = []

    /// More is no answer of a proxy.
    private static let headByteLimit = 8 * 1024

    /// What to do next.
    enum Answer: Equatable {
        /// Wait for more.
        case wait
        /// The tunnel is open; so many of the bytes were the proxy's, and the rest are the server's.
        case open(byteCount: Int)
        case fail(ConnectError)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Answer {
        for unsafe (index, byte) in unsafe bytes.enumerated() {
            guard head.count < ProxyTunnel.headByteLimit else { return .fail(.notProxy) }
            head.append(byte)
            guard byte == ASCIICode.lineFeed, head.suffix(4) == ProxyTunnel.headEnd || head.suffix(2) == ProxyTunnel.bareHeadEnd else { continue }
            guard let (status, reason) = statusLine else { return .fail(.notProxy) }
            switch status {
            // Not the answer yet.
            case 100..<200: head.removeAll()
            case 200..<300: return .open(byteCount: index + 1)
            default: return .fail(.proxyRefused(status: status, reason: reason))
            }
        }
        return .wait
    }

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let bareHeadEnd = Array("\n\n".utf8)

    private enum ASCIICode { static let lineFeed = UInt8(ascii: "\n") }

    /// "HTTP/1.1 407 Proxy Authentication Required"; nil for other lines.
    private var statusLine: (status: Int, reason: String)? {
        let line = String(decoding: head.prefix { $0 != UInt8(ascii: "\r") && $0 != ASCIICode.lineFeed }, as: UTF8.self)
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3, let status = Int(words[1]) else { return nil }
        return (status, words.count == 3 ? LoadAccounts.printable(String(words[2]), limit: 80) : "")
    }
}
