extension StringProtocol {
    /// The text as it may be shown: what a terminal would obey, what turns the direction of a line, and what takes no
    /// room at all is "?". Line ends and tabs stay.
    package var printableText: String { printable { $0 == "\n" || $0 == "\t" } }

    /// The same of what has to stay on one line, such as a name: a line end is "?", and a tab a space.
    package var printableLine: String { printable { _ in false } }

    private func printable(keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        // Nearly all text that is printed is fine.
        guard unicodeScalars.contains(where: { !isKept($0) && $0.isUnfitToShow }) else { return String(self) }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            text.append(isKept(scalar) || !scalar.isUnfitToShow ? scalar : scalar == "\t" ? " " : "?")
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// Control characters, line and paragraph separators, marks of direction, and characters without width.
    fileprivate var isUnfitToShow: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
            0xE0000...0xE0FFF: true
        default: false
        }
    }
}
