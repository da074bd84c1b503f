package import Dashboard

/// Bytes from a terminal in, keys out. Sequences may be split anywhere between reads.
///
/// Decoded here and not by curses, whose reader blocks on a lone ESC and knows only the
/// sequences of one terminfo entry; multiplexers send others. Whether an ESC is a key or
/// the start of one, only time tells: the caller waits `escapeTimeoutMilliseconds` and
/// then calls `flush`.
package struct KeyDecoder: Sendable {
    /// Longer than a sequence takes over ssh, shorter than a person notices.
    package static let escapeTimeoutMilliseconds: Int32 = 25
    /// Bytes of a key's sequence: the longest of a key has about twenty.
    static let sequenceLimit = 64
    /// Bytes of an answer of the terminal (OSC, DCS, APC, PM). A clipboard or a list of capabilities
    /// may have kilobytes; beyond this, the terminal has lost its way and its bytes are keys again.
    static let answerLimit = 64 * 1024
    /// Bytes of a paste that are kept, more than a filter takes; the rest of it is dropped.
    static let pasteLimit = 4_096

    /// What the terminal has answered to `BackgroundQuery`; nil until it has, or where it said nothing we know.
    package private(set) var background: Swatch?
    /// The answer that a terminal gives last is still to come.
    package private(set) var expectsAnswer = false

    /// Silent moments (`flush`) after which an answer or a paste without an end is taken as ended: a second in all.
    private static let patience = 40
    private var silentMoments = 0

    private var pending: [UInt8] = []
    /// The bytes of a bracketed paste so far, up to `pasteLimit`; nil outside one.
    private var pasted: [UInt8]?

    package init() {}

    /// An ESC, the beginning of a sequence or a paste is waiting for more.
    package var isWaiting: Bool { !pending.isEmpty || pasted != nil }

    /// From here on an answer that comes in pieces is no key, however long the pieces take.
    package mutating func expectAnswer() { expectsAnswer = true }

    /// The keys that these bytes complete; an incomplete sequence waits for more.
    package mutating func decode(_ bytes: [UInt8]) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        var index = 0
        while index < pending.count {
            if pasted != nil {
                guard let length = takePaste(from: index) else { return keys }
                keys.append(endPaste())
                index += length
                continue
            }
            switch KeyDecoder.next(pending[index...]) {
            case .more:
                let limit = KeyDecoder.isAnswer(pending[index...]) ? KeyDecoder.answerLimit : KeyDecoder.sequenceLimit
                if pending.count - index <= limit {
                    pending.removeFirst(index)
                    return keys
                }
                index += 1
            case .pasteBegins(let length):
                pasted = []
                silentMoments = 0
                index += length
            case .background(let swatch, let length):
                background = swatch ?? background
                silentMoments = 0
                index += length
            case .attributes(let length):
                expectsAnswer = false
                index += length
            case .key(let key, let length):
                if let key { keys.append(key) }
                index += length
            }
        }
        pending.removeAll(keepingCapacity: true)
        return keys
    }

    /// Time has passed without a byte: an ESC was the key, any other sequence was cut off.
    package mutating func flush() -> [Key] {
        let isAnswer = KeyDecoder.isAnswer(pending[...]) && pending.count > 2
            || expectsAnswer && pending.starts(with: [0x1B, UInt8(ascii: "[")])
            || expectsAnswer && pending.starts(with: [0x1B, UInt8(ascii: "]")])
        if isAnswer || pasted != nil {
            silentMoments += 1
            if silentMoments < KeyDecoder.patience { return [] }
            silentMoments = 0
            expectsAnswer = false
        }
        defer { pending.removeAll(keepingCapacity: true) }
        if pasted != nil {
            keepPasted(pending[...])
            return [endPaste()]
        }
        // ESC [ or ESC O alone: Alt with that character, which means nothing here.
        return pending == [0x1B] ? [.escape] : []
    }

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// Takes the bytes of a paste up to its end, whose offset from `index` it answers. Without an end
    /// all but the bytes that may begin one are taken.
    private mutating func takePaste(from index: Int) -> Int? {
        let mark = KeyDecoder.pasteEnd
        var at = index
        while at < pending.count {
            let rest = pending[at...].prefix(mark.count)
            if rest.elementsEqual(mark.prefix(rest.count)) {
                keepPasted(pending[index..<at])
                if rest.count == mark.count { return at + mark.count - index }
                pending.removeFirst(at)
                return nil
            }
            at += 1
        }
        keepPasted(pending[index...])
        pending.removeAll(keepingCapacity: true)
        return nil
    }

    private mutating func keepPasted(_ bytes: ArraySlice<UInt8>) {
        let room = KeyDecoder.pasteLimit - (pasted?.count ?? 0)
        pasted?.append(contentsOf: bytes.prefix(room))
    }

    private mutating func endPaste() -> Key {
        defer { pasted = nil }
        return .paste(String(decoding: pasted ?? [], as: UTF8.self))
    }

    /// It begins an answer of the terminal, which has text up to its end: OSC, DCS, APC or PM.
    private static func isAnswer(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == 0x1B, let second = bytes.dropFirst().first else { return false }
        return [UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^")].contains(second)
    }

    private enum Step {
        case more
        /// nil for a sequence that is no key of ours.
        case key(Key?, length: Int)
        /// nil for an answer to something else.
        case background(Swatch?, length: Int)
        /// The terminal has said what it is: it answers in order, so all that was asked before is answered.
        case attributes(length: Int)
        case pasteBegins(length: Int)
    }

    private static func next(_ bytes: ArraySlice<UInt8>) -> Step {
        guard let first = bytes.first else { return .more }
        switch first {
        case 0x1B: return escape(bytes)
        case 0x09: return .key(.tab, length: 1)
        case 0x0A, 0x0D: return .key(.enter, length: 1)
        case 0x7F, 0x08: return .key(.backspace, length: 1)
        case 0x00: return .key(nil, length: 1)
        case 0x01...0x1A: return .key(.control(Unicode.Scalar(first + 0x60)), length: 1)
        case 0x1C...0x1F: return .key(.control(Unicode.Scalar(first + 0x40)), length: 1)
        case 0x20...0x7E: return .key(.character(Unicode.Scalar(first)), length: 1)
        default: return character(bytes, first)
        }
    }

    /// A UTF-8 sequence; a byte that begins none is skipped.
    private static func character(_ bytes: ArraySlice<UInt8>, _ first: UInt8) -> Step {
        let length = first >= 0xF0 && first < 0xF8 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 1
        guard length > 1, first < 0xF8 else { return .key(nil, length: 1) }
        let rest = bytes.dropFirst().prefix(length - 1)
        if let wrong = rest.firstIndex(where: { $0 & 0xC0 != 0x80 }) {
            return .key(nil, length: wrong - bytes.startIndex)
        }
        guard rest.count == length - 1 else { return .more }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for byte in rest { value = value << 6 | UInt32(byte & 0x3F) }
        return .key(Unicode.Scalar(value).map { .character($0) }, length: length)
    }

    private static func escape(_ bytes: ArraySlice<UInt8>) -> Step {
        guard bytes.count > 1 else { return .more }
        switch bytes[bytes.startIndex + 1] {
        case UInt8(ascii: "["): return control(bytes)
        case UInt8(ascii: "O"):
            guard bytes.count > 2 else { return .more }
            return .key(single(bytes[bytes.startIndex + 2]), length: 3)
        case _ where isAnswer(bytes): return text(bytes)
        // Two ESC in a row: the first was the key.
        case 0x1B: return .key(.escape, length: 1)
        // Alt with a key means nothing here, and must not mean Esc and the key.
        default: return .key(nil, length: 2)
        }
    }

    /// An answer of the terminal (OSC, DCS, APC, PM) up to BEL or ST: no key.
    private static func text(_ bytes: ArraySlice<UInt8>) -> Step {
        guard let end = bytes.dropFirst(2).firstIndex(where: { $0 == 0x07 || $0 == 0x1B }) else { return .more }
        // An ESC that does not begin ST breaks the answer off, and begins something else.
        var length = end - bytes.startIndex
        if bytes[end] == 0x07 {
            length += 1
        } else {
            guard end + 1 < bytes.endIndex else { return .more }
            if bytes[end + 1] == UInt8(ascii: "\\") { length += 2 }
        }
        return .background(BackgroundQuery.answer(bytes[(bytes.startIndex + 1)..<end]), length: length)
    }

    /// ESC [ parameters final. ECMA-48 section 5.4: parameters 0x30 to 0x3F, intermediates 0x20 to 0x2F, final 0x40 to 0x7E.
    private static func control(_ bytes: ArraySlice<UInt8>) -> Step {
        var index = bytes.startIndex + 2
        // The Linux console sends F1 to F5 as ESC [ [ A to E.
        if index < bytes.endIndex, bytes[index] == UInt8(ascii: "[") {
            guard index + 1 < bytes.endIndex else { return .more }
            let letter = bytes[index + 1]
            return .key((0x41...0x45).contains(letter) ? .function(Int(letter) - 0x40) : nil, length: 4)
        }
        while index < bytes.endIndex, (0x20...0x3F).contains(bytes[index]) { index += 1 }
        guard index < bytes.endIndex else { return .more }
        let final = bytes[index]
        // Not a final byte: the sequence was broken off, and this begins something else.
        guard (0x40...0x7E).contains(final) else { return .key(nil, length: index - bytes.startIndex) }
        let length = index + 1 - bytes.startIndex
        let parameters = bytes[(bytes.startIndex + 2)..<index]
        // X10 mouse: three bytes follow.
        if final == UInt8(ascii: "M") && parameters.isEmpty {
            return bytes.count >= 6 ? .key(nil, length: 6) : .more
        }
        guard final == UInt8(ascii: "~") else {
            // With a private marker it is a report: mouse, focus, attributes.
            let isReport = parameters.first.map { (0x3C...0x3F).contains($0) } ?? false
            if final == UInt8(ascii: "c"), parameters.first == UInt8(ascii: "?") { return .attributes(length: length) }
            if parameters.first == UInt8(ascii: "<") { return .key(mouse(parameters.dropFirst(), final).map { .mouse($0) }, length: length) }
            return .key(isReport ? nil : single(final), length: length)
        }
        let number = parameters.prefix { (0x30...0x39).contains($0) }.reduce(0) { min(9_999, $0 * 10 + Int($1 - 0x30)) }
        switch number {
        case 200: return .pasteBegins(length: length)
        default: return .key(numbered(number), length: length)
        }
    }

    /// SGR 1006: button ; column ; row, counted from 1, and M where it was pressed.
    private static func mouse(_ parameters: ArraySlice<UInt8>, _ final: UInt8) -> Mouse? {
        let numbers = parameters.split(separator: UInt8(ascii: ";")).map { digits in
            digits.reduce(0) { (0x30...0x39).contains($1) ? min(9_999, $0 * 10 + Int($1 - 0x30)) : 9_999 }
        }
        guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0, final == UInt8(ascii: "M") else { return nil }
        // 4, 8 and 16 are shift, meta and control; 32 is a move.
        let kind: Mouse.Kind? = switch numbers[0] & ~0x1C {
        case 0: .press
        case 64: .wheelUp
        case 65: .wheelDown
        default: nil
        }
        return kind.map { Mouse($0, x: numbers[1] - 1, y: numbers[2] - 1) }
    }

    /// The final byte of ESC [ or ESC O sequences; modifiers before it do not matter here.
    private static func single(_ final: UInt8) -> Key? {
        switch final {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "M"): .enter
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(final) - 0x4F)
        case UInt8(ascii: "Z"): .backTab
        default: nil
        }
    }

    /// The number before ~.
    private static func numbered(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23, 24: .function(number - 12)
        default: nil
        }
    }
}
