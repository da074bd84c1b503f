package import Loop
package import TLS

/// Why a connection could not be made.
package enum ConnectError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system failed, the peer ended the connection, or the time for connecting is over.
    case system(LoopError)
    /// TLS could not be set up.
    case setup(TLSSetupError)
    /// The handshake failed.
    case tls(TLSError)
    /// The peer answered with something else than the greeting of HTTP/2.
    case notHTTP2
    /// The peer answered HTTP in the clear with a record of TLS.
    case speaksTLS
    /// The peer has not answered the TLS handshake in time.
    case handshakeTimeout
    /// The same of the proxy, before there was a way to the server.
    case proxy(LoopError)
    /// The proxy did not open a tunnel to the server, and answered this.
    case proxyRefused(status: Int, reason: String)
    /// The proxy answered with something else than HTTP/1.
    case notProxy
    /// The server has several addresses, and none of them took a connection.
    indirect case allAddresses([Try])
    /// Why there is none to one of several servers, which is named.
    indirect case ofOrigin(String, ConnectError)

    /// What became of one address.
    package struct Try: Error, Equatable, Sendable {
        package var address: SocketAddress
        package var error: ConnectError
    }

    /// Whether another attempt could only fail the same way.
    package var isPermanent: Bool {
        switch self {
        case .setup: true
        case .tls(let error): error.isPermanent
        // It will not like the next request better; what it cannot do now it may be able to do then.
        case .proxyRefused(let status, _): status < 500
        case .ofOrigin(_, let error): error.isPermanent
        case .system, .notHTTP2, .speaksTLS, .handshakeTimeout, .proxy, .notProxy, .allAddresses: false
        }
    }

    /// The peer ended the connection with a reset.
    var isReset: Bool { if case .system(let error) = self { error.code == LoopError.connectionReset } else { false } }

    package var description: String { "connect: \(reason)" }

    /// The cause, for people.
    package var reason: String {
        switch self {
        case .system(let error): error.remedy.map { "\(error.reason): \($0)" } ?? error.reason
        case .setup(let error): "TLS: \(error)"
        case .tls(let error): "TLS: \(error)"
        case .notHTTP2: "the server does not speak HTTP/2 here (--h1 asks for HTTP/1.1)"
        case .speaksTLS: "the server speaks TLS on this port; write https://"
        case .handshakeTimeout:
            "the server has not answered the TLS handshake in time (--connect-timeout); one without TLS on this port waits like that: write http:// for it"
        case .proxy(let error): "the proxy: \(ConnectError.system(error).reason)"
        case .proxyRefused(let status, let reason):
            "the proxy opens no tunnel to the server: \(status)\(reason.isEmpty ? "" : " \(reason)")"
                + (status == 407 ? "; write --proxy-user-file, or put user:password into HIGHWATER_PROXY_USER" : "")
        case .notProxy: "the proxy does not answer CONNECT with HTTP: is that its port?"
        case .allAddresses(let tries): ConnectError.text(tries)
        case .ofOrigin(let origin, let error): "\(origin): \(error.reason)"
        }
    }

    /// "[::1]:8080: connection refused; 127.0.0.1:8080: connection refused"
    static func text(_ tries: [Try]) -> String { tries.map { "\($0.address): \($0.error.reason)" }.joined(separator: "; ") }
}

extension LoopError {
    /// What to do about a limit of the machine's; nil: it is none.
    fileprivate var remedy: String? {
        switch code {
        case LoopError.noLocalPort:
            "no local port is left; ask for fewer connections, or for fewer new ones, or raise net.ipv4.ip_local_port_range"
        case LoopError.noDescriptor: "no file descriptor is left; ask for fewer connections, or raise 'ulimit -n'"
        default: nil
        }
    }
}
