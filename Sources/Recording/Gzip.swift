internal import CZlib

/// Makes gzip of a recording's lines (RFC 1952).
///
/// Each line is flushed: whatever ends the program, the file has all lines that were written.
///
/// `@safe`: its stream is its own.
@safe
final class GzipWriter {
    private let stream: UnsafeMutablePointer<z_stream>

    /// nil: there is no memory.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe hw_deflate_gzip(stream) == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    func compress(_ bytes: [UInt8]) -> [UInt8] { run(bytes, Z_SYNC_FLUSH) }

    /// The end of the file.
    func finish() -> [UInt8] { run([], Z_FINISH) }

    private func run(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var bytes = bytes
        var output: [UInt8] = []
        unsafe bytes.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = UInt32(input.count)
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Gzip.chunkByteCount) { room in
                repeat {
                    unsafe stream.pointee.next_out = room.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(room.count)
                    unsafe _ = deflate(stream, flush)
                    unsafe output.append(contentsOf: room[..<(room.count - Int(stream.pointee.avail_out))])
                } while unsafe stream.pointee.avail_out == 0
            }
        }
        return output
    }
}

/// Reads gzip, piece by piece; files that follow each other are one.
///
/// `@safe`: its stream is its own.
@safe
final class GzipReader {
    private let stream: UnsafeMutablePointer<z_stream>

    /// nil: there is no memory.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe hw_inflate_gzip(stream) == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Whether a file that begins so is gzip; no line of a recording is.
    static func isGzip(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.first == 0x1F }

    /// Appends what these bytes stand for. - Returns: false where they are damaged.
    func expand(_ bytes: [UInt8], into output: inout [UInt8]) -> Bool {
        var bytes = bytes
        return unsafe bytes.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = UInt32(input.count)
            return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Gzip.chunkByteCount) { room in
                repeat {
                    unsafe stream.pointee.next_out = room.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(room.count)
                    let status = unsafe inflate(stream, Z_NO_FLUSH)
                    unsafe output.append(contentsOf: room[..<(room.count - Int(stream.pointee.avail_out))])
                    switch status {
                    case Z_OK: continue
                    // More input is needed.
                    case Z_BUF_ERROR: return true
                    case Z_STREAM_END: unsafe inflateReset(stream)
                    default: return false
                    }
                } while unsafe stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
                return true
            }
        }
    }
}

private enum Gzip {
    /// Of one call of zlib.
    static let chunkByteCount = 32_768
}
