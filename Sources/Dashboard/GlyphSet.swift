/// What lines, meters and graphs are made of.
package enum GlyphSet: Sendable, Equatable, CaseIterable {
    /// Box lines, blocks and braille dots: two columns and four rows of dots in a cell.
    case braille
    /// Nothing beyond ASCII: for a locale or a font without the rest.
    case ascii

    var other: GlyphSet { self == .braille ? .ascii : .braille }

    /// Corners from the top left clockwise, then the horizontal and the vertical line.
    var box: (topLeft: Unicode.Scalar, topRight: Unicode.Scalar, bottomRight: Unicode.Scalar, bottomLeft: Unicode.Scalar,
        horizontal: Unicode.Scalar, vertical: Unicode.Scalar) {
        self == .braille ? ("╭", "╮", "╯", "╰", "─", "│") : ("+", "+", "+", "+", "-", "|")
    }

    /// What opens and closes a title within a border.
    var tab: (open: String, close: String) { self == .braille ? ("┐", "┌") : ("[", "]") }

    /// A panel's number in its border.
    func number(_ value: Int) -> String {
        let superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        return self == .braille && superscripts.indices.contains(value) ? superscripts[value] : "\(value) "
    }

    /// Ends of a meter, what it is full of, what it is empty of.
    var meter: (open: String, close: String, full: Unicode.Scalar, empty: Unicode.Scalar) {
        self == .braille ? ("▕", "▏", "█", "░") : ("[", "]", "#", ".")
    }

    /// The last cell of a bar, filled by eighths; empty where the set has no such thing.
    func eighths(_ count: Int) -> Unicode.Scalar? {
        let parts: [Unicode.Scalar] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return self == .braille && count >= 1 && count <= 7 ? parts[count - 1] : nil
    }

    /// From a few to many.
    var shades: [Unicode.Scalar] { self == .braille ? ["░", "▒", "▓", "█"] : [".", "-", "+", "#"] }

    var dot: String { self == .braille ? "·" : "." }
    var times: String { self == .braille ? "×" : "x" }
    var live: String { self == .braille ? "●" : "*" }
    var sum: String { self == .braille ? "Σ" : "=" }
    var peak: String { self == .braille ? "▲" : "^" }
    var axis: String { self == .braille ? "┤" : "|" }
    var tick: Unicode.Scalar { self == .braille ? "┊" : ":" }
    var selection: String { self == .braille ? "▌" : ">" }
    var arrows: String { self == .braille ? "↑↓" : "jk" }
    var ellipsis: String { self == .braille ? "…" : "~" }
}
