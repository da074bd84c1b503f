/// What a terminal does with a character.
///
/// The C library's wcwidth says so, by which curses and tmux place what they draw; a test compares. It is not called,
/// since it knows no more than ASCII in the locale C, while our text is UTF-8 in every locale. Terminals disagree on
/// emoji of several characters: some draw a family as one sign, others as four. Their joiners are left out, and so is the
/// colour of a skin, so that every terminal shows the single signs, each two columns wide.
package enum TerminalSign: Equatable, Sendable {
    /// Takes one column, or two.
    case narrow, wide
    /// Drawn over the character before it.
    case mark
    /// Joins characters, or chooses another look of the one before it: left out.
    case joiner
    /// Shown as "?": what a terminal obeys, what turns the direction of a line, what has no room or no shape of its own.
    case unfit
}

extension Unicode.Scalar {
    package var terminalSign: TerminalSign {
        switch value {
        case 0x20..<0x7F, 0xA0..<0xAD, 0xAE..<0x300: return .narrow
        // Lines, blocks, braille.
        case 0x2500..<0x25FD, 0x2800..<0x2900: return .narrow
        case 0x200C, 0x200D, 0xFE00...0xFE0F, 0x1F3FB...0x1F3FF: return .joiner
        // A vowel or a last consonant of Korean, which is drawn into the syllable.
        case 0x1160...0x11FF, 0xD7B0...0xD7FB: return .mark
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
            0x13430...0x1343F, 0x1BCA0...0x1BCAF, 0x1D173...0x1D17A, 0xE0000...0xE0FFF: return .unfit
        default: break
        }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        case .unassigned, .privateUse, .surrogate, .control: return .unfit
        default: return isWide ? .wide : .narrow
        }
    }

    /// Of East Asian width W or F (UAX #11), or a picture unless text asks for a letter (UTS #51).
    private var isWide: Bool {
        switch value {
        // Half a flag.
        case ..<0x1100, 0x1F1E6...0x1F1FF: false
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265,
            0x20000...0x3FFFD: true
        default: properties.isEmojiPresentation
        }
    }
}

extension StringProtocol {
    /// Columns that the text takes on a terminal, as `TerminalSign` has it.
    package var columns: Int {
        // Each character of ASCII takes one, also those that are shown as "?".
        if utf8.withContiguousStorageIfAvailable({ unsafe $0.allSatisfy { $0 < 0x80 } }) == true { return utf8.count }
        return unicodeScalars.reduce(0) { $0 + $1.columns }
    }

    /// As much of the beginning as so many columns hold. No character is cut in two.
    package func prefix(columns limit: Int) -> String {
        var text = String.UnicodeScalarView()
        var columns = 0
        for scalar in unicodeScalars {
            columns += scalar.columns
            if columns > limit { break }
            text.append(scalar)
        }
        return String(text)
    }

    /// As much of the end as so many columns hold. No character is cut in two, and none loses its marks.
    package func suffix(columns limit: Int) -> String {
        var rest = Substring(self).unicodeScalars
        var columns = self.columns
        while let first = rest.first, columns > limit || first.columns == 0 {
            columns -= first.columns
            rest.removeFirst()
        }
        return String(rest)
    }

    /// At most so many columns: of a longer text the beginning and so much of the end, with a mark between them.
    /// - Parameter end: columns of the end, for texts that differ there.
    package func cut(toColumns limit: Int, keepingEnd end: Int = 0, mark: String = "…") -> String {
        columns > limit ? prefix(columns: limit - mark.columns - end) + mark + suffix(columns: end) : String(self)
    }

    /// As an error quotes a value of a file or of the command line, which may be of any length.
    package var quotable: String { cut(toColumns: 60) }

    /// Filled up to a column with spaces; as it is where it is longer.
    package func padded(to width: Int) -> String { String(self) + String(repeating: " ", count: Swift.max(0, width - columns)) }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        switch terminalSign {
        case .narrow, .unfit: 1
        case .wide: 2
        case .mark, .joiner: 0
        }
    }
}
