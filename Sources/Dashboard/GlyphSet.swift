/// The characters of which lines, meters and graphs are made.
package enum GlyphSet: Sendable, Equatable, CaseIterable {
    /// Box lines, blocks and braille dots: two columns and four rows of dots in a cell.
    case braille
    /// The same without braille, which some fonts do not have or draw as empty rings.
    case block
    /// Nothing beyond ASCII: for a locale or a font without the rest.
    case ascii

    /// The one that a key goes on to.
    var next: GlyphSet {
        switch self {
        case .braille: .block
        case .block: .ascii
        case .ascii: .braille
        }
    }

    /// As a flag, a file and a list of choices write it.
    package var name: String {
        switch self {
        case .braille: "braille"
        case .block: "block"
        case .ascii: "ascii"
        }
    }

    /// Corners from the top left clockwise, then the horizontal and the vertical line.
    var box: (topLeft: Unicode.Scalar, topRight: Unicode.Scalar, bottomRight: Unicode.Scalar, bottomLeft: Unicode.Scalar,
        horizontal: Unicode.Scalar, vertical: Unicode.Scalar) {
        self != .ascii ? ("╭", "╮", "╯", "╰", "─", "│") : ("+", "+", "+", "+", "-", "|")
    }

    /// The characters that open and close a title within a border.
    var tab: (open: String, close: String) { self != .ascii ? ("┐", "┌") : ("[", "]") }

    /// A panel's number in its border.
    func number(_ value: Int) -> String {
        let superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        return self != .ascii && superscripts.indices.contains(value) ? superscripts[value] : "\(value) "
    }

    /// Ends of a meter, its full cells, its empty ones.
    var meter: (open: String, close: String, full: Unicode.Scalar, empty: Unicode.Scalar) {
        self != .ascii ? ("▕", "▏", "█", "░") : ("[", "]", "#", ".")
    }

    /// The last cell of a bar, filled by eighths; empty where the set has no such thing.
    func eighths(_ count: Int) -> Unicode.Scalar? {
        let parts: [Unicode.Scalar] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return self != .ascii && count >= 1 && count <= 7 ? parts[count - 1] : nil
    }

    /// A column filled from the floor, by eighths.
    func columnEighths(_ count: Int) -> Unicode.Scalar {
        let parts: [Unicode.Scalar] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        return parts[min(parts.count - 1, max(0, count))]
    }

    /// From a few to many.
    var shades: [Unicode.Scalar] { self != .ascii ? ["░", "▒", "▓", "█"] : [".", "-", "+", "#"] }

    var dot: String { self != .ascii ? "·" : "." }
    /// The mark before the part of the load that + and - change.
    var knob: String { self != .ascii ? "±" : "+" }
    var times: String { self != .ascii ? "×" : "x" }
    var live: String { self != .ascii ? "●" : "*" }
    var sum: String { self != .ascii ? "Σ" : "=" }
    var peak: String { self != .ascii ? "▲" : "^" }
    var axis: String { self != .ascii ? "┤" : "|" }
    var tick: Unicode.Scalar { self != .ascii ? "┊" : ":" }
    var selection: String { self != .ascii ? "▌" : ">" }
    var arrows: String { self != .ascii ? "↑↓" : "jk" }
    var ellipsis: String { self != .ascii ? "…" : "~" }
}
