/// A run of bytes inside an arena. A view: it owns nothing and dies with the arena's reset.
///
/// `@safe`: made only from memory that an arena gave out or that is immortal.
@safe
@usableFromInline
package struct ArenaBytes {
    @usableFromInline package let start: UnsafeRawPointer?
    @usableFromInline package let count: Int

    @inlinable
    package init(start: UnsafeRawPointer?, count: Int) {
        unsafe self.start = start
        self.count = count
    }

    /// Bytes of a literal, which live as long as the program.
    @inlinable
    package init(_ literal: StaticString) {
        unsafe self.init(start: UnsafeRawPointer(literal.utf8Start), count: literal.utf8CodeUnitCount)
    }

    @inlinable package static var empty: ArenaBytes { unsafe ArenaBytes(start: nil, count: 0) }

    @inlinable package var isEmpty: Bool { count == 0 }

    /// The bytes as a buffer, valid as long as the arena is.
    @inlinable package var buffer: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: start, count: count)
    }

    /// The byte at `index`, which must be within.
    @inlinable package subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count)
        return unsafe start.unsafelyUnwrapped.load(fromByteOffset: index, as: UInt8.self)
    }

    /// The part of these bytes in `range`.
    @inlinable package subscript(range: Range<Int>) -> ArenaBytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe ArenaBytes(start: start.map { unsafe $0 + range.lowerBound }, count: range.count)
    }

    /// The bytes as text, with U+FFFD where they are not UTF-8. Allocates: not for every request.
    package var string: String { unsafe String(decoding: buffer, as: UTF8.self) }

    /// Whether these are exactly the bytes of `literal`.
    @inlinable
    package func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        var index = 0
        while index < count {
            if unsafe start.unsafelyUnwrapped.load(fromByteOffset: index, as: UInt8.self)
                != literal.utf8Start[index] { return false }
            index &+= 1
        }
        return true
    }

    /// Whether these are the letters of `literal`, which must be lower case; our own may be in either case.
    @inlinable
    package func equalsIgnoringCase(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        var index = 0
        while index < count {
            var byte = unsafe start.unsafelyUnwrapped.load(fromByteOffset: index, as: UInt8.self)
            if byte >= 0x41 && byte <= 0x5A { byte |= 0x20 }
            if unsafe byte != literal.utf8Start[index] { return false }
            index &+= 1
        }
        return true
    }
}

extension Arena {
    /// A copy of `bytes` in this arena.
    @inlinable
    package func copy(_ bytes: UnsafeRawBufferPointer) -> ArenaBytes {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return .empty }
        let target = unsafe allocate(byteCount: bytes.count, alignment: 1)
        unsafe target.copyMemory(from: base, byteCount: bytes.count)
        return unsafe ArenaBytes(start: target, count: bytes.count)
    }
}
