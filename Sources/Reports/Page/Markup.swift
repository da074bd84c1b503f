/// HTML or XML that is safe to show: literals of this program, and escaped words of others.
///
/// A literal stands as it is. A value that is put into one with `\( )` is escaped, unless it is
/// `Markup` itself: so no name, path or event of a recording can become a tag, an attribute
/// or a script, and no caller has to escape it.
struct Markup: ExpressibleByStringInterpolation, Sendable {
    let text: String

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    private init(_ text: String) { self.text = text }

    static let empty: Markup = ""

    static func joined(_ parts: [Markup]) -> Markup { Markup(parts.map(\.text).joined()) }

    static func + (left: Markup, right: Markup) -> Markup { Markup(left.text + right.text) }

    static func += (left: inout Markup, right: Markup) { left = left + right }

    /// The parts of an interpolated literal, put together.
    struct Interpolation: StringInterpolationProtocol {
        var text: String

        init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

        mutating func appendInterpolation(_ number: Int) { text += String(number) }

        mutating func appendInterpolation(_ words: String) {
            for scalar in words.unicodeScalars {
                switch scalar {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                // Control characters have no place in HTML or XML; the bidirectional ones can make a line read as another.
                case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}",
                    "\u{FFFE}", "\u{FFFF}":
                    text.unicodeScalars.append("\u{FFFD}")
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
    }
}
