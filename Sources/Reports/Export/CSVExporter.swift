internal import Measurements
internal import Recording

/// A row a sample, a column a number (RFC 4180, with plain newlines), in seconds and bytes.
///
/// Columns have the metrics' names; a histogram has a column for its count, its lowest and
/// highest value and each percentile. The cell of a number that a sample lacks is empty.
/// Where there are several kinds of requests, those of the first sample have columns too: `request(order).requests.done`.
struct CSVExporter: Exporter {
    private static let aggregates = ["count", "min"] + LatencyHistogram.percentiles.map(\.name) + ["max"]

    /// The kinds that have columns; nil before the first sample.
    private var requests: [String]?

    func begin(_ header: RecordingHeader) -> String { "" }

    mutating func add(_ sample: Sample) -> String {
        let head = requests == nil ? takeRequests(of: sample) : ""
        var cells = zip(Metric.all, sample.readings).flatMap { CSVExporter.cells($1, $0.kind) }
        for name in requests ?? [] {
            let part = sample.client?.byRequest.first { $0.name == name }.map { sample.of($0) }
            cells += CSVExporter.metricsByRequest.flatMap { metric in CSVExporter.cells(part.flatMap(metric.read), metric.kind) }
        }
        return head + cells.joined(separator: ",") + "\n"
    }

    func end(_ write: (String) throws -> Void) rethrows { if requests == nil { try write(CSVExporter.head([])) } }

    private mutating func takeRequests(of sample: Sample) -> String {
        let names = sample.client?.byRequest.map(\.name) ?? []
        requests = names.count > 1 ? names : []
        return CSVExporter.head(requests ?? [])
    }

    private static let metricsByRequest = RequestSample.table.names.compactMap { Metric.named("client.\($0)") }

    private static func head(_ requests: [String]) -> String {
        var names = Metric.all.flatMap { columns($0.name, $0.kind) }
        for request in requests {
            for metric in metricsByRequest { names += columns("request(\(request)).\(metric.name.dropFirst("client.".count))", metric.kind) }
        }
        return names.map(quoted).joined(separator: ",") + "\n"
    }

    private static func columns(_ name: String, _ kind: Metric.Kind) -> [String] {
        kind == .histogram ? aggregates.map { "\(name).\($0)" } : [name]
    }

    private static func cells(_ value: Metric.Value?, _ kind: Metric.Kind) -> [String] {
        switch value {
        case .number(let number): [text(.number(number))]
        case .histogram(let histogram): cells(histogram)
        case nil where kind == .histogram: aggregates.map { _ in "" }
        case nil: [""]
        }
    }

    private static func cells(_ histogram: LatencyHistogram) -> [String] {
        let json = histogram.json(encoded: false)
        return aggregates.map { text(json[$0] ?? .null) }
    }

    private static func text(_ value: JSON) -> String { value == .null ? "" : value.text }

    /// The name of a request may have any character.
    private static func quoted(_ name: String) -> String {
        name.contains { ",\"\n\r".contains($0) } ? "\"\(name.replacing("\"", with: "\"\""))\"" : name
    }
}
