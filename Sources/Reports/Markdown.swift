internal import Measurements

/// Text and tables for a page that shows Markdown, as GitHub and GitLab write it.
package enum Markdown {
    /// Words of others, on one line: nothing in them is a mark.
    package static func escaped(_ text: String) -> String {
        String(text.printableLine.flatMap { "|*_`<>\\[]".contains($0) ? ["\\", $0] : [$0] })
    }

    /// A table of cells that are Markdown already; nothing without rows.
    ///
    /// - Parameter isAligned: all columns but the first are numbers, and end at the right.
    package static func table(_ heads: [String], _ rows: [[String]], isAligned: Bool = true) -> String {
        guard !rows.isEmpty else { return "" }
        func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
        let rule = heads.indices.map { $0 > 0 && isAligned ? "--:" : "---" }
        return line(heads) + line(rule) + rows.map(line).joined() + "\n"
    }
}
