internal import CNghttp2

/// The values that one end announces in its SETTINGS frame (RFC 9113, 6.5.2), and its connection window.
package struct SessionSettings: Sendable, Equatable {
    /// Streams the peer may have open at once.
    package var maxConcurrentStreams: UInt32 = 100
    /// Bytes of DATA the peer may send on a stream before we grant more.
    package var initialWindowByteCount: UInt32 = 65_535
    /// The same for the connection as a whole, at least 65 535.
    package var connectionWindowByteCount: UInt32 = 65_535
    /// Decoded header bytes we take in one request or response, 32 more counted for each field.
    package var headerListByteLimit: UInt32 = 64 * 1024
    /// HPACK table we keep for the peer's headers.
    package var headerTableByteCount: UInt32 = 4096

    package init() {}
}

/// Error codes of RFC 9113, 7.
package struct HTTP2ErrorCode: RawRepresentable, Sendable, Equatable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let noError = HTTP2ErrorCode(rawValue: 0)
    package static let protocolError = HTTP2ErrorCode(rawValue: 1)
    package static let internalError = HTTP2ErrorCode(rawValue: 2)
    package static let streamClosed = HTTP2ErrorCode(rawValue: 5)
    package static let refusedStream = HTTP2ErrorCode(rawValue: 7)
    package static let cancel = HTTP2ErrorCode(rawValue: 8)
    package static let enhanceYourCalm = HTTP2ErrorCode(rawValue: 11)

    /// "REFUSED_STREAM (7)", "code 99" (`nghttp2_http2_strerror`).
    package var name: String {
        let word = unsafe String(cString: nghttp2_http2_strerror(rawValue))
        return word == "unknown" ? "code \(rawValue)" : "\(word) (\(rawValue))"
    }
}

/// The peer broke the protocol, or nghttp2 is out of memory.
package struct SessionError: Error, Equatable, CustomStringConvertible {
    /// An NGHTTP2_ERR_... value, negative; 0 for a fault that nghttp2 does not name.
    package let code: Int32

    /// A fault that nghttp2 tells of only by ending the session, or that `FrameCheck` has found.
    package static let unnamed = SessionError(code: 0)

    /// The peer made us owe it more acknowledgements than nghttp2 keeps (NGHTTP2_ERR_FLOODED).
    package var isFlood: Bool { code == -904 }

    /// Made when it is asked for: most faults are only counted.
    package var description: String {
        code == 0 ? "the rules of HTTP/2 were broken" : unsafe String(cString: nghttp2_strerror(code))
    }
}
