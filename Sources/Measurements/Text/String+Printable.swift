extension StringProtocol {
    /// The text as it may be shown: what a terminal would obey, what turns the direction of a line, and what takes no
    /// room at all is "?"; joiners are left out. Line ends and tabs stay.
    package var printableText: String { printable { $0 == "\n" || $0 == "\t" } }

    /// The same of what has to stay on one line, such as a name: a line end is "?", and a tab a space.
    package var printableLine: String { printable { _ in false } }

    private func printable(keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        // Nearly all text that is printed is fine.
        guard unicodeScalars.contains(where: { !isKept($0) && !$0.isShown }) else { return String(self) }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if isKept(scalar) || scalar.isShown {
                text.append(scalar)
            } else if scalar.terminalSign != .joiner {
                text.append(scalar == "\t" ? " " : "?")
            }
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// As it is. A character that only this version of Unicode does not know yet is, too.
    fileprivate var isShown: Bool {
        switch terminalSign {
        case .narrow, .wide, .mark: true
        case .joiner: false
        case .unfit: !(0xE0000...0xE0FFF ~= value) && [.unassigned, .privateUse].contains(properties.generalCategory)
        }
    }
}
