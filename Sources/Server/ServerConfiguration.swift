package import HTTP1
package import HTTP2
package import Measurements
package import TLS

/// How a server serves: limits, and how long it is patient. Each limit has a default with a reason.
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

    /// Who owns the bytes of answers until the kernel has them.
    package var writePolicy = WritePolicy.lease

    /// The process may die of what it runs. Only a worker sets it.
    package var allowsUnsafe = false

    /// Hears of each piece of an audit's evidence at once, on the loop's thread: an unsafe policy
    /// may end the process a moment later. Whoever wants it kept writes it then and there.
    package var onViolation: (@Sendable (Violation) -> Void)?

    /// Limits of a request in HTTP/1.1; the head's and the body's hold for HTTP/2 as well.
    package var requestLimits = RequestLimits()

    /// How TLS is spoken on the secure socket. One for all loops, since they share the tickets' key.
    package var tls: ServerTLSConfiguration?

    /// What we announce to HTTP/2 peers.
    package var http2 = SessionSettings()

    /// From accept to the end of the TLS handshake. Two round trips of any network fit many times.
    package var handshakeTimeoutNanoseconds: UInt64 = 10_000_000_000
    /// From accept, or the first byte of a request, to the end of its head: in all, not per byte.
    package var headerTimeoutNanoseconds: UInt64 = 10_000_000_000
    /// Without a request.
    package var idleTimeoutNanoseconds: UInt64 = 60_000_000_000
    /// With a request in work and nothing moving: no byte in, none out.
    package var requestTimeoutNanoseconds: UInt64 = 30_000_000_000

    /// One page instead of the routes; nil for the routes.
    package var page: ServedPage?

    /// How long a connection that we have finished may take to say so too, before it is dropped.
    /// Two seconds are enough for any path, and short enough for peers that ignore FIN.
    package static let lingerNanoseconds: UInt64 = 2_000_000_000

    /// Control frames that an HTTP/2 peer may send at once, and then each second: nghttp2's own
    /// newer numbers (1000 and 33) would cut off honest clients that cancel much, so ten times the rate.
    package static let controlFrameBurstLimit = 1_000.0
    package static let controlFramesPerSecond = 330.0

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
