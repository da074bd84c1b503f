import Memory

/// Writes bytes one after the other into room that its maker has reserved.
///
/// `@safe` only inside this module: the maker counts the room, and asserts afterwards.
@safe
struct ByteWriter {
    private let start: UnsafeMutableRawPointer
    private(set) var byteCount = 0

    init(_ start: UnsafeMutableRawPointer) { unsafe self.start = unsafe start }

    var bytes: ArenaBytes { unsafe ArenaBytes(start: start, count: byteCount) }

    @inline(__always)
    mutating func write(_ literal: StaticString) {
        // A literal's length is known when this is inlined, so the copy is a move or two.
        unsafe (start + byteCount).copyMemory(
            from: literal.utf8Start, byteCount: literal.utf8CodeUnitCount)
        byteCount &+= literal.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func write(_ bytes: ArenaBytes) { unsafe write(bytes.buffer) }

    @inline(__always)
    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        unsafe (start + byteCount).copyMemory(from: source, byteCount: bytes.count)
        byteCount &+= bytes.count
    }

    /// Three digits, the space that the grammar wants, and no reason.
    mutating func writeStatus(_ status: Int) {
        writeDecimal(status)
        write(" \r\n")
    }

    /// At most 20 bytes.
    mutating func writeDecimal(_ number: Int) {
        writeDigits(of: UInt(number), base: 10)
    }

    /// At most 16 bytes, lower case.
    mutating func writeHexadecimal(_ number: Int) {
        writeDigits(of: UInt(number), base: 16)
    }

    /// Digits from the last to the first, at places counted beforehand.
    @inline(__always)
    private mutating func writeDigits(of number: UInt, base: UInt) {
        var digitCount = 1
        var rest = number / base
        while rest > 0 {
            digitCount &+= 1
            rest /= base
        }
        rest = number
        var index = byteCount &+ digitCount
        byteCount = index
        for _ in 0..<digitCount {
            index &-= 1
            let digit = UInt8(truncatingIfNeeded: rest % base)
            unsafe start.storeBytes(
                of: digit < 10 ? 0x30 &+ digit : 0x57 &+ digit, toByteOffset: index, as: UInt8.self)
            rest /= base
        }
    }
}
