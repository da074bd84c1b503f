package import Dashboard

extension Frame {
    /// The frame as lines of text with colours (SGR), for a screen that scrolls.
    func lines(_ theme: Theme, _ depth: ColourDepth) -> [UInt8] {
        var text = ""
        for y in 0..<height {
            var last: Style?
            for x in 0..<width {
                var cell = self[x, y]
                cell.scalar = depth.character(of: cell)
                if cell.style != last {
                    text += "\u{1B}[0\(depth.parameters(theme.ink(cell.style)))m"
                    last = cell.style
                }
                cell.write(to: &text.unicodeScalars)
            }
            text += "\u{1B}[0m\n"
        }
        return Array(text.utf8)
    }
}

extension ColourDepth {
    /// The character of a cell. Without colours the chosen row is reversed, and a full block would be a hole in it.
    package func character(of cell: Cell) -> Unicode.Scalar {
        self == .mono && cell.style.ground == .selected && cell.scalar == "█" ? "▓" : cell.scalar
    }

    /// SGR parameters of an ink, each with its semicolon. ISO 8613-6 in the form that every terminal reads.
    func parameters(_ ink: Ink) -> String {
        var text = ink.attributes.contains(.bold) ? ";1" : ""
        if self == .mono {
            if ink.attributes.contains(.dim) { text += ";2" }
            if ink.attributes.contains(.underline) { text += ";4" }
            if !ink.attributes.isDisjoint(with: [.reverse, .selected]) { text += ";7" }
        }
        return text + parameters(ink.foreground, base: 30) + (ink.background.map { parameters($0, base: 40) } ?? "")
    }

    private func parameters(_ swatch: Swatch, base: Int) -> String {
        let index = Int(index(of: swatch))
        guard index >= 0 else { return "" }
        return switch self {
        case .mono: ""
        case .ansi16: ";\(index < 8 ? base + index : base + 52 + index)"
        case .indexed256: ";\(base + 8);5;\(index)"
        case .direct: ";\(base + 8);2;\(swatch.red);\(swatch.green);\(swatch.blue)"
        }
    }
}
