internal import Glibc

/// Bytes of a file that somebody else may be writing, or may have made: each read is bounded, and
/// no number in them leads anywhere but into these bytes.
struct FileBytes {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Up to `count` bytes at an offset; fewer where the file ends or cannot be read.
    init(descriptor: Int32, offset: UInt64, count: Int) {
        bytes = unsafe [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while filled < buffer.count {
                let result = unsafe pread(descriptor, UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]).baseAddress, buffer.count - filled, off_t(clamping: offset) + off_t(filled))
                if result < 0 && errno == EINTR { continue }
                guard result > 0 else { return }
                filled += result
            }
        }
    }

    /// A regular file whole, if it has at most `limit` bytes; nil otherwise. Files of /proc count as empty until read.
    init?(path: String, limit: Int) {
        // A pipe's other end would be waited for.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return nil }
        self.init(descriptor: file, offset: 0, count: status.st_size > 0 ? Int(status.st_size) : limit)
    }

    /// A plain value at an offset; nil beyond the end.
    func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type = Value.self) -> Value? {
        unsafe bytes.span.bytes.load(offset, as: type)
    }

    /// The text at an offset up to its zero byte, at most `limit` bytes of it; nil beyond the end.
    func text(_ offset: Int, limit: Int = 4096) -> String? {
        guard offset >= 0, offset < bytes.count else { return nil }
        return String(decoding: bytes[offset..<min(bytes.count, offset + limit)].prefix { $0 != 0 }, as: UTF8.self)
    }
}

extension RawSpan {
    /// A plain value at an offset; nil beyond the end.
    func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type = Value.self) -> Value? {
        guard offset >= 0, byteCount >= MemoryLayout<Value>.size, offset <= byteCount - MemoryLayout<Value>.size else { return nil }
        return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }
}

extension String {
    /// Without characters that a terminal would obey.
    var printable: String { String(unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "?" : Character($0) }) }
}
