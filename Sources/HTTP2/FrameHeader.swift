internal import CNghttp2

/// The nine bytes in front of a frame (RFC 9113, 4.1).
struct FrameHeader {
    /// Length, type, flags, and three of the four bytes of the stream, as they are sent.
    private let front: UInt64
    private let last: UInt8

    init(_ header: nghttp2_frame_hd) {
        let stream = UInt32(bitPattern: header.stream_id)
        front = (UInt64(header.length) << 40 | UInt64(header.type) << 32 | UInt64(header.flags) << 24 | UInt64(stream >> 8)).bigEndian
        last = UInt8(truncatingIfNeeded: stream)
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe withUnsafeBytes(of: (front, last)) { unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<9])) }
    }
}
