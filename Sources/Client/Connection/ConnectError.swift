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

    /// Whether another attempt could only fail the same way.
    package var isPermanent: Bool {
        switch self {
        case .setup: true
        case .tls(let error): error.isPermanent
        case .system, .notHTTP2: false
        }
    }

    package var description: String { "connect: \(reason)" }

    /// The cause, for people.
    package var reason: String {
        switch self {
        case .system(let error): error.reason
        case .setup(let error): "TLS: \(error)"
        case .tls(let error): "TLS: \(error)"
        case .notHTTP2: "the server does not speak HTTP/2 here (--h1 asks for HTTP/1.1)"
        }
    }
}
