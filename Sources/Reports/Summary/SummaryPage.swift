internal import Measurements

/// Lines of at most 80 columns: a column of labels, and behind it what each says.
struct SummaryPage {
    static let width = 80
    /// As wide as the longest label and a column.
    static let labelWidth = 15
    /// Of a count in a list below a row.
    private static let countWidth = 8
    /// Everything is shown, not only what matters in most runs.
    let isVerbose: Bool
    var lines: [String] = []
    /// Percentiles for which a dash stands in a table, since there are too few answers.
    private(set) var unknownPercentiles: Set<Double> = []

    init(isVerbose: Bool = false) { self.isVerbose = isVerbose }

    /// All lines. A name with a line end in it, as a foreign recording may have, begins no line of its own.
    var text: String { lines.map(\.printableLine).joined(separator: "\n") + "\n" }

    /// `label          item, item, item`. Items that do not fit go on below the first, long ones word by word. Nothing
    /// without items.
    mutating func row(_ label: String, _ items: [String]) {
        guard !items.isEmpty else { return }
        let pieces = items.enumerated().flatMap { index, item in
            let text = item + (index == items.count - 1 ? "" : ",")
            return text.columns <= SummaryPage.wholeItemWidth ? [text] : text.split(separator: " ").map(String.init)
        }
        write(SummaryPage.pad(label, SummaryPage.labelWidth), pieces)
    }

    /// Items up to this are not broken.
    private static let wholeItemWidth = 36

    /// A line of its own below a row: a count, and what it counts.
    mutating func count(_ count: UInt64, _ text: String) {
        let digits = "\(count)"
        let indent = SummaryPage.labelWidth + max(0, SummaryPage.countWidth - digits.count)
        write(String(repeating: " ", count: indent) + digits + "  ", text.split(separator: " ").map(String.init))
    }

    /// A line of its own below a row: a mark, and what it marks.
    mutating func marked(_ mark: String, _ text: String) { write("  \(mark)  ", text.split(separator: " ").map(String.init)) }

    /// A sentence, broken where a line is full.
    mutating func writeWords(_ text: String) { write("", text.split(separator: " ").map(String.init)) }

    /// Keeps the percentiles that a histogram has too few values for, so that the dashes are explained once.
    mutating func noteDashes(_ percentiles: [Double], in histogram: LatencyHistogram) {
        guard histogram.count > 0 else { return }
        unknownPercentiles.formUnion(percentiles.filter { !LatencyHistogram.supports(percentile: $0, count: histogram.count) })
    }

    /// A line as it is.
    mutating func line(_ text: String) { lines.append(text) }

    /// A row of a table: a label, and cells of equal width, flush right.
    mutating func table(_ label: String, _ cells: [String]) {
        let width = min(SummaryPage.cellWidth, (SummaryPage.width - SummaryPage.tableLabelWidth) / max(1, cells.count))
        let row = cells.map { String(repeating: " ", count: max(1, width - $0.columns)) + $0 }.joined()
        lines.append(SummaryPage.pad(label, SummaryPage.tableLabelWidth) + row)
    }

    private static let cellWidth = 9
    static let tableLabelWidth = 12

    private mutating func write(_ head: String, _ pieces: [String]) {
        var line = head
        let indent = String(repeating: " ", count: head.columns)
        var isEmpty = true
        for piece in pieces {
            if !isEmpty, line.columns + 1 + piece.columns > SummaryPage.width {
                lines.append(line)
                line = indent
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + piece
            isEmpty = false
        }
        lines.append(line)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        // A label that is too long still ends before what follows.
        text.columns < width ? text.padded(to: width) : text + " "
    }
}
