/// The words and signs of a Swift file, without comments and without what string literals say.
///
/// Knows as much of the language as counting declarations takes; regex literals it does not know.
/// Works on bytes: by characters all of Sources takes most of a minute in a debug build.
struct SwiftTokens {
    struct Token {
        /// A word, or one sign; a string literal is `""`.
        var text: String
        /// From 1.
        var line: Int
        /// Whether it is the first of its line.
        var isFirst: Bool
        /// Whether it follows the token before without a space.
        var isAdjacent: Bool
    }

    private(set) var all: [Token] = []
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    init(_ text: String) {
        // Behind the end stand spaces, so that looking ahead needs no check.
        bytes = Array(text.utf8) + Array("   ".utf8)
        var lastLine = 0
        var lastEnd = -1
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") {
                line += 1
                index += 1
            } else if byte == UInt8(ascii: " ") {
                index += 1
            } else if starts("//") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            } else if starts("/*") {
                skipComment()
            } else {
                let (start, startLine) = (index, line)
                let isString = skipString()
                if !isString { skipWord() }
                all.append(Token(
                    text: isString ? "\"\"" : String(decoding: bytes[start..<index], as: UTF8.self), line: startLine,
                    isFirst: startLine > lastLine, isAdjacent: start == lastEnd))
                (lastLine, lastEnd) = (startLine, index)
            }
        }
    }

    private func starts(_ text: StaticString) -> Bool {
        for offset in 0..<text.utf8CodeUnitCount {
            guard index + offset < bytes.count, bytes[index + offset] == text.utf8Start[offset] else { return false }
        }
        return true
    }

    private mutating func step() {
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
    }

    /// A word, or one sign.
    private mutating func skipWord() {
        func isPart(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), 0x80...0xFF:
                true
            default: false
            }
        }
        repeat { index += 1 } while isPart(bytes[index - 1]) && isPart(bytes[index])
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                index += 2
            } else if starts("*/") {
                depth -= 1
                index += 2
            } else {
                step()
            }
        } while depth > 0 && index < bytes.count
    }

    /// A literal with its interpolations, of one line or of many, raw or not. - Returns: whether one begins here.
    private mutating func skipString() -> Bool {
        var hashes = 0
        while bytes[index + hashes] == UInt8(ascii: "#"), index + hashes + 3 < bytes.count { hashes += 1 }
        guard bytes[index + hashes] == UInt8(ascii: "\"") else { return false }
        index += hashes
        let quotes = starts("\"\"\"") ? 3 : 1
        index += quotes
        while index < bytes.count {
            if run(of: "\"", from: index) >= quotes, run(of: "#", from: index + quotes) >= hashes {
                index += quotes + hashes
                return true
            }
            if bytes[index] == UInt8(ascii: "\\"), run(of: "#", from: index + 1) >= hashes {
                index += 1 + hashes
                if bytes[index] == UInt8(ascii: "(") { skipInterpolation() } else { step() }
            } else {
                step()
            }
        }
        return true
    }

    private func run(of sign: Unicode.Scalar, from start: Int) -> Int {
        var count = 0
        while start + count < bytes.count, bytes[start + count] == UInt8(ascii: sign) { count += 1 }
        return count
    }

    private mutating func skipInterpolation() {
        var depth = 0
        repeat {
            if skipString() { continue }
            if bytes[index] == UInt8(ascii: "(") { depth += 1 }
            if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
            step()
        } while depth > 0 && index < bytes.count - 3
    }
}
