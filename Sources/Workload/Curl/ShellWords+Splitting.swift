internal import Measurements

// A command line taken apart as a POSIX shell does it, with `$'...'` as bash has it: a browser's "Copy as cURL".
extension ShellWords {
    /// The words of a command. Variables, globs and substitutions are no part of it: their characters stay as they are.
    /// nil: a quotation has no end.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch character {
            case " ", "\t", "\n", "\r\n":
                if let whole = word { words.append(whole) }
                word = nil
            case "'":
                guard let end = rest.firstIndex(of: "'") else { return nil }
                word = (word ?? "") + rest[..<end]
                rest = rest[rest.index(after: end)...]
            case "\"":
                guard let quoted = takeDoubleQuoted(&rest) else { return nil }
                word = (word ?? "") + quoted
            case "$" where rest.first == "'":
                rest.removeFirst()
                guard let quoted = takeEscaped(&rest) else { return nil }
                word = (word ?? "") + quoted
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                // A line that goes on.
                if next != "\n" && next != "\r\n" { word = (word ?? "") + String(next) }
            default: word = (word ?? "") + String(character)
            }
        }
        if let whole = word { words.append(whole) }
        return words
    }

    private static func takeDoubleQuoted(_ rest: inout Substring) -> String? {
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return text
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                if next == "\n" { continue }
                text += "\"\\$`".contains(next) ? String(next) : "\\\(next)"
            default: text.append(character)
            }
        }
        return nil
    }

    private static func takeEscaped(_ rest: inout Substring) -> String? {
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "'": return text
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                switch next {
                case "n": text += "\n"
                case "r": text += "\r"
                case "t": text += "\t"
                case "x", "u", "U":
                    let digits = rest.prefix(next == "x" ? 2 : next == "u" ? 4 : 8).prefix(while: \.isHexDigit)
                    guard let number = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(number) else { return nil }
                    text.unicodeScalars.append(scalar)
                    rest = rest.dropFirst(digits.count)
                default: text.append(next)
                }
            default: text.append(character)
            }
        }
        return nil
    }
}
