#if canImport(Glibc)
import Glibc
#endif

/// Lines out of bytes that come in pieces. A line that comes whole is not copied.
///
/// A class, so that a parser's access to it needs no check at run time that no other is going on: its own fields are private.
///
/// `@safe`: its memory is its own.
@safe
final class LineBuffer {
    private let byteLimit: Int
    /// The beginning of a line whose end has not come. Grows by doubling up to the limit.
    private var start: UnsafeMutableRawPointer?
    private var capacity = 0
    private var byteCount = 0
    /// The bytes at `start` were handed out as a line.
    private var isSpent = false
    /// Names in lower case, one at a time.
    private let scratch: UnsafeMutableRawBufferPointer

    /// Bytes of a field name; the longest registered one has 40.
    static let nameByteLimit = 256
    private static let firstByteCount = 256

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
        unsafe start = nil
        unsafe scratch = .allocate(byteCount: LineBuffer.nameByteLimit, alignment: 8)
    }

    deinit {
        unsafe start?.deallocate()
        unsafe scratch.deallocate()
    }

    /// No line has begun.
    var isAtStart: Bool { byteCount == 0 || isSpent }

    /// What is kept of the line that was handed out last, or has begun; empty: it came whole, or none has.
    var kept: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: byteCount) }

    /// The next line, without CR LF, and takes it off `rest`. nil: `rest` is used up before its end.
    func next(_ rest: inout UnsafeRawBufferPointer) throws(ResponseError) -> UnsafeRawBufferPointer? {
        if isSpent {
            isSpent = false
            byteCount = 0
        }
        guard let base = rest.baseAddress else { return nil }
        guard let found = unsafe memchr(base, Int32(ASCII.lineFeed), rest.count) else {
            try unsafe keep(rest)
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[rest.count...])
            return nil
        }
        let count = unsafe UnsafeRawPointer(found) - base + 1
        var line = unsafe UnsafeRawBufferPointer(rebasing: rest[..<count])
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        if byteCount > 0 {
            try unsafe keep(line)
            unsafe line = UnsafeRawBufferPointer(start: start, count: byteCount)
            isSpent = true
        }
        guard line.count >= 2, unsafe line[line.count - 2] == ASCII.carriageReturn else { throw .invalidLineEnd }
        return unsafe UnsafeRawBufferPointer(rebasing: line[..<(line.count - 2)])
    }

    /// Of a line that is too long, as much as the limit allows is kept.
    private func keep(_ bytes: UnsafeRawBufferPointer) throws(ResponseError) {
        let room = byteLimit - byteCount
        unsafe append(UnsafeRawBufferPointer(rebasing: bytes.prefix(room)))
        if bytes.count > room { throw .headTooLarge }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        let needed = byteCount + bytes.count
        if needed > capacity {
            capacity = max(needed, min(byteLimit, max(capacity * 2, LineBuffer.firstByteCount)))
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
            if let start = unsafe start {
                unsafe larger.copyMemory(from: start, byteCount: byteCount)
                unsafe start.deallocate()
            }
            unsafe start = unsafe larger
        }
        if let start = unsafe start { unsafe (start + byteCount).copyMemory(from: source, byteCount: bytes.count) }
        byteCount = needed
    }

    /// The name in lower case, which is how names compare (RFC 9110, 5.1); valid until the next call.
    func lowerCased(_ name: UnsafeRawBufferPointer) throws(ResponseError) -> UnsafeRawBufferPointer {
        guard unsafe name.count <= scratch.count else { throw .invalidField }
        for index in 0..<name.count {
            let byte = unsafe name[index]
            unsafe scratch[index] = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
        }
        return unsafe UnsafeRawBufferPointer(rebasing: scratch[..<name.count])
    }
}
