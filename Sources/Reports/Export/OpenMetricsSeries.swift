internal import Measurements

/// The lines of one metric, which may be one of several in a family.
///
/// What each line begins with is made once: a long recording has ten million lines.
struct OpenMetricsSeries {
    /// Up to the number: one of a number; of a histogram those of its buckets, its count and its sum.
    private let starts: [String]

    /// OpenTelemetry's bounds for a request's duration, and smaller ones for loopback, seconds.
    private static let bucketBounds = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5,
        5, 7.5, 10,
    ]

    init(_ metric: Metric, _ name: OpenMetricsName) {
        let labels = name.labels.isEmpty ? "" : "{\(name.labels)}"
        guard metric.kind == .histogram else {
            starts = ["\(name.family)\(metric.kind == .counter ? "_total" : "")\(labels) "]
            return
        }
        let first = name.labels.isEmpty ? "" : "\(name.labels),"
        starts = (OpenMetricsSeries.bucketBounds.map { "\($0)" } + ["+Inf"]).map { "\(name.family)_bucket{\(first)le=\"\($0)\"} " }
            + ["\(name.family)_count\(labels) ", "\(name.family)_sum\(labels) "]
    }

    /// Appends the line of a number, or the lines of a histogram: counts at or below each bound, the count and the sum.
    ///
    /// - Parameter end: of each line, `OpenMetricsText.lineEnd`.
    func write(_ value: Metric.Value, end: String, to text: inout String) {
        func line(_ index: Int, _ number: String) {
            text += starts[index]
            text += number
            text += end
        }
        switch value {
        case .number(let number): line(0, JSON.number(number).text)
        case .histogram(let histogram):
            let (counts, sum) = histogram.split(at: OpenMetricsSeries.bucketBounds)
            var below: UInt64 = 0
            for (index, count) in counts.enumerated() {
                below += count
                line(index, "\(below)")
            }
            line(counts.count, "\(histogram.count)")
            line(counts.count + 1, "\(histogram.count)")
            line(counts.count + 2, JSON.number(sum).text)
        }
    }

    /// The same as a text of its own.
    func text(_ value: Metric.Value, end: String) -> String {
        var text = ""
        write(value, end: end, to: &text)
        return text
    }
}
