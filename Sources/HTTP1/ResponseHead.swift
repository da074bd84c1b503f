package import Memory

/// The head of a response: status line and fields as one run of bytes.
package enum ResponseHead {
    /// How the peer will know the end of the body.
    package enum Length: Equatable, Sendable {
        /// Content-Length.
        case count(Int)
        /// Transfer-Encoding: chunked. Not for HTTP/1.0, which needs `.none` and a close.
        case chunked
        /// No field: for 1xx, 204 and 304, or a body that ends with the connection.
        case none
    }

    /// The interim response for a client that waits for it before it sends the body.
    package static var continue100: ArenaBytes { ArenaBytes("HTTP/1.1 100 Continue\r\n\r\n") }

    /// Writes a head into the arena, empty line included.
    ///
    /// The version is always HTTP/1.1, the server's own (RFC 9110, section 2.5), and a Connection field is
    /// written only where the connection's end differs from the default of the request's version.
    /// - Parameters:
    ///   - status: 100 to 999.
    ///   - date: an IMF-fixdate of 29 bytes, or empty for no Date field.
    ///   - contentType: empty for no Content-Type field.
    ///   - allow: methods for the Allow field that 405 must have, or empty for none.
    ///   - minorVersion: of the request.
    package static func encode(
        status: Int, date: ArenaBytes, contentType: ArenaBytes, length: Length,
        allow: ArenaBytes = .empty, closesConnection: Bool, minorVersion: Int, into arena: Arena
    ) -> ArenaBytes {
        precondition(status >= 100 && status <= 999, "a status has three digits")
        precondition(length != .chunked || minorVersion == 1, "HTTP/1.0 does not know chunked")
        let statusLine = StatusLine.literal(status)
        let room = statusLine.count &+ date.count &+ contentType.count &+ allow.count &+ fixedRoom
        var writer = unsafe ByteWriter(arena.allocate(byteCount: room, alignment: 1))
        writer.write(statusLine)
        if StatusLine.isGeneral(statusLine) { writer.writeStatus(status) }
        if !date.isEmpty {
            writer.write("Date: ")
            writer.write(date)
            writer.write("\r\n")
        }
        if !contentType.isEmpty {
            writer.write("Content-Type: ")
            writer.write(contentType)
            writer.write("\r\n")
        }
        switch length {
        case .count(let count):
            writer.write("Content-Length: ")
            writer.writeDecimal(count)
            writer.write("\r\n")
        case .chunked: writer.write("Transfer-Encoding: chunked\r\n")
        case .none: break
        }
        if !allow.isEmpty {
            writer.write("Allow: ")
            writer.write(allow)
            writer.write("\r\n")
        }
        if closesConnection {
            writer.write("Connection: close\r\n")
        } else if minorVersion == 0 {
            writer.write("Connection: keep-alive\r\n")
        }
        writer.write("\r\n")
        assert(writer.byteCount <= room)
        return writer.bytes
    }

    // MARK: Around the chunks of a chunked body (RFC 9112, section 7.1)

    /// The size line before a chunk of `byteCount` bytes, which must be more than none:
    /// an empty chunk would end the body.
    package static func encodeChunkHeader(byteCount: Int, into arena: Arena) -> ArenaBytes {
        precondition(byteCount > 0)
        var writer = unsafe ByteWriter(arena.allocate(byteCount: 18, alignment: 1))
        writer.writeHexadecimal(byteCount)
        writer.write("\r\n")
        return writer.bytes
    }

    /// The line end behind each chunk's bytes.
    package static var chunkEnd: ArenaBytes { ArenaBytes("\r\n") }

    /// The last chunk and an empty trailer section.
    package static var lastChunk: ArenaBytes { ArenaBytes("0\r\n\r\n") }

    /// Room for the parts of a head without a length of their own: names, line ends, a number, a status.
    private static let fixedRoom = 160
}
