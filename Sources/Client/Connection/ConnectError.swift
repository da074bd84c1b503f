package import Loop
package import TLS

/// Why a connection could not be made, by cause.
package enum ConnectError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system, the peer's end of it, or the time that was given.
    case system(LoopError)
    /// Nothing could be set up to connect with.
    case setup(TLSSetupError)
    /// The handshake.
    case tls(TLSError)
    /// The peer said something else than HTTP/2's greeting.
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

    /// The cause, in words.
    package var reason: String {
        switch self {
        case .system(let error): error.reason
        case .setup(let error): "TLS: \(error)"
        case .tls(let error): "TLS: \(error)"
        case .notHTTP2: "the server does not speak HTTP/2 here (--h1 asks for HTTP/1.1)"
        }
    }
}
