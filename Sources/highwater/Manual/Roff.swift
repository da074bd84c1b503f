/// Text as the typesetter of manual pages takes it.
enum Roff {
    /// Text without commands: backslashes and dashes are themselves, and no line begins with a command.
    static func text(_ words: String) -> String {
        words.split(separator: "\n", omittingEmptySubsequences: false).map { line($0) }.joined(separator: "\n")
    }

    /// The same, of one line.
    static func line(_ words: some StringProtocol) -> String {
        var text = ""
        for character in words {
            switch character {
            case "\\": text += "\\e"
            case "-": text += "\\-"
            // Quotes of a shell must not become typographic.
            case "'": text += "\\(aq"
            case "^": text += "\\(ha"
            case "~": text += "\\(ti"
            case "`": text += "\\(ga"
            default: text.append(character)
            }
        }
        return text.hasPrefix(".") ? "\\&" + text : text
    }

    static func bold(_ words: String) -> String { "\\fB\(text(words))\\fR" }

    static func italic(_ words: String) -> String { "\\fI\(text(words))\\fR" }

    /// Paragraphs apart; lines that are indented keep their shape: lists and examples.
    static func paragraphs(_ words: String) -> [String] {
        var lines: [String] = []
        var isShaped = false, startsParagraph = true
        for source in words.split(separator: "\n", omittingEmptySubsequences: false) {
            if source.isEmpty {
                startsParagraph = true
                continue
            }
            // A table's rows are two words with a wide gap.
            let wantsShape = source.contains("  ")
            if isShaped && !wantsShape { lines.append(".fi") }
            if startsParagraph || wantsShape != isShaped { lines.append(".PP") }
            if wantsShape && !isShaped { lines.append(".nf") }
            isShaped = wantsShape
            startsParagraph = false
            lines.append(line(source))
        }
        if isShaped { lines.append(".fi") }
        return lines
    }
}
