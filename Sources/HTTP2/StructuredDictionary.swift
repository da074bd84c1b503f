/// A field whose value is a dictionary (RFC 8941, 3.2), member by member.
struct StructuredDictionary {
    struct Member {
        /// The key's letter; 0 for a key of several.
        var key: UInt8
        var value: Value
    }

    enum Value {
        case boolean(Bool)
        case integer(Int)
        /// A decimal, a string, a token, bytes or an inner list.
        case other
    }

    private let field: FieldText
    private var index = 0
    /// False once `next` has met what no dictionary has.
    private(set) var isWellFormed = true

    init(_ field: FieldText) {
        self.field = field
        skip { $0 == UInt8(ascii: " ") }
    }

    /// - Returns: nil at the end, and where the field is not well-formed.
    mutating func next() -> Member? {
        guard isWellFormed && !isAtEnd else { return nil }
        guard let key = readKey(), let value = readMemberValue(), skipComma() else {
            isWellFormed = false
            return nil
        }
        return Member(key: key, value: value)
    }

    // MARK: The grammar

    private mutating func skipComma() -> Bool {
        skip(FieldText.isBlank)
        if isAtEnd { return true }
        guard take(UInt8(ascii: ",")) else { return false }
        skip(FieldText.isBlank)
        // A comma has a member behind it.
        return !isAtEnd
    }

    private mutating func readKey() -> UInt8? {
        let start = index
        guard !isAtEnd, StructuredDictionary.beginsKey(field[index]) else { return nil }
        skip { byte in
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: StructuredDictionary.beginsKey(byte) || FieldText.isDigit(byte)
            }
        }
        return index - start == 1 ? field[start] : 0
    }

    private static func beginsKey(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte == UInt8(ascii: "*")
    }

    /// Without `=` the value is true.
    private mutating func readMemberValue() -> Value? {
        var value = Value.boolean(true)
        if take(UInt8(ascii: "=")) {
            guard let read = take(UInt8(ascii: "(")) ? readInnerList() : readItem() else { return nil }
            value = read
        }
        return skipParameters() ? value : nil
    }

    /// Behind its bracket.
    private mutating func readInnerList() -> Value? {
        while true {
            skip { $0 == UInt8(ascii: " ") }
            if take(UInt8(ascii: ")")) { return .other }
            guard readItem() != nil, skipParameters(), !isAtEnd else { return nil }
            guard field[index] == UInt8(ascii: " ") || field[index] == UInt8(ascii: ")") else { return nil }
        }
    }

    private mutating func skipParameters() -> Bool {
        while take(UInt8(ascii: ";")) {
            skip { $0 == UInt8(ascii: " ") }
            guard readKey() != nil else { return false }
            if take(UInt8(ascii: "=")), readItem() == nil { return false }
        }
        return true
    }

    /// An item without its parameters.
    private mutating func readItem() -> Value? {
        guard !isAtEnd else { return nil }
        let byte = field[index]
        switch byte {
        case UInt8(ascii: "-"): return readNumber()
        case UInt8(ascii: "\""): return readString()
        case UInt8(ascii: ":"): return readBytes()
        case UInt8(ascii: "?"): return readBoolean()
        default:
            if FieldText.isDigit(byte) { return readNumber() }
            guard FieldText.isLetter(byte) || byte == UInt8(ascii: "*") else { return nil }
            skip { FieldText.isTokenByte($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
            return .other
        }
    }

    /// An integer of at most 15 digits, or a decimal of at most 12 and, behind its point, one to three.
    private mutating func readNumber() -> Value? {
        let isNegative = take(UInt8(ascii: "-"))
        guard !isAtEnd, FieldText.isDigit(field[index]) else { return nil }
        let start = index
        var number = 0
        while !isAtEnd, FieldText.isDigit(field[index]) {
            if index - start == 15 { return nil }
            number = number * 10 + Int(field[index] - UInt8(ascii: "0"))
            index += 1
        }
        let digitCount = index - start
        guard take(UInt8(ascii: ".")) else { return .integer(isNegative ? -number : number) }
        let point = index
        skip(FieldText.isDigit)
        return digitCount <= 12 && index > point && index - point <= 3 ? .other : nil
    }

    private mutating func readString() -> Value? {
        index += 1
        while !isAtEnd {
            let byte = field[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return .other
            case UInt8(ascii: "\\"): guard take(UInt8(ascii: "\"")) || take(UInt8(ascii: "\\")) else { return nil }
            case 0x20...0x7E: break
            default: return nil
            }
        }
        return nil
    }

    private mutating func readBytes() -> Value? {
        index += 1
        skip { byte in
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
            default: FieldText.isLetter(byte) || FieldText.isDigit(byte)
            }
        }
        return take(UInt8(ascii: ":")) ? .other : nil
    }

    private mutating func readBoolean() -> Value? {
        index += 1
        if take(UInt8(ascii: "1")) { return .boolean(true) }
        return take(UInt8(ascii: "0")) ? .boolean(false) : nil
    }

    // MARK: Bytes

    private var isAtEnd: Bool { index == field.count }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while index < field.count && isSkipped(field[index]) { index += 1 }
    }

    /// Goes past `byte` where it is the next one.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < field.count && field[index] == byte else { return false }
        index += 1
        return true
    }
}
