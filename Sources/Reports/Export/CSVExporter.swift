internal import Measurements
internal import Recording

/// A row a sample, a column a number (RFC 4180, with plain newlines), in seconds and bytes.
///
/// Columns have the metrics' names; a histogram has a column for its count, its lowest and
/// highest value and each percentile. The cell of a number that a sample lacks is empty.
struct CSVExporter: Exporter {
    private static let aggregates = ["count", "min"] + LatencyHistogram.percentiles.map(\.name) + ["max"]

    func begin(_ header: RecordingHeader) -> String {
        let columns = Metric.all.flatMap { metric in
            metric.kind == .histogram ? CSVExporter.aggregates.map { "\(metric.name).\($0)" } : [metric.name]
        }
        return columns.joined(separator: ",") + "\n"
    }

    func add(_ sample: Sample) -> String {
        let cells = Metric.all.flatMap { metric -> [String] in
            switch metric.read(sample) {
            case .number(let number): [CSVExporter.text(.number(number))]
            case .histogram(let histogram):
                CSVExporter.aggregates.map { CSVExporter.text(histogram.json(encoded: false)[$0] ?? .null) }
            case nil where metric.kind == .histogram: CSVExporter.aggregates.map { _ in "" }
            case nil: [""]
            }
        }
        return cells.joined(separator: ",") + "\n"
    }

    func end() -> String { "" }

    private static func text(_ value: JSON) -> String { value == .null ? "" : value.text }
}
