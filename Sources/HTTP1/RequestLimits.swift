/// Limits on the cost of one request for the server. Beyond each, parsing ends with a `RequestError`.
package struct RequestLimits: Sendable {
    /// Bytes of the request line and the fields, their line ends included; 431 beyond.
    ///
    /// Cookies of real browsers reach 16 KiB and proxies add to them; other servers take 8 to 64 KiB.
    /// The upper end is convenient for tests, and the connection limit bounds the sum.
    package var headByteLimit = 64 << 10

    /// Fields of one request; 431 beyond. Browsers send about 20; nginx and hyper stop at 100.
    package var headerCountLimit = 100

    /// Bytes of the request target; 414 beyond.
    /// RFC 9112, section 3, asks for at least 8000 bytes of request line.
    package var targetByteLimit = 8 << 10

    /// Bytes of a body, buffered or discarded; 413 beyond. A client can make the server hold so much with
    /// one request, so 10 000 requests hold 10 GiB at worst: raise it with care.
    package var bodyByteLimit = 1 << 20

    /// Bytes of chunk extensions in the whole body; 400 beyond. In practice only attacks send them, to make
    /// a server read many bytes for few of body (CVE-2023-39326), so a few lines are enough.
    package var chunkExtensionByteLimit = 1 << 10

    /// Bytes of the trailer section after the last chunk; 431 beyond. Trailers carry a
    /// checksum or a status, and we only read past them.
    package var trailerByteLimit = 4 << 10

    /// Empty lines skipped before a request line; 400 beyond. RFC 9112, section 2.2, asks
    /// for one, for the sake of old clients that end a body with one too many.
    package var leadingEmptyLineLimit = 4

    package init() {}

    /// Bytes of the first line that we read before giving up: the target, and room for
    /// any method and the version.
    var requestLineByteLimit: Int { targetByteLimit &+ 64 }
}
