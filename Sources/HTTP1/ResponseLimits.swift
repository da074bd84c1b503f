/// What one response may cost a client. Beyond each limit parsing ends with a `ResponseError`.
package struct ResponseLimits: Sendable {
    /// Bytes of the status line and the fields, or of chunk lines and trailers, line ends included:
    /// as much as we take of a request.
    package var headByteLimit = 64 << 10

    /// Fields of one response: proxies add to what servers send, and a hundred is unheard of.
    package var fieldLimit = 128

    /// Responses 1xx before the one that was asked for. RFC 9110, section 15.2, allows any number;
    /// one 100 and a few 103 are all there ever are.
    package var informationalLimit = 16

    package init() {}
}
