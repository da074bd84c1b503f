package import Measurements

extension Comparison {
    /// For a pull request: the headline, what the runs were asked for, the changes beyond noise, and the others folded
    /// away.
    package var markdown: String {
        let rest = changes.filter { !$0.verdict.isNotable && $0.verdict != .same }
        var text = "**\(Markdown.escaped(headline))**\n\nA: \(Markdown.escaped(base.name)), B: \(Markdown.escaped(other.name))\n\n"
        for warning in warnings { text += "- warning: \(Markdown.escaped(warning))\n" }
        for difference in planDifferences {
            text += "- \(difference.isLoad ? "warning: asked for different things: " : "")"
                + "\(Markdown.escaped(difference.name)): \(Markdown.escaped(difference.base)) → \(Markdown.escaped(difference.other))\n"
        }
        if !warnings.isEmpty || !planDifferences.isEmpty { text += "\n" }
        text += Comparison.table(changes.filter(\.verdict.isNotable), "Nothing left the noise.\n\n")
        for phase in distinctPhases {
            text += "Phase **\(Markdown.escaped(phase.name))**:\n\n" + Comparison.table(phase.changes.filter(\.verdict.isNotable), "Nothing left the noise.\n\n")
        }
        for request in requests where request.changes.contains(where: \.verdict.isNotable) {
            text += "Request **\(Markdown.escaped(request.name))**:\n\n" + Comparison.table(request.changes.filter(\.verdict.isNotable), "")
        }
        for name in unmatchedPhases { text += "Phase **\(Markdown.escaped(name))**: only in one of the two.\n\n" }
        if !rest.isEmpty {
            text += "<details><summary>\(Figure.counted(rest.count, "other figure"))</summary>\n\n\(Comparison.table(rest, ""))</details>\n\n"
        }
        return text + Comparison.explanation.joined(separator: " ") + "\n"
    }

    private static func table(_ changes: [Change], _ wordsForNone: String) -> String {
        guard !changes.isEmpty else { return wordsForNone }
        return "| figure | A | B | change | noise | verdict |\n|---|--:|--:|--:|--:|---|\n"
            + changes.map { change in
                "| `\(change.name)` | \(change.valueText(change.base)) | \(change.valueText(change.other)) | \(change.shareText) | \(change.noiseText) | \(change.verdict.rawValue) |\n"
            }.joined() + "\n"
    }

    /// Everything, under the figures' names; numbers in the metrics' units, shares as 0.1 for 10 %.
    package var json: JSON {
        .object([
            .init("headline", .string(headline)), .init("a", .string(base.name)), .init("b", .string(other.name)),
            .init("warnings", .array(warnings.map { .string($0) })),
            .init("plan_differences", .array(planDifferences.map(\.json))),
            .init("noise_floor", .string("2 * sqrt(a.spread^2 + b.spread^2), at least 1 % of a; spread = 1.4826 * median absolute deviation of intervals; 0 for a failure that one run lacks")),
            .init("figures", .array(changes.map(\.json))),
            .init("phases", .array(phases.map { .object([.init("name", .string($0.name)), .init("figures", .array($0.changes.map(\.json)))]) })),
            .init("requests", .array(requests.map { .object([.init("name", .string($0.name)), .init("figures", .array($0.changes.map(\.json)))]) })),
            .init("unmatched_phases", .array(unmatchedPhases.map { .string($0) })),
        ])
    }
}

extension PlanDifference {
    fileprivate var json: JSON {
        .object([.init("name", .string(name)), .init("a", .string(base)), .init("b", .string(other)), .init("is_load", .bool(isLoad))])
    }
}

extension Change {
    fileprivate var json: JSON {
        func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
        return .object([
            .init("name", .string(name)), .init("unit", .string(unitText)), .init("a", number(base)), .init("b", number(other)),
            .init("change", number(share)), .init("noise_floor", number(noiseFloor)), .init("verdict", .string(verdict.rawValue)),
        ])
    }
}
