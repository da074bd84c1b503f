extension JSON {
    /// Reads one value, with its members in the order in which they were written.
    ///
    /// By hand, since nearly all of the work of reading a recording is here: Foundation's decoder takes thirty times as
    /// long for a line.
    ///
    /// - Parameter skipped: members of these names are read over and left out, wherever they are. Their texts need not be UTF-8.
    package init(parsing bytes: [UInt8], skipping skipped: [String] = []) throws(SyntaxError) {
        var reader = JSONReader(skipped: skipped)
        self = try reader.document(bytes.span)
    }

    /// Why bytes are not JSON (RFC 8259).
    package struct SyntaxError: Error, Equatable, CustomStringConvertible {
        /// Counted from 0.
        package let byte: Int
        package let description: String
    }
}

/// The place in the bytes that is read next.
private struct JSONReader {
    private var position = 0
    private let skipped: [String]
    /// Within a member that is skipped: it is read, and nothing is made of it.
    private var isSkipping = false

    init(skipped: [String]) { self.skipped = skipped }

    /// Values within values. A line of four million brackets must not use up the stack.
    private static let depthLimit = 128

    mutating func document(_ bytes: Span<UInt8>) throws(JSON.SyntaxError) -> JSON {
        skipSpace(bytes)
        let value = try value(bytes, depth: 0)
        skipSpace(bytes)
        guard position == bytes.count else { throw error("something follows the value") }
        return value
    }

    private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth < JSONReader.depthLimit else { throw error("more than \(JSONReader.depthLimit) values within each other") }
        switch peek(bytes) {
        case UInt8(ascii: "{"): return .object(try members(bytes, depth: depth + 1))
        case UInt8(ascii: "["): return .array(try elements(bytes, depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string(bytes))
        case UInt8(ascii: "t"): return try word("true", .bool(true), bytes)
        case UInt8(ascii: "f"): return try word("false", .bool(false), bytes)
        case UInt8(ascii: "n"): return try word("null", .null, bytes)
        default: return .number(try number(bytes))
        }
    }

    private mutating func members(_ bytes: Span<UInt8>, depth: Int) throws(JSON.SyntaxError) -> [JSON.Member] {
        var members: [JSON.Member] = []
        try list(bytes, end: UInt8(ascii: "}")) { (reader) throws(JSON.SyntaxError) in
            guard reader.peek(bytes) == UInt8(ascii: "\"") else { throw reader.error("no name of a member") }
            let name = try reader.string(bytes)
            reader.skipSpace(bytes)
            guard reader.take(UInt8(ascii: ":"), bytes) else { throw reader.error("no colon behind a name") }
            reader.skipSpace(bytes)
            guard !reader.isSkipping, !reader.skipped.contains(name) else { return try reader.skipValue(bytes, depth: depth) }
            members.append(JSON.Member(name, try reader.value(bytes, depth: depth)))
        }
        return members
    }

    private mutating func elements(_ bytes: Span<UInt8>, depth: Int) throws(JSON.SyntaxError) -> [JSON] {
        var elements: [JSON] = []
        try list(bytes, end: UInt8(ascii: "]")) { (reader) throws(JSON.SyntaxError) in
            let value = try reader.value(bytes, depth: depth)
            if !reader.isSkipping { elements.append(value) }
        }
        return elements
    }

    private mutating func skipValue(_ bytes: Span<UInt8>, depth: Int) throws(JSON.SyntaxError) {
        let isWithin = isSkipping
        isSkipping = true
        _ = try value(bytes, depth: depth)
        isSkipping = isWithin
    }

    /// Elements with commas between them; the opening bracket is here.
    private mutating func list(
        _ bytes: Span<UInt8>, end: UInt8, _ element: (inout JSONReader) throws(JSON.SyntaxError) -> Void
    ) throws(JSON.SyntaxError) {
        position += 1
        skipSpace(bytes)
        if take(end, bytes) { return }
        while true {
            skipSpace(bytes)
            try element(&self)
            skipSpace(bytes)
            if take(UInt8(ascii: ","), bytes) { continue }
            guard take(end, bytes) else { throw error("no comma and no end of a list") }
            return
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON, _ bytes: Span<UInt8>) throws(JSON.SyntaxError) -> JSON {
        let start = position
        for byte in "\(word)".utf8 {
            guard take(byte, bytes) else {
                position = start
                throw error("a word that is none of true, false and null")
            }
        }
        return value
    }

    // MARK: Texts

    private mutating func string(_ bytes: Span<UInt8>) throws(JSON.SyntaxError) -> String {
        position += 1
        let start = position
        skipPlainWords(bytes)
        while let byte = peek(bytes) {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(bytes, start..<position - 1)
            case UInt8(ascii: "\\"): return try escapedString(bytes, from: start)
            case 0..<0x20: throw error("a control character in a text")
            default: position += 1
            }
        }
        throw error("a text without its end")
    }

