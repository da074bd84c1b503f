internal import Measurements
internal import Recording

/// HdrHistogram's percentile spectrum of the whole run, in milliseconds, which its plotters
/// take and wrk2 prints.
///
/// Five steps to each halving of the distance to 100 %, as HdrHistogram has them by default.
struct PercentileSpectrumExporter: Exporter {
    /// Name of the metric whose values are counted.
    private let histogram: String
    private var total = LatencyHistogram()

    init(histogram: String) { self.histogram = histogram }

    func begin(_ header: RecordingHeader) -> String { "" }

    mutating func add(_ sample: Sample) -> String {
        if let interval = Metric.named(histogram)?.histogram(of: sample) { total.merge(interval) }
        return ""
    }

    func end(_ write: (String) throws -> Void) rethrows { try write(total.percentileSpectrum()) }
}
