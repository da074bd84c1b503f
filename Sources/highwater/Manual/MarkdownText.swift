/// A page in Markdown, for a terminal: headings bold, paragraphs and tables within the width, code as it is.
///
/// It knows what our pages have: headings, paragraphs, lists, tables, fenced code, links, pictures.
struct MarkdownText {
    private(set) var text = ""
    private let width: Int

    private static let bold = "\u{1b}[1m", plain = "\u{1b}[0m"

    init(_ markdown: String, width: Int) {
        self.width = width
        var paragraph: [Substring] = [], table: [Substring] = []
        var isCode = false
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                add(paragraph: &paragraph, table: &table)
                isCode.toggle()
            } else if isCode {
                text += "    \(line)\n"
            } else if line.hasPrefix("|") {
                add(paragraph: &paragraph)
                table.append(line)
            } else if line.hasPrefix("#") {
                add(paragraph: &paragraph, table: &table)
                text += MarkdownText.bold + MarkdownText.inline(line.drop { $0 == "#" }.dropFirst()) + MarkdownText.plain + "\n"
            } else if line.isEmpty {
                add(paragraph: &paragraph, table: &table)
                text += "\n"
            } else {
                add(table: &table)
                if MarkdownText.bullet(line) > 0 { add(paragraph: &paragraph) }
                paragraph.append(line)
            }
        }
        add(paragraph: &paragraph, table: &table)
    }

    private mutating func add(paragraph: inout [Substring], table: inout [Substring]) {
        add(paragraph: &paragraph)
        add(table: &table)
    }

    private mutating func add(paragraph: inout [Substring]) {
        guard let first = paragraph.first else { return }
        // The lines of an element of a list begin below its text.
        let indent = MarkdownText.bullet(first)
        text += MarkdownText.lines(MarkdownText.inline(paragraph.joined(separator: " ")), width, indent: indent).joined(separator: "\n") + "\n"
        paragraph = []
    }

    /// Columns as wide as their widest cell, and the last as wide as the screen leaves it. Where that is too little, each
    /// row is its first cell, and the others below it.
    private mutating func add(table: inout [Substring]) {
        defer { table = [] }
        let rows = table.filter { $0.contains { !"|-: ".contains($0) } }.map(MarkdownText.cells)
        guard let count = rows.map(\.count).max(), count > 0 else { return }
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        let left = width - widths.dropLast().reduce(0) { $0 + $1 + 2 }
        if left >= min(30, widths[count - 1]) {
            for row in rows {
                let start = zip(row, widths).dropLast().map { $0 + String(repeating: " ", count: $1 + 2 - $0.count) }.joined()
                let last = MarkdownText.lines(row[row.count - 1], left, indent: 0)
                text += start + (last.first ?? "") + "\n"
                for line in last.dropFirst() { text += String(repeating: " ", count: width - left) + line + "\n" }
            }
        } else {
            for row in rows.dropFirst() {
                text += MarkdownText.lines(row[0], width, indent: 2).map { $0 + "\n" }.joined()
                for (title, cell) in zip(rows[0], row).dropFirst() where !cell.isEmpty {
                    let words = title.isEmpty ? cell : "\(title): \(cell)"
                    text += MarkdownText.lines(words, width - 4, indent: 0).map { "    \($0)\n" }.joined()
                }
            }
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        // A bar that is part of a cell stands behind a backslash.
        line.replacing("\\|", with: "\u{0}").split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            inline(String($0).replacing("\u{0}", with: "|").trimmingSpaces)
        }
    }

    /// Characters of the mark that begins an element of a list; 0 without one.
    private static func bullet(_ line: Substring) -> Int { line.firstMatch(of: /^(?:[-*]|\d+\.)\s/)?.0.count ?? 0 }

    /// Without the marks of code, of emphasis and of links: a picture is its words in brackets.
    private static func inline(_ words: some StringProtocol) -> String {
        String(words)
            .replacing(/!\[([^\]]*)\]\([^)]*\)/) { "[picture: \($0.1)]" }
            .replacing(/\[([^\]]*)\]\(([^)]*)\)/) { $0.2.contains("://") ? "\($0.1) (\($0.2))" : "\($0.1)" }
            .replacing("`", with: "").replacing(/\*\*?([^*]+)\*\*?/) { "\($0.1)" }
    }

    /// Divides words into lines; those after the first are indented.
    private static func lines(_ words: String, _ width: Int, indent: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in words.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent)
            }
            line += (line.allSatisfy { $0 == " " } ? "" : " ") + word
        }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension String {
    fileprivate var trimmingSpaces: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
