package import Measurements
internal import Reports

/// The trials of one bug side by side: a column each, a row for each number.
package struct TrialTable: Sendable {
    /// As the command line names it: "arena-race".
    package let name: String
    package let results: [TrialResult]

    package init(name: String, results: [TrialResult]) {
        self.name = name
        self.results = results
    }

    package var isAsExpected: Bool { results.allSatisfy(\.isAsExpected) }

    /// 80 columns for five trials.
    private static let labelWidth = 20, columnWidth = 12

    /// For people.
    package var text: String {
        var lines = [TrialTable.line(name, results.map(\.trial.name))]
        lines.append(TrialTable.line("outcome", results.map(\.word)))
        lines.append(TrialTable.line("as expected", results.map { $0.isAsExpected ? "yes" : "NO" }))
        for row in TrialTable.rows { lines.append(TrialTable.line(row.label, results.map(row.text))) }
        for result in results where hasMoreToSay(result) {
            lines.append("\(result.trial.name): " + ([result.death].compactMap { $0 } + result.findings).joined(separator: ", "))
        }
        return lines.map(\.printableLine).joined(separator: "\n") + "\n"
    }

    /// For the page of a build.
    package var markdown: String {
        let word = isAsExpected ? "All trials ended as expected." : "**A trial did not end as expected.**"
        let heads = [name] + results.map(\.trial.name)
        let cells = [["outcome"] + results.map(\.word), ["as expected"] + results.map { $0.isAsExpected ? "yes" : "**no**" }]
            + TrialTable.rows.map { row in [row.label] + results.map(row.text) }
        let more = results.filter(hasMoreToSay).map { result in
            "- \(Markdown.escaped("\(result.trial.name): " + ([result.death].compactMap { $0 } + result.findings).joined(separator: ", ")))\n"
        }
        return word + "\n\n" + Markdown.table(heads, cells) + more.joined()
    }

    package var json: JSON {
        .object([
            .init("name", .string(name)), .init("as_expected", .bool(isAsExpected)),
            .init("trials", .array(results.map { result in
                .object([
                    .init("name", .string(result.trial.name)), .init("expected", .string(result.trial.expectation.rawValue)),
                    .init("outcome", .string(result.summary.outcome.text)), .init("as_expected", .bool(result.isAsExpected)),
                    .init("findings", .array(result.findings.map { .string($0) })),
                ] + TrialTable.rows.map { .init($0.name, $0.json(result)) })
            })),
        ])
    }

    private func hasMoreToSay(_ result: TrialResult) -> Bool { result.death != nil || !result.findings.isEmpty }

    private static func line(_ label: String, _ cells: [String]) -> String {
        func padding(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(1, width - text.columns)) }
        return label.padded(to: labelWidth)
            + cells.map { padding($0, columnWidth) + $0 }.joined()
    }

    /// A number of all trials: its name in text and in JSON, and how it is written there.
    private struct Row: Sendable {
        var label: String
        var name: String
        var text: @Sendable (TrialResult) -> String
        var json: @Sendable (TrialResult) -> JSON
    }

    private static let rows: [Row] = [
        number("time", "time") { Metric.seconds($0.endNanoseconds) } words: { Figure.fixed($0, decimals: 2) + "s" },
        count("requests", "requests") { $0.summary.last.client?.requests.answered ?? 0 },
        count("not 2xx", "not_2xx") { $0.notSuccessful },
        count("wrong answers", "wrong_answers") { $0.wrongAnswers },
        count("corrupted bodies", "corrupted_bodies") { $0.corruptedBodies },
        count("unsafe resets", "unsafe_resets") { $0.unsafeResets },
        count("cache faults", "cache_faults") { $0.summary.last.client?.caches.corruptions ?? 0 },
        number("server CPU/req", "server_cpu_per_request") { $0.serverSecondsPerRequest } words: { Figure.fixed($0 * 1e6, decimals: 2) + "us" },
        number("clients CPU/req", "client_cpu_per_request") { $0.clientSecondsPerRequest } words: { Figure.fixed($0 * 1e6, decimals: 2) + "us" },
        number("server mallocs/req", "server_allocations_per_request") { $0.serverAllocationsPerRequest } words: { Figure.fixed($0, decimals: 3) },
        number("client mallocs/req", "client_allocations_per_request") { $0.clientAllocationsPerRequest } words: { Figure.fixed($0, decimals: 3) },
        number("memory at most", "memory_resident_max") { $0.residentBytes } words: { Figure.bytes($0) },
        number("p99 service time", "service_time_p99") { $0.p99Nanoseconds.map { Metric.seconds($0) } } words: {
            Figure.time(nanoseconds: Metric.nanoseconds($0))
        },
    ]

    private static func count(_ label: String, _ name: String, _ value: @escaping @Sendable (TrialResult) -> UInt64) -> Row {
        Row(label: label, name: name) { String(value($0)) } json: { .number(Double(value($0))) }
    }

    private static func number(
        _ label: String, _ name: String, _ value: @escaping @Sendable (TrialResult) -> Double?,
        words: @escaping @Sendable (Double) -> String
    ) -> Row {
        Row(label: label, name: name) { value($0).map(words) ?? "-" } json: { value($0).map { .number($0) } ?? .null }
    }
}
