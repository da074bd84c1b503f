/// Limits on the cost of one response for a client. Beyond each, parsing ends with a `ResponseError`.
package struct ResponseLimits: Sendable {
    /// Bytes of the status line and the fields, or of chunk lines and trailers, line ends included:
    /// as much as we take of a request.
    package var headByteLimit = 64 << 10

    /// Fields of one response: even with those that proxies add, a hundred is unheard of.
    package var fieldLimit = 128

    /// Responses 1xx before the final one. RFC 9110, section 15.2, allows any number; real servers send one
    /// 100 and a few 103 at most.
    package var informationalLimit = 16

    package init() {}
}
