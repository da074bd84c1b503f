package import Measurements

extension Comparison {
    /// A table of 80 columns, by groups of metrics.
    ///
    /// - Parameter all: also the figures that are the same in both.
    package func text(all: Bool) -> String {
        var lines = ["A  \(base)", "B  \(other)", "", Row.head]
        var sameCount = 0
        lines += Comparison.rows(changes, sameCount: &sameCount, all: all)
        for phase in phases {
            // A phase repeats the figures of the run: those within noise would bury the others.
            let notable = all ? phase.changes : phase.changes.filter { [.better, .worse, .unknown].contains($0.verdict) }
            lines += ["", "phase \(phase.name)" + (notable.isEmpty ? ": nothing is better or worse" : "")]
            lines += Comparison.rows(notable, sameCount: &sameCount, all: all)
        }
        for name in unmatchedPhases { lines += ["", "phase \(name): only in one of the two"] }
        lines.append("")
        if sameCount > 0 { lines.append(sameCount == 1 ? "1 figure is the same in both; --all shows it." : "\(sameCount) figures are the same in both; --all shows them.") }
        lines += Comparison.explanation
        return lines.joined(separator: "\n") + "\n"
    }

    private static func rows(_ changes: [Change], sameCount: inout Int, all: Bool) -> [String] {
        var lines: [String] = []
        var group = ""
        for change in changes {
            if change.verdict == .same && !all {
                sameCount += 1
                continue
            }
            let parts = change.name.split(separator: ".", maxSplits: 2).map(String.init)
            // A name of two words stands below its first word.
            let (heading, name) = parts.count > 2 ? ("\(parts[0]).\(parts[1])", parts[2]) : (parts[0], parts.dropFirst().joined())
            if heading != group { lines.append(heading) }
            group = heading
            lines.append(Row(change, name: "  " + name).text)
        }
        return lines
    }

    /// How the noise was found, for the reader of the table.
    package static let explanation = [
        "noise: twice the spread of single intervals, of both runs together (1.4826 x the",
        "median absolute deviation), at least 1 %. A smaller change may be chance.",
    ]

    /// For a pull request: the changes beyond noise, and the others folded away.
    package var markdown: String {
        let notable = changes.filter { [.better, .worse].contains($0.verdict) }
        let rest = changes.filter { ![.better, .worse, .same].contains($0.verdict) }
        var text = "**\(Comparison.escaped(base))** (A) against **\(Comparison.escaped(other))** (B): "
        text += "\(notable.filter { $0.verdict == .worse }.count) worse, \(notable.filter { $0.verdict == .better }.count) better\n\n"
        if !notable.isEmpty { text += Comparison.table(notable) + "\n" }
        for phase in phases {
            let notable = phase.changes.filter { [.better, .worse].contains($0.verdict) }
            text += "Phase **\(Comparison.escaped(phase.name))**: " + (notable.isEmpty ? "nothing better or worse\n\n" : "\n\n\(Comparison.table(notable))\n")
        }
        if !rest.isEmpty {
            text += "<details><summary>\(rest.count) other change\(rest.count == 1 ? "" : "s")</summary>\n\n\(Comparison.table(rest))\n</details>\n\n"
        }
        return text + Comparison.explanation.joined(separator: " ") + "\n"
    }

    private static func table(_ changes: [Change]) -> String {
        "| figure | A | B | change | noise | verdict |\n|---|--:|--:|--:|--:|---|\n"
            + changes.map { change in
                let row = Row(change, name: "`\(change.name)`")
                return "| \(row.name) | \(row.base) | \(row.other) | \(row.change) | \(row.noise) | \(change.verdict.rawValue) |\n"
            }.joined()
    }

    private static func escaped(_ text: String) -> String {
        String(text.flatMap { "|*_`<>\\[]".contains($0) ? ["\\", $0] : [$0] })
    }

    /// Everything, under the figures' names; numbers in the metrics' units, shares as 0.1 for 10 %.
    package var json: JSON {
        .object([
            .init("a", .string(base)), .init("b", .string(other)),
            .init("noise_floor", .string("2 * sqrt(a.spread^2 + b.spread^2), at least 1 % of a; spread = 1.4826 * median absolute deviation of intervals")),
            .init("figures", Comparison.json(changes)),
            .init("phases", .array(phases.map { .object([.init("name", .string($0.name)), .init("figures", Comparison.json($0.changes))]) })),
        ])
    }

    private static func json(_ changes: [Change]) -> JSON {
        func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
        return .array(changes.map { change in
            .object([
                .init("name", .string(change.name)), .init("unit", .string(Row.unit(of: change))),
                .init("a", number(change.base)), .init("b", number(change.other)),
                .init("change", number(change.share)), .init("noise_floor", number(change.noiseFloor)),
                .init("verdict", .string(change.verdict.rawValue)),
            ])
        })
    }
}

/// One figure in words.
private struct Row {
    var name: String
    var base: String
    var other: String
    var change: String
    var noise: String
    var verdict: String

    // 80 columns: names vary most, so they have all that the figures leave.
    static let head = Row.line("", "A", "B", "change", "noise", "verdict")

    init(_ change: Change, name: String) {
        self.name = name
        base = Row.figure(change.base, change)
        other = Row.figure(change.other, change)
        self.change = change.share.map(Row.signedPercent) ?? (change.base == nil || change.other == nil ? "-" : "from 0")
        noise = change.noiseFloor.map { floor in
            change.base.flatMap { $0 == 0 ? nil : "\(Row.percent(floor / $0.magnitude))" } ?? Row.figure(floor, change)
        } ?? "-"
        verdict = change.verdict.rawValue
    }

    var text: String { Row.line(name, base, other, change, noise, verdict) }

    static func unit(of change: Change) -> String {
        change.kind == .counter ? "\(change.unit.rawValue)/s" : change.unit.rawValue
    }

    /// Characters kept at the end of a name that is too long.
    private static let keptEnd = 18

    private static func line(_ name: String, _ base: String, _ other: String, _ change: String, _ noise: String, _ verdict: String) -> String {
        // Cut in the middle: names that are as long differ at their ends, .mean and .max.
        func left(_ text: String, _ width: Int) -> String {
            text.count > width ? text.prefix(width - 1 - Row.keptEnd) + "~" + text.suffix(Row.keptEnd) : text + String(repeating: " ", count: width - text.count)
        }
        func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
        let line = left(name, 33) + right(base, 9) + right(other, 9) + right(change, 8) + right(noise, 8) + " " + verdict
        return line.last == " " ? String(line.prefix(line.count - 1)) : line
    }

    private static func figure(_ value: Double?, _ change: Change) -> String {
        guard let value else { return "-" }
        switch change.unit {
        case .seconds where change.kind == .counter: return Figure.threeDigits(value)
        case .seconds: return Figure.time(nanoseconds: Metric.nanoseconds(value))
        case .bytes: return Figure.bytes(value)
        case .one: return Figure.percent(value)
        default: return value >= 1e6 ? Figure.threeDigits(value / 1e6) + "M" : Figure.threeDigits(value)
        }
    }

    private static func signedPercent(_ share: Double) -> String { (share > 0 ? "+" : "") + percent(share) }

    private static func percent(_ share: Double) -> String {
        share.magnitude >= 9.995 ? Figure.fixed(share * 100, decimals: 0).prefix(6) + "%" : Figure.fixed(share * 100, decimals: 1) + "%"
    }
}
