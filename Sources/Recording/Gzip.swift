internal import CZlib

/// Makes gzip of a recording's lines (RFC 1952).
///
/// Each line is flushed: whatever ends the program, the file has all lines that were written.
final class GzipWriter {
    private let stream: GzipStream

    /// nil: there is no memory.
    init?() {
        guard let stream = unsafe GzipStream(begin: { unsafe hw_deflate_gzip($0) }, end: { unsafe deflateEnd($0) }) else { return nil }
        self.stream = stream
    }

    func compress(_ bytes: [UInt8]) -> [UInt8] { run(bytes, Z_SYNC_FLUSH) }

    /// The end of the file.
    func finish() -> [UInt8] { run([], Z_FINISH) }

    private func run(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var output: [UInt8] = []
        unsafe stream.pass(bytes, into: &output) { stream in
            unsafe deflate(stream, flush)
            return unsafe stream.pointee.avail_out == 0
        }
        return output
    }
}

/// Reads gzip, piece by piece; files that follow each other are one.
final class GzipReader {
    private let stream: GzipStream

    /// nil: there is no memory.
    init?() {
        guard let stream = unsafe GzipStream(begin: { unsafe hw_inflate_gzip($0) }, end: { unsafe inflateEnd($0) }) else { return nil }
        self.stream = stream
    }

    /// Whether a file that begins so is gzip; no line of a recording is.
    static func isGzip(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.first == 0x1F }

    /// Appends what these bytes stand for. - Returns: false where they are damaged.
    func expand(_ bytes: [UInt8], into output: inout [UInt8]) -> Bool {
        var isWhole = true
        unsafe stream.pass(bytes, into: &output) { stream in
            switch unsafe inflate(stream, Z_NO_FLUSH) {
            case Z_OK: break
            // More input is needed.
            case Z_BUF_ERROR: return false
            case Z_STREAM_END: unsafe inflateReset(stream)
            default:
                isWhole = false
                return false
            }
            return unsafe stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
        }
        return isWhole
    }
}

/// A stream of zlib's, and how bytes pass through it.
///
/// `@safe`: the stream is its own, from `begin` to `end`.
@safe
private final class GzipStream {
    typealias Stream = UnsafeMutablePointer<z_stream>
    private let stream: Stream
    private let end: (Stream) -> Void

    /// Of one call of zlib.
    private static let chunkByteCount = 32_768

    /// nil: there is no memory.
    init?(begin: (Stream) -> Int32, end: @escaping (Stream) -> Void) {
        let stream = Stream.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe begin(stream) == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
        unsafe self.stream = unsafe stream
        unsafe self.end = unsafe end
    }

    deinit {
        unsafe end(stream)
        unsafe stream.deallocate()
    }

    /// Passes bytes through, and appends what comes out.
    ///
    /// - Parameter step: calls zlib once, with room for a chunk. - Returns: whether there may be more to come out.
    func pass(_ bytes: [UInt8], into output: inout [UInt8], _ step: (Stream) -> Bool) {
        var bytes = bytes
        unsafe bytes.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = UInt32(input.count)
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GzipStream.chunkByteCount) { room in
                var hasMore = true
                while hasMore {
                    unsafe stream.pointee.next_out = room.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(room.count)
                    hasMore = unsafe step(stream)
                    unsafe output.append(contentsOf: room[..<(room.count - Int(stream.pointee.avail_out))])
                }
            }
        }
    }
}
