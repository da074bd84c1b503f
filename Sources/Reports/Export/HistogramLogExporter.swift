internal import Measurements
internal import Recording

/// HdrHistogram's interval log, version 1.3: a line for every histogram of every sample,
/// with the histogram's name as its tag.
///
/// Times are seconds since the start, which `BaseTime` says; the second field is the length
/// of the interval (the C library once wrote its end there). Values are nanoseconds, and the
/// highest is in milliseconds, as the Java library does it and its plotters expect.
struct HistogramLogExporter: Exporter {
    private static let histograms = Metric.all.filter { $0.kind == .histogram }

    func begin(_ header: RecordingHeader) -> String {
        let started = Figure.fixed(header.startedUnixSeconds, decimals: 3)
        return """
            #[highwater \(header.toolVersion)]
            #[Histogram log format version 1.3]
            #[StartTime: \(started) (seconds since epoch), \(UTCTime(unixSeconds: header.startedUnixSeconds).text)]
            #[BaseTime: \(started) (seconds since epoch)]
            "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

            """
    }

    func add(_ sample: Sample) -> String {
        let start = sample.timeNanoseconds - min(sample.timeNanoseconds, sample.intervalNanoseconds)
        var lines = ""
        for metric in HistogramLogExporter.histograms {
            guard let histogram = metric.histogram(of: sample) else { continue }
            let fields = [
                "Tag=\(metric.name)",
                Figure.fixed(Metric.seconds(start), decimals: 3),
                Figure.fixed(Metric.seconds(sample.intervalNanoseconds), decimals: 3),
                Figure.fixed(Double(histogram.highestRecordedNanoseconds ?? 0) / 1e6, decimals: 3),
                histogram.encodedText,
            ]
            lines += fields.joined(separator: ",") + "\n"
        }
        return lines
    }

    func end() -> String { "" }
}
