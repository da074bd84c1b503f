/// A field's name or value while nghttp2 shows it: a view, looked at in words of eight bytes.
///
/// `@safe`: made of bytes that stay put while the view is used, and reads none beyond `count`.
@safe
struct FieldText {
    private let start: UnsafeRawPointer
    let count: Int

    /// `bytes` have a place, also when there are none.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe start = unsafe bytes.baseAddress.unsafelyUnwrapped
        count = bytes.count
    }

    @inline(__always)
    private init(_ literal: StaticString) {
        unsafe start = unsafe UnsafeRawPointer(literal.utf8Start)
        count = literal.utf8CodeUnitCount
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count)
        return unsafe start.load(fromByteOffset: index, as: UInt8.self)
    }

    /// Whether these are exactly the bytes of `literal`, which is not empty.
    @inline(__always)
    func equals(_ literal: StaticString) -> Bool {
        let other = FieldText(literal)
        guard count == other.count else { return false }
        if count < 8 { return shortWord == other.shortWord }
        var index = 0
        while index < count &- 8 {
            if word(at: index) != other.word(at: index) { return false }
            index &+= 8
        }
        return word(at: count &- 8) == other.word(at: count &- 8)
    }

    /// Whether these are the letters of `literal`, which is in lower case, in either case.
    func equalsIgnoringCase(_ literal: StaticString) -> Bool {
        let other = FieldText(literal)
        guard count == other.count else { return false }
        for index in 0..<count {
            let byte = self[index]
            if (FieldText.isUpperCase(byte) ? byte | 0x20 : byte) != other[index] { return false }
        }
        return true
    }

    /// Whether `isGood` holds for every word: whole ones, and a last one that reaches back over the one before.
    /// A text of less than eight bytes is one word, in which bytes of it repeat. Not of an empty text.
    @inline(__always)
    func allWords(_ isGood: (ByteWord) -> Bool) -> Bool {
        if count < 8 { return isGood(ByteWord(bits: shortWord)) }
        var index = 0
        while index < count &- 8 {
            if !isGood(ByteWord(bits: word(at: index))) { return false }
            index &+= 8
        }
        return isGood(ByteWord(bits: word(at: count &- 8)))
    }

    @inline(__always)
    func allBytes(_ isGood: (UInt8) -> Bool) -> Bool {
        for index in 0..<count where !isGood(self[index]) { return false }
        return true
    }

    @inline(__always)
    private func word(at index: Int) -> UInt64 { unsafe start.loadUnaligned(fromByteOffset: index, as: UInt64.self) }

    @inline(__always)
    private func half(at index: Int) -> UInt64 { unsafe UInt64(start.loadUnaligned(fromByteOffset: index, as: UInt32.self)) }

    /// All bytes of a text of one to seven, some of them more than once. Two texts of the same count have the same
    /// word when they are the same.
    @inline(__always)
    private var shortWord: UInt64 {
        if count >= 4 { return half(at: 0) | half(at: count &- 4) << 32 }
        guard count > 0 else { return 0 }
        let first = UInt64(self[0])
        return first &* 0x0101_0101_0100_0001 | UInt64(self[count / 2]) << 8 | UInt64(self[count &- 1]) << 16
    }
}

/// Eight bytes that are compared at once. A comparison marks the bytes that pass by their high bits; the word's other
/// bits, and those of bytes beyond ASCII, mean nothing until `hasOnly` or `hasNone` looks at the marks.
struct ByteWord {
    private let bits: UInt64
    /// Without the high bits, so that additions stay within their bytes.
    private let low: UInt64

    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }

    @inline(__always)
    init(bits: UInt64) {
        self.bits = bits
        low = bits & ~ByteWord.highBits
    }

    /// Marks the bytes from `limit` on.
    @inline(__always)
    func from(_ limit: UInt8) -> UInt64 { low &+ ByteWord.ones &* UInt64(0x80 &- limit) }

    @inline(__always)
    func within(_ range: ClosedRange<UInt8>) -> UInt64 { from(range.lowerBound) & ~from(range.upperBound &+ 1) }

    /// Whether every byte is one of ASCII and marked.
    @inline(__always)
    func hasOnly(_ marks: UInt64) -> Bool { marks & ~bits & ByteWord.highBits == ByteWord.highBits }

    /// Whether no byte of ASCII is marked.
    @inline(__always)
    func hasNone(_ marks: UInt64) -> Bool { marks & ~bits & ByteWord.highBits == 0 }
}
