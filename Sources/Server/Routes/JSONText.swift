internal import Memory

/// JSON written into an arena. Grows by doubling; the smaller runs that it leaves behind go with the arena.
///
/// Our own, because this runs on the hot path and every byte of a response belongs to its arena.
///
/// `@safe`: its bytes are the arena's, which outlives it.
@safe
struct JSONText {
    private let arena: Arena
    private var start: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var capacity: Int
    private var depth = 0
    private var needsComma = false

    init(arena: Arena) {
        self.arena = arena
        capacity = 512
        unsafe start = arena.allocate(UInt8.self, count: 512)
    }

    var bytes: ArenaBytes { unsafe ArenaBytes(start: start, count: count) }

    // MARK: Structure, two spaces of indent a level

    mutating func open(_ bracket: StaticString) {
        append(ArenaBytes(bracket))
        depth += 1
        needsComma = false
    }

    mutating func close(_ bracket: StaticString) {
        depth -= 1
        if needsComma { indent() }
        append(ArenaBytes(bracket))
        needsComma = true
    }

    mutating func key(_ name: StaticString) {
        beginKey()
        append(ArenaBytes(name))
        endKey()
    }

    mutating func beginKey() {
        beginElement()
        append(UInt8(ascii: "\""))
    }

    mutating func endKey() { append(ArenaBytes("\": ")) }

    /// Before each element of an array.
    mutating func beginElement() {
        if needsComma { append(UInt8(ascii: ",")) }
        indent()
    }

    mutating func beginString() { append(UInt8(ascii: "\"")) }

    mutating func endString() {
        append(UInt8(ascii: "\""))
        needsComma = true
    }

    mutating func string(_ bytes: ArenaBytes) {
        beginString()
        appendEscaped(bytes)
        endString()
    }

    mutating func string(_ text: String) {
        beginString()
        for byte in text.utf8 { append(byte) }
        endString()
    }

    mutating func newLine() { append(UInt8(ascii: "\n")) }

    private mutating func indent() {
        append(UInt8(ascii: "\n"))
        for _ in 0..<depth * 2 { append(UInt8(ascii: " ")) }
    }

    // MARK: Bytes

    mutating func append(_ bytes: ArenaBytes) {
        guard let source = unsafe bytes.start else { return }
        reserve(bytes.count)
        unsafe UnsafeMutableRawPointer(start + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe start[count] = byte
        count += 1
    }

    /// Makes room for that many bytes more.
    private mutating func reserve(_ byteCount: Int) {
        if count + byteCount <= capacity { return }
        while count + byteCount > capacity { capacity *= 2 }
        let larger = unsafe arena.allocate(UInt8.self, count: capacity)
        unsafe larger.update(from: start, count: count)
        unsafe start = unsafe larger
    }

    /// With JSON's escapes (RFC 8259, 7). Bytes that are not UTF-8 become U+FFFD, so that the
    /// text is JSON for any bytes of a peer.
    mutating func appendEscaped(_ bytes: ArenaBytes) {
        var index = 0
        while index < bytes.count {
            let end = bytes.endOfPlainText(from: index)
            append(bytes[index..<end])
            index = end
            if index == bytes.count { break }
            let length = bytes.scalarLength(at: index)
            if length > 1 {
                append(bytes[index..<index + length])
            } else if length == 1 {
                appendEscaped(bytes[index])
            } else {
                append(ArenaBytes("\u{FFFD}"))
            }
            index += max(length, 1)
        }
    }

    /// %41 is A, + is a space; then as `appendEscaped`.
    mutating func appendPercentDecoded(_ bytes: ArenaBytes) {
        let decoded = unsafe arena.allocate(UInt8.self, count: bytes.count)
        var length = 0
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            if byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            } else if byte == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = JSONText.hexDigit(bytes[index + 1]), let low = JSONText.hexDigit(bytes[index + 2])
            {
                byte = high << 4 | low
                index += 2
            }
            unsafe decoded[length] = byte
            length += 1
            index += 1
        }
        unsafe appendEscaped(ArenaBytes(start: decoded, count: length))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            append(UInt8(ascii: "\\"))
            append(byte)
        case 0x0A: append(ArenaBytes("\\n"))
        case 0x0D: append(ArenaBytes("\\r"))
        case 0x09: append(ArenaBytes("\\t"))
        case 0..<0x20, 0x7F:
            append(ArenaBytes("\\u00"))
            append(JSONText.hexLetter(byte >> 4))
            append(JSONText.hexLetter(byte & 15))
        default: append(byte)
        }
    }

    private static func hexLetter(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension ArenaBytes {
    /// Where the run of ASCII from `index` on ends that JSON has as it is; `index` itself where there is none.
    fileprivate func endOfPlainText(from index: Int) -> Int {
        var end = index
        while end < count {
            let byte = unsafe start.unsafelyUnwrapped.load(fromByteOffset: end, as: UInt8.self)
            if byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            end &+= 1
        }
        return end
    }

    /// Bytes of the UTF-8 scalar at `index`: 1 to 4, or 0 where there is none (RFC 3629, 4).
    func scalarLength(at index: Int) -> Int {
        let first = self[index]
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch first {
        case 0..<0x80: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, low) = (3, 0xA0)
        case 0xED: (length, high) = (3, 0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, low) = (4, 0x90)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, high) = (4, 0x8F)
        default: return 0
        }
        guard index + length <= count, self[index + 1] >= low, self[index + 1] <= high else { return 0 }
        for offset in 2..<max(length, 2) where self[index + offset] & 0xC0 != 0x80 { return 0 }
        return length
    }

    func hasSameBytes(as other: ArenaBytes) -> Bool {
        count == other.count && (0..<count).allSatisfy { self[$0] == other[$0] }
    }

    /// The same but for the case of ASCII letters: how field names compare (RFC 9110, 5.1).
    func hasSameLetters(as other: ArenaBytes) -> Bool {
        func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
        return count == other.count && (0..<count).allSatisfy { lower(self[$0]) == lower(other[$0]) }
    }
}
