internal import Load
internal import Measurements
internal import Memory

/// A part of a text, ready to be written into many requests.
enum TextPiece {
    case literal(ArenaBytes)
    case sequence
    /// - span: how many numbers there are from `first` on; 0 for all of them.
    case integer(first: Int, span: UInt64)
    case hex(Int)
    case string(Int)
    case uuid
    case choice([ArenaBytes])

    /// - Parameter keep: puts bytes where they stay.
    init(_ part: RequestText.Part, keep: ([UInt8]) -> ArenaBytes) {
        self =
            switch part {
            case .literal(let bytes): .literal(keep(bytes))
            case .sequence: .sequence
            case .integer(let range):
                .integer(first: range.lowerBound, span: UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound)) &+ 1)
            case .hex(let count): .hex(count)
            case .string(let count): .string(count)
            case .uuid: .uuid
            case .choice(let words): .choice(words.map(keep))
            }
    }
}

/// Writes the values of one request, one text after the other. Allocates nothing.
///
/// `@safe`: its caller has made room by `RequestTemplate.expandedByteLimit`.
@safe
struct TextWriter {
    private var start: UnsafeMutableRawPointer
    private var cursor: UnsafeMutableRawPointer
    private let number: UInt64
    private var random: SplitMix64

    /// - Parameters:
    ///   - number: the request's, which no other of the run has.
    ///   - seed: the run's. Both together give the random values.
    init(_ memory: UnsafeMutableRawPointer, number: UInt64, seed: UInt64) {
        unsafe start = unsafe memory
        unsafe cursor = unsafe memory
        self.number = number
        // Neighbours are far apart from the first value on.
        random = SplitMix64(seed: SplitMix64.mix(seed &+ SplitMix64.step) ^ SplitMix64.mix(number))
    }

    /// The text that was written since the last call.
    mutating func take() -> ArenaBytes {
        defer { unsafe start = unsafe cursor }
        return unsafe ArenaBytes(start: start, count: cursor - start)
    }

    /// A text of these pieces alone: what was written before belongs to nobody else.
    @inline(__always)
    mutating func text(of pieces: [TextPiece]) -> ArenaBytes {
        for piece in pieces { write(piece) }
        return take()
    }

    private mutating func write(_ piece: TextPiece) {
        switch piece {
        case .literal(let bytes): put(bytes)
        case .sequence: write(number)
        case .integer(let first, let span):
            let offset = span == 0 ? random.next() : random.next() % span
            let value = first &+ Int(truncatingIfNeeded: offset)
            if value < 0 { put(UInt8(ascii: "-")) }
            write(UInt64(value.magnitude))
        case .hex(let count): for index in 0..<count { put(digit(at: index)) }
        case .string(let count): for _ in 0..<count { put(TextWriter.letter(random.next() % 62)) }
        case .uuid: writeUUID()
        case .choice(let words): put(words[Int(random.next() % UInt64(words.count))])
        }
    }

    /// A number in decimal digits.
    mutating func write(_ number: UInt64) {
        var scale: UInt64 = 1
        while number / scale >= 10 { scale *= 10 }
        while scale > 0 {
            put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / scale % 10))
            scale /= 10
        }
    }

    /// Version 4, variant 10 (RFC 9562, 5.4).
    private mutating func writeUUID() {
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { put(UInt8(ascii: "-")) }
            let drawn = digit(at: index)
            switch index {
            case 12: put(UInt8(ascii: "4"))
            case 16: put(TextWriter.hexDigit(8 | drawnDigits & 3))
            default: put(drawn)
            }
        }
    }

    /// Sixteen digits from each number.
    private var drawnDigits: UInt64 = 0

    private mutating func digit(at index: Int) -> UInt8 {
        drawnDigits = index % 16 == 0 ? random.next() : drawnDigits >> 4
        return TextWriter.hexDigit(drawnDigits & 15)
    }

    private static func hexDigit(_ value: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 10 ? 0x30 + value : 0x57 + value)
    }

    /// 0 to 9, A to Z, a to z.
    private static func letter(_ value: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 10 ? 0x30 + value : value < 36 ? 0x37 + value : 0x3D + value)
    }

    private mutating func put(_ byte: UInt8) {
        unsafe cursor.storeBytes(of: byte, as: UInt8.self)
        unsafe cursor += 1
    }

    private mutating func put(_ bytes: ArenaBytes) {
        guard let source = unsafe bytes.start else { return }
        unsafe cursor.copyMemory(from: source, byteCount: bytes.count)
        unsafe cursor += bytes.count
    }
}
