internal import Measurements

extension Comparison {
    /// For a terminal, 80 columns wide: the headline, what the runs were asked for, and a table by groups of metrics.
    ///
    /// - Parameter all: also the figures that did not leave the noise.
    package func text(all: Bool) -> String {
        var page = SummaryPage()
        page.writeWords(headline)
        page.lines += ["", "A  \(base.name)", "B  \(other.name)"]
        for warning in warnings { page.writeWords("warning: " + warning) }
        write(planDifferences.filter(\.isLoad), "warning: the runs were asked for different things", to: &page)
        write(planDifferences.filter { !$0.isLoad }, "the runs also differ in", to: &page)
        page.lines += ["", Row.head] + Comparison.rows(changes, all: all)
        for phase in distinctPhases {
            let rows = Comparison.rows(phase.changes, all: all)
            page.lines += ["", "phase \(phase.name)" + (rows.isEmpty ? ": nothing left the noise" : "")] + rows
        }
        for request in requests {
            let rows = request.changes.filter { all || $0.verdict.isNotable }.map { Row.text($0, name: "  " + $0.name.dropFirst("request(\(request.name)).".count)) }
            if !rows.isEmpty { page.lines += ["", Row.cut("request \(request.name)", SummaryPage.width)] + rows }
        }
        for name in unmatchedPhases { page.lines += ["", "phase \(name): only in one of the two"] }
        page.lines.append("")
        if !all { page.writeWords(leftOut) }
        page.lines += Comparison.explanation
        return page.text
    }

    /// Without the only phase beside a warm-up: it is the whole run.
    var distinctPhases: [(name: String, changes: [Change])] {
        let whole = Comparison.rows(changes, all: true)
        return phases.count == 1 && Comparison.rows(phases[0].changes, all: true) == whole ? [] : phases
    }

    private func write(_ differences: [PlanDifference], _ title: String, to page: inout SummaryPage) {
        guard !differences.isEmpty else { return }
        page.lines += ["", title + ":"]
        for difference in differences {
            let line = "  \(difference.name)  \(difference.base) -> \(difference.other)"
            if line.count <= SummaryPage.width {
                page.lines.append(line)
            } else {
                page.lines += ["  \(difference.name)"] + [("A", difference.base), ("B", difference.other)].map { "    \($0)  " + Row.cut($1, SummaryPage.width - 7) }
            }
        }
    }

    /// How many figures the table lacks, and why.
    private var leftOut: String {
        func count(_ verdict: Change.Verdict) -> Int { changes.count { $0.verdict == verdict } }
        let counts = [
            (count(.withinNoise), "within noise"), (count(.unknown), "too short to judge"), (count(.same), "the same"), (count(.missing), "in one run only"),
        ]
        let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return words.isEmpty ? "no other figures" : "other figures: " + words.joined(separator: ", ") + "; --all shows them"
    }

    private static func rows(_ changes: [Change], all: Bool) -> [String] {
        var lines: [String] = []
        var group: Substring = ""
        for change in changes where all || change.verdict.isNotable {
            let heading = ComparedFigure.heading(change.name)
            if heading != group { lines.append(String(heading)) }
            group = heading
            lines.append(Row.text(change, name: "  " + change.name.dropFirst(heading.count + 1)))
        }
        return lines
    }

    /// How the noise was found, for the reader of the table.
    package static let explanation = [
        "noise: twice the spread of single intervals, of both runs together (1.4826 x the",
        "median absolute deviation), at least 1 %. A smaller change may be chance,",
        "unless nearly all intervals of one run lie above the other's. A failure that",
        "only one of the runs had is none.",
    ]
}

/// One figure in the table's columns.
private enum Row {
    // 80 columns: names vary most, so they have all that the figures leave.
    static let head = line("", "A", "B", "change", "noise", "verdict")

    static func text(_ change: Change, name: String) -> String {
        line(name, change.valueText(change.base), change.valueText(change.other), change.shareText, change.noiseText, change.verdict.rawValue)
    }

    /// Columns kept at the end of a name that is too long: names that are as long differ at their ends.
    private static let keptEnd = 18

    /// A text of at most so many columns, cut in the middle.
    static func cut(_ text: String, _ width: Int) -> String {
        text.cut(toColumns: width, keepingEnd: keptEnd, mark: "~")
    }

    private static func line(_ name: String, _ base: String, _ other: String, _ change: String, _ noise: String, _ verdict: String) -> String {
        let name = cut(name, 32)
        // A figure too long for its column still stands apart from the one before.
        func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(1, width - text.columns)) + text }
        let line = name.padded(to: 32) + right(base, 9) + right(other, 9) + right(change, 9) + right(noise, 8) + " " + verdict
        return line.last == " " ? String(line.dropLast()) : line
    }
}
