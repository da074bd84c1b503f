/// Takes out of what curses writes the colours that change nothing.
///
/// Curses says the background again with every foreground, resets before it sets, and
/// colours blanks: more than half of a frame's bytes. Here changes of the pen are collected
/// and written once, before the next character that shows them. A blank shows no foreground.
struct PenFilter {
    /// What the terminal draws with; nil: nobody knows.
    private var actual: Pen?
    private var wanted = Pen()
    /// The character set in G0, as the last sequence said.
    private var hasPlainSet = false

    private struct Pen: Equatable {
        /// SGR parameters; empty for the terminal's own colour.
        var foreground: [UInt8] = []
        var background: [UInt8] = []
        var flags: Flags = []
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let bold = Flags(rawValue: 1)
        static let dim = Flags(rawValue: 2)
        static let underline = Flags(rawValue: 4)
        static let reverse = Flags(rawValue: 8)
        /// Those that a blank shows.
        static let seen: Flags = [.underline, .reverse]
        static let all: [(Flags, UInt8)] = [(.bold, 0x31), (.dim, 0x32), (.underline, 0x34), (.reverse, 0x37)]
    }

    /// Somebody else has written to the terminal.
    mutating func forget() {
        actual = nil
        hasPlainSet = false
    }

    /// The same picture in fewer bytes. Sequences are whole: curses writes no halves.
    mutating func filter(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x1B, index + 1 < bytes.count {
                let end = PenFilter.end(of: bytes, from: index)
                sequence(bytes[index..<end], &output)
                index = end
                continue
            }
            // A control moves at most; a blank shows what lies behind it.
            if byte >= 0x21 { flush(&output) } else if byte == 0x20 { flushGround(&output) } else if byte == 0x0A { flush(&output) }
            output.append(byte)
            index += 1
        }
        return output
    }

    private mutating func sequence(_ bytes: ArraySlice<UInt8>, _ output: inout [UInt8]) {
        let first = bytes[bytes.startIndex + 1], last = bytes[bytes.endIndex - 1]
        if first == UInt8(ascii: "["), last == UInt8(ascii: "m"), take(bytes.dropFirst(2).dropLast()) { return }
        if bytes.dropFirst().elementsEqual([UInt8(ascii: "("), UInt8(ascii: "B")]) {
            if hasPlainSet { return }
            hasPlainSet = true
        } else if first == UInt8(ascii: "(") {
            hasPlainSet = false
        } else if first != UInt8(ascii: "[") || !PenFilter.moves.contains(last) {
            // It may erase, with the background of now, or do what we do not know.
            flush(&output)
        }
        output += bytes
    }

    /// Final bytes of what only moves the cursor.
    private static let moves = Set("ABCDEFGHdf`".utf8)

    /// Collects what SGR parameters say; false where one is none that we know.
    private mutating func take(_ parameters: ArraySlice<UInt8>) -> Bool {
        var pen = wanted
        var index = parameters.startIndex
        /// The number that begins here, past its semicolon.
        func number() -> Int? {
            var value = 0
            while index < parameters.endIndex, parameters[index] != UInt8(ascii: ";") {
                guard (0x30...0x39).contains(parameters[index]), value < 1_000 else { return nil }
                value = value * 10 + Int(parameters[index] - 0x30)
                index += 1
            }
            index += 1
            return value
        }
        repeat {
            let start = index
            guard let code = number() else { return false }
            switch code {
            case 0: pen = Pen()
            case 1: pen.flags.insert(.bold)
            case 2: pen.flags.insert(.dim)
            case 4: pen.flags.insert(.underline)
            case 7: pen.flags.insert(.reverse)
            case 22: pen.flags.subtract([.bold, .dim])
            case 24: pen.flags.remove(.underline)
            case 27: pen.flags.remove(.reverse)
            case 39: pen.foreground = []
            case 49: pen.background = []
            case 30...37, 90...97: pen.foreground = Array(parameters[start..<index - 1])
            case 40...47, 100...107: pen.background = Array(parameters[start..<index - 1])
            case 38, 48:
                // 2 and three channels, or 5 and an index.
                for _ in 0..<(number() == 2 ? 3 : 1) {
                    guard index <= parameters.endIndex, number() != nil else { return false }
                }
                guard index - 1 <= parameters.endIndex else { return false }
                let colour = Array(parameters[start..<index - 1])
                if code == 38 { pen.foreground = colour } else { pen.background = colour }
            default: return false
            }
        } while index < parameters.endIndex
        wanted = pen
        return true
    }

    /// Before a blank: what lies behind it must be right, what would be in front need not be.
    private mutating func flushGround(_ output: inout [UInt8]) {
        guard let actual, actual.background == wanted.background,
            actual.flags.intersection(.seen) == wanted.flags.intersection(.seen),
            // Reversed, the foreground is what lies behind.
            !wanted.flags.contains(.reverse)
        else { return flush(&output) }
    }

    private mutating func flush(_ output: inout [UInt8]) {
        guard actual != wanted else { return }
        var now = actual ?? Pen()
        var words: [[UInt8]] = []
        if actual == nil { words.append([UInt8(ascii: "0")]) }
        // One by one (ECMA-48, 8.3.117): a reset would take the background with it, which is longest to say again.
        let ended = now.flags.subtracting(wanted.flags)
        if !ended.isDisjoint(with: [.bold, .dim]) {
            words.append(Array("22".utf8))
            now.flags.subtract([.bold, .dim])
        }
        if ended.contains(.underline) { words.append(Array("24".utf8)) }
        if ended.contains(.reverse) { words.append(Array("27".utf8)) }
        for (flag, digit) in Flags.all where wanted.flags.contains(flag) && !now.flags.contains(flag) { words.append([digit]) }
        if now.foreground != wanted.foreground { words.append(wanted.foreground.isEmpty ? Array("39".utf8) : wanted.foreground) }
        if now.background != wanted.background { words.append(wanted.background.isEmpty ? Array("49".utf8) : wanted.background) }
        output += [0x1B, UInt8(ascii: "[")] + words.joined(separator: [UInt8(ascii: ";")]) + [UInt8(ascii: "m")]
        actual = wanted
    }

    /// Where the sequence that begins here ends. ECMA-48 5.4; two intermediates at most for the rest.
    private static func end(of bytes: [UInt8], from start: Int) -> Int {
        var index = start + 1
        if bytes[index] == UInt8(ascii: "[") {
            index += 1
            while index < bytes.count, (0x20...0x3F).contains(bytes[index]) { index += 1 }
        } else {
            while index < bytes.count, (0x20...0x2F).contains(bytes[index]) { index += 1 }
        }
        return min(bytes.count, index + 1)
    }
}
