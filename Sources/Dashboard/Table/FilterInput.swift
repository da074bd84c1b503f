/// A line of text that a list is filtered by, while it is typed and after.
struct FilterInput: Equatable, Sendable {
    /// As it was typed; empty for none.
    private(set) var text = ""
    /// Keys are text.
    var isTyping = false
    /// The text that Esc brings back.
    private var before = ""

    /// Characters of a filter: a line of a large screen.
    static let limit = 120

    mutating func beginTyping() {
        isTyping = true
        before = text
    }

    /// One key as it is typed. False for a key that is no text: it is a command as ever.
    mutating func type(_ key: Key) -> Bool {
        switch key {
        case .character(let scalar): append(scalar)
        // A filter is one line: line ends and other control characters separate words.
        case .paste(let pasted): for scalar in pasted.unicodeScalars { append(scalar.properties.generalCategory == .control ? " " : scalar) }
        case .backspace:
            if text.isEmpty { isTyping = false } else { text.removeLast() }
        case .control("u"): text = ""
        case .enter: isTyping = false
        case .escape:
            text = before
            isTyping = false
        default: return false
        }
        return true
    }

    mutating func clear() { text = "" }

    private mutating func append(_ scalar: Unicode.Scalar) {
        if text.unicodeScalars.count < FilterInput.limit { text.unicodeScalars.append(scalar) }
    }
}
