/// A theme as it is written: names and values, in the syntax of btop.
///
///     # a comment
///     theme[main_bg]="#0D1117"     red, green, blue
///     theme[main_fg]="#CC"         a grey
///     theme[title]="238 238 238"   the same in decimals
///     theme[cpu_mid]=""            there is none
///
/// btop's own reader skips names that it does not know, so that ours do not disturb it,
/// and this one skips names that it does not know, so that btop's do not disturb us. Of a name
/// that comes twice, the last counts.
package struct ThemeFile: Sendable {
    package let name: String
    /// Lines that were skipped: places and reasons. The rest of the theme holds.
    package private(set) var problems: [Problem] = []
    /// The text of the first comment.
    package private(set) var summary = ""
    private var values: [String: (text: String, line: Int)] = [:]

    /// A line that is no line of a theme, or a value that is no colour.
    package struct Problem: Error, Equatable, Sendable {
        /// Counted from 1.
        package let line: Int
        package let words: String
    }

    /// A theme of a page or two is the most there is; a file far beyond is something else.
    package static let byteLimit = 64 * 1024

    package init(name: String, text: String) {
        self.name = name
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }) {
            number += 1
            read(line, number)
        }
    }

    /// It says nothing about any colour: something else than a theme.
    package var isEmpty: Bool { values.isEmpty }

    /// It draws on whatever background the terminal has.
    package var leavesBackground: Bool { isEmptied("main_bg") }

    /// The text of a value, empty or not; nil where the name does not stand there.
    func text(_ key: String) -> String? { values[key]?.text }

    /// The colour of a name; nil where it has none, and then `isEmptied` tells why.
    func colour(_ key: String) -> Swatch? { values[key].flatMap { Swatch(written: $0.text) } }

    /// The name stands there with "" for a value: there is to be none.
    func isEmptied(_ key: String) -> Bool { values[key]?.text.isEmpty == true }

    private mutating func read(_ line: Substring, _ number: Int) {
        if line.first == "#" {
            if summary.isEmpty { summary = String(line.drop { $0 == "#" || $0 == " " }) }
            return
        }
        guard line.contains(where: { $0 != " " && $0 != "\t" }) else { return }
        guard let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]"),
            let equals = line[close...].firstIndex(of: "=")
        else {
            // An indented comment is one to everybody but btop.
            if line.first(where: { $0 != " " && $0 != "\t" }) != "#" { report(number, "not theme[name]=\"value\"") }
            return
        }
        let key = String(line[line.index(after: open)..<close])
        let rest = line[line.index(after: equals)...].drop { $0 == " " || $0 == "\t" }
        var value: Substring
        if rest.first == "\"" {
            value = rest.dropFirst().prefix { $0 != "\"" }
            if value.endIndex == rest.endIndex { report(number, "\(key): the closing quote is missing") }
        } else {
            value = rest.prefix { $0 != " " && $0 != "\t" }
        }
        if ThemeFile.isColour(key), !value.isEmpty, Swatch(written: value) == nil {
            report(number, "\(key): \"\(value)\" is no colour: #RRGGBB, #GG or \"R G B\"")
            return
        }
        value = value.prefix(200)
        values[key] = (String(value), number)
    }

    private mutating func report(_ line: Int, _ words: String) {
        // A wrong file is wrong in every line: the first few tell.
        if problems.count < 20 { problems.append(Problem(line: line, words: words)) }
    }

    /// Names that mean a colour here or in btop. The values of other names are not looked at.
    private static func isColour(_ key: String) -> Bool {
        ["title", "graph_text", "proc_misc", "div_line", "ok", "warn", "crit"].contains(key)
            || ["_bg", "_fg", "_box", "_start", "_mid", "_end"].contains { key.hasSuffix($0) }
    }
}

extension Swatch {
    /// A colour as a theme writes it; nil for anything else.
    init?(written text: some StringProtocol) {
        if text.first == "#" {
            let digits = text.dropFirst()
            guard digits.utf8.allSatisfy({ Swatch.isHexadecimal($0) }), let value = UInt32(digits, radix: 16) else { return nil }
            switch digits.utf8.count {
            case 6: self.init(value, ansi: nil)
            case 2: self.init(value << 16 | value << 8 | value, ansi: nil)
            default: return nil
            }
            return
        }
        let words = text.split(separator: " ")
        let numbers = words.compactMap { Int($0) }.map { UInt32(min(255, max(0, $0))) }
        guard words.count == 3, numbers.count == 3 else { return nil }
        self.init(numbers[0] << 16 | numbers[1] << 8 | numbers[2], ansi: nil)
    }

    /// UInt32 would also take a sign.
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
    }
}
