internal import Measurements
internal import Recording

/// HdrHistogram's interval log, version 1.3: a line for every histogram of every sample,
/// with the histogram's name as its tag. Where there are several kinds of requests, those of each have
/// `request(order).service_time`, with `_` for characters that no tag can have.
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
        var lines = ""
        for metric in HistogramLogExporter.histograms {
            if let histogram = metric.histogram(of: sample) { lines += HistogramLogExporter.line(metric.name, histogram, of: sample) }
        }
        let requests = sample.client?.byRequest ?? []
        for request in requests where requests.count > 1 {
            let tag = "request(\(String(request.name.map { $0 == "," || $0.isWhitespace ? "_" : $0 })))"
            lines += HistogramLogExporter.line("\(tag).service_time", request.serviceTime, of: sample)
            lines += HistogramLogExporter.line("\(tag).response_time", request.responseTime, of: sample)
        }
        return lines
    }

    private static func line(_ tag: String, _ histogram: LatencyHistogram, of sample: Sample) -> String {
        let start = sample.timeNanoseconds - min(sample.timeNanoseconds, sample.intervalNanoseconds)
        let fields = [
            "Tag=\(tag)",
            Figure.fixed(Metric.seconds(start), decimals: 3),
            Figure.fixed(Metric.seconds(sample.intervalNanoseconds), decimals: 3),
            Figure.fixed(Double(histogram.highestRecordedNanoseconds ?? 0) / 1e6, decimals: 3),
            histogram.encodedText,
        ]
        return fields.joined(separator: ",") + "\n"
    }

    func end(_ write: (String) throws -> Void) {}
}
