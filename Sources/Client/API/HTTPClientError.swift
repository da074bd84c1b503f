/// Why a request got no whole answer, by cause.
package enum HTTPClientError: Error, Equatable, Sendable {
    /// No connection could be made.
    case connect(ConnectError)
    /// The connection ended under the request.
    case connectionClosed
    /// The peer reset the stream.
    case reset
    /// The peer ends its connections and has not looked at this request: it may be sent again.
    case notProcessed
    /// No whole answer in the time that was given; the stream was reset.
    case timeout
    /// The peer broke the protocol.
    case protocolViolation
    /// The answer has more header fields than we take.
    case headTooLarge(fieldLimit: Int)
    /// The answer's body is larger than we take.
    case bodyTooLarge(byteLimit: Int)
    /// The circuit breaker is open: nothing was sent.
    case circuitOpen
    /// The client was closed.
    case clientClosed
    /// The request cannot be sent as it is: no method, a target that is none, a field with a line break.
    case invalidRequest(String)
    /// More requests wait than the client keeps.
    case tooManyRequests
}
