internal import ArgumentParser
internal import Measurements
internal import Reports

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "List every number that is measured.",
        discussion: """
            Examples:
              highwater metrics | grep arena
              highwater metrics | awk '$2 == "histogram" { print $1 }'

            The name is the path in a recording's lines and in a summary's JSON. There, a gauge has \
            .last and .max, and a histogram .count .min .p50 .p90 .p95 .p99 .p99_9 .p99_99 .max.
            """)

    func run() throws {
        let rows =
            Metric.all.map { [$0.name, $0.kind.rawValue, $0.unit.rawValue, $0.meaning] }
            + SummaryMetric.all.map { [$0.name, "summary", $0.unit.rawValue, $0.meaning] }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            (0..<3).map { row[$0] + String(repeating: " ", count: widths[$0] + 2 - row[$0].count) }.joined() + row[3]
        }
        try Output.standard.print(lines.joined(separator: "\n") + "\n")
    }
}