    /// Goes over eight bytes at a time, as long as none of them is a quotation mark, a backslash or a control character.
    private mutating func skipPlainWords(_ bytes: Span<UInt8>) {
        let ones: UInt64 = 0x0101_0101_0101_0101, tops: UInt64 = 0x8080_8080_8080_8080
        // The top bit of a byte that is 0, or of one behind it.
        func zeroes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & tops }
        while position &+ 8 <= bytes.count {
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let controls = (word &- ones &* 0x20) & ~word & tops
            guard controls | zeroes(word ^ ones &* 0x22) | zeroes(word ^ ones &* 0x5C) == 0 else { return }
            position &+= 8
        }
    }

    /// A text with escapes, of which the first is here.
    private mutating func escapedString(_ bytes: Span<UInt8>, from start: Int) throws(JSON.SyntaxError) -> String {
        var text = try text(bytes, start..<position)
        while let byte = peek(bytes) {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return text
            case UInt8(ascii: "\\"):
                position += 1
                text.unicodeScalars.append(try escape(bytes))
            case 0..<0x20: throw error("a control character in a text")
            default:
                let start = position
                while let byte = peek(bytes), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
                text += try self.text(bytes, start..<position)
            }
        }
        throw error("a text without its end")
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(JSON.SyntaxError) -> Unicode.Scalar {
        guard let byte = peek(bytes) else { throw error("a text without its end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try codePoint(bytes)
        default: throw error("an escape that JSON does not have")
        }
    }

    /// Behind `\u`: a scalar beyond the first 65 536 is written as two halves.
    private mutating func codePoint(_ bytes: Span<UInt8>) throws(JSON.SyntaxError) -> Unicode.Scalar {
        let first = try fourDigits(bytes)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take(UInt8(ascii: "\\"), bytes), take(UInt8(ascii: "u"), bytes) else { throw error("half of a character") }
        let second = try fourDigits(bytes)
        guard 0xDC00..<0xE000 ~= second, let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + second - 0xDC00) else {
            throw error("half of a character")
        }
        return scalar
    }

    private mutating func fourDigits(_ bytes: Span<UInt8>) throws(JSON.SyntaxError) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(bytes), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { throw error("no four digits behind \\u") }
            number = number << 4 | UInt32(digit)
            position += 1
        }
        return number
    }

    private func text(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSON.SyntaxError) -> String {
        if isSkipping { return "" }
        do { return String(copying: try UTF8Span(validating: bytes.extracting(range))) } catch { throw self.error("a text that is not UTF-8") }
    }

    // MARK: Numbers

    private mutating func number(_ bytes: Span<UInt8>) throws(JSON.SyntaxError) -> Double {
        let start = position
        let isNegative = take(UInt8(ascii: "-"), bytes)
        let whole = position
        var mantissa: UInt64 = 0, digits = takeDigits(bytes, &mantissa)
        guard digits > 0, digits == 1 || bytes[whole] != UInt8(ascii: "0") else { throw error(at: start, "this is no value") }
        var decimals = 0
        if take(UInt8(ascii: "."), bytes) {
            decimals = takeDigits(bytes, &mantissa)
            guard decimals > 0 else { throw error(at: start, "no digit behind the point") }
            digits += decimals
        }
        var hasExponent = false
        if let byte = peek(bytes), byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            hasExponent = true
            position += 1
            if !take(UInt8(ascii: "+"), bytes) { _ = take(UInt8(ascii: "-"), bytes) }
            var exponent: UInt64 = 0
            guard takeDigits(bytes, &exponent) > 0 else { throw error(at: start, "no digit in the exponent") }
        }
        // Both are exact in a double, so that one division rounds as it should.
        if digits <= JSONReader.exactDigits, decimals < JSONReader.powersOfTen.count, !hasExponent {
            let magnitude = Double(mantissa) / JSONReader.powersOfTen[decimals]
            return isNegative ? -magnitude : magnitude
        }
        if isSkipping { return 0 }
        guard let number = Double(try text(bytes, start..<position)) else { throw error(at: start, "this is no value") }
        return number
    }

    /// Decimal digits that a double holds, whatever they are.
    private static let exactDigits = 15
    private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

    /// - Returns: how many there were. The number wraps around beyond 19 of them.
    private mutating func takeDigits(_ bytes: Span<UInt8>, _ number: inout UInt64) -> Int {
        let start = position
        while let byte = peek(bytes), UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
            number = number &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
            position += 1
        }
        return position - start
    }

    // MARK: Bytes

    private func peek(_ bytes: Span<UInt8>) -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard peek(bytes) == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while let byte = peek(bytes), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func error(_ words: String) -> JSON.SyntaxError { error(at: position, words) }

    private func error(at byte: Int, _ words: String) -> JSON.SyntaxError { JSON.SyntaxError(byte: byte, description: words) }
}
