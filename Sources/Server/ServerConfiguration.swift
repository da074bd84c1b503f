package import HTTP1
package import HTTP2
package import Measurements
package import TLS

/// How a server serves: its limits and its timeouts. Each has a default with a reason.
package struct ServerConfiguration: Sendable {
    /// Connections beyond are accepted and closed at once, so that the peer learns of it and
    /// the server recovers by itself. 10 000 idle HTTP/2 connections hold about 150 MB.
    package var connectionLimit = 10_000

    /// Bytes one connection may have waiting before we stop reading from it: four default
    /// HTTP/2 windows. A client on a slow link is never idle, and 10 000 stuck connections
    /// hold 2.6 GB, not all of memory. One response may pass it; the next has to wait.
    package var unsentByteLimit = 256 * 1024

    /// SO_SNDBUF of accepted sockets, bytes; nil leaves it to the system, which on loopback
    /// swallows megabytes before we see a backlog.
    package var sendBufferByteCount: Int?

    /// The owner of an answer's bytes until the kernel has taken them.
    package var writePolicy = WritePolicy.lease

    /// Whether an unsafe write policy may be chosen, which can end the process. Only a worker process sets it.
    package var allowsUnsafe = false

    /// Called with each piece of an audit's evidence at once, on the loop's thread: an unsafe policy may end
    /// the process a moment later, so evidence that is to be kept has to be written there and then.
    package var onViolation: (@Sendable (Violation) -> Void)?

    /// Limits of a request in HTTP/1.1; the head's and the body's hold for HTTP/2 as well.
    package var requestLimits = RequestLimits()

    /// How TLS is spoken on the secure socket. The same for all loops, since they share the tickets' key.
    package var tls: ServerTLSConfiguration?

    /// The settings that we announce to HTTP/2 peers.
    package var http2 = SessionSettings()

    /// Most time from accept to the end of the TLS handshake: many times two round trips on any network.
    package var handshakeTimeoutNanoseconds: UInt64 = 10_000_000_000
    /// Most time from accept, or from the first byte of a request, to the end of its head: in all, not per byte.
    package var headerTimeoutNanoseconds: UInt64 = 10_000_000_000
    /// Most time without a request.
    package var idleTimeoutNanoseconds: UInt64 = 60_000_000_000
    /// Most time with a request in work and no byte moving, either way.
    package var requestTimeoutNanoseconds: UInt64 = 30_000_000_000

    /// One page instead of the routes; nil: the routes.
    package var page: ServedPage?

    /// How long a peer may take to close a connection that we have finished; then we drop it.
    /// Two seconds are enough for any path, and short enough for peers that ignore FIN.
    package static let lingerNanoseconds: UInt64 = 2_000_000_000

    package init() {}

    /// Bytes of a request's head; beyond: 431.
    package var headByteLimit: Int {
        get { requestLimits.headByteLimit }
        set { requestLimits.headByteLimit = newValue }
    }

    /// Largest request body that is buffered; beyond: 413.
    package var bodyByteLimit: Int {
        get { requestLimits.bodyByteLimit }
        set { requestLimits.bodyByteLimit = newValue }
    }
}
