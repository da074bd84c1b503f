/// Lines of at most 80 columns.
struct SummaryPage {
    static let width = 80
    private static let labelWidth = 10
    var lines: [String] = []

    /// `label: item, item, item`. Items that do not fit follow on lines of their own, below the first.
    mutating func write(_ label: String, _ items: [String]) {
        guard !items.isEmpty else { return }
        let indent = String(repeating: " ", count: label.count + 2)
        var line = "\(label): "
        for (index, item) in items.enumerated() {
            let piece = item + (index == items.count - 1 ? "" : ",")
            if line.count > indent.count, line.count + 1 + piece.count > SummaryPage.width {
                lines.append(line)
                line = indent
            }
            line += (line.count > indent.count ? " " : "") + piece
        }
        lines.append(line)
    }

    /// A sentence, broken where a line is full.
    mutating func writeWords(_ text: String) {
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > SummaryPage.width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        lines.append(line)
    }

    static func row(_ label: String, _ cells: [String]) -> String {
        func pad(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
        let cellWidth = min(10, (width - labelWidth) / max(1, cells.count))
        return label + String(repeating: " ", count: max(0, labelWidth - label.count)) + cells.map { pad($0, cellWidth) }.joined()
    }
}
