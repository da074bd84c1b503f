/// OpenMetrics 1.0 text with a time for every value: what
/// `promtool tsdb create-blocks-from openmetrics` takes in.
///
/// A family's lines stand together, so the text is kept until the end: about 10 KB a
/// sample. Histograms here count from the start, as Prometheus has it, not an interval.
struct OpenMetricsExporter: Exporter {
    /// One family's lines, its head first.
    private struct Family {
        var name: OpenMetricsName
        var lines: String
    }

    private var families: [Family] = []
    private var indices: [String: Int] = [:]
    private var totals: [String: LatencyHistogram] = [:]
    private var startedUnixSeconds = 0.0
    private var toolVersion = ""
    /// Of the first sample; nil before.
    private var firstTime: String?
    /// Of the sample before, milliseconds.
    private var lastMilliseconds = -Double.infinity

    /// OpenTelemetry's bounds for a request's duration, and below them what loopback needs, seconds.
    static let bucketBounds = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5,
        5, 7.5, 10,
    ]

    init() {
        for metric in Metric.all {
            guard let name = metric.openMetricsName, indices[name.family] == nil else { continue }
            indices[name.family] = families.count
            let type = metric.kind.rawValue
            var lines = "# TYPE \(name.family) \(type)\n"
            if let unit = name.unit { lines += "# UNIT \(name.family) \(unit)\n" }
            lines += "# HELP \(name.family) \(OpenMetricsExporter.escaped(OpenMetricsExporter.help(metric, name)))\n"
            families.append(Family(name: name, lines: lines))
        }
    }

    mutating func begin(_ header: RecordingHeader) -> String {
        startedUnixSeconds = header.startedUnixSeconds
        toolVersion = header.toolVersion
        return ""
    }

    mutating func add(_ sample: Sample) -> String {
        let time = takeTime(of: sample)
        if firstTime == nil { firstTime = time }
        for metric in Metric.all {
            guard let name = metric.openMetricsName, let index = indices[name.family], let value = metric.read(sample) else { continue }
            switch value {
            case .number(let number):
                let labels = name.labels.isEmpty ? "" : "{\(name.labels)}"
                let suffix = metric.kind == .counter ? "_total" : ""
                families[index].lines += "\(name.family)\(suffix)\(labels) \(JSON.number(number).text) \(time)\n"
            case .histogram(let interval):
                totals[name.family, default: LatencyHistogram()].merge(interval)
                families[index].lines += OpenMetricsExporter.lines(name.family, totals[name.family] ?? interval, time)
            }
        }
        return ""
    }

    func end() -> String {
        var text = ""
        // Where one line has a time, promtool wants it of all.
        if let firstTime {
            text = """
                # TYPE highwater_build info
                # HELP highwater_build The program that wrote the recording.
                highwater_build_info{version="\(OpenMetricsExporter.escaped(toolVersion))"} 1 \(firstTime)

                """
        }
        for family in families { text += family.lines }
        return text + "# EOF\n"
    }

    /// Prometheus keeps milliseconds and refuses two values in one: the sample after the drain may
    /// follow that closely.
    private mutating func takeTime(of sample: Sample) -> String {
        let milliseconds = ((startedUnixSeconds + Metric.seconds(sample.timeNanoseconds)) * 1e3).rounded()
        lastMilliseconds = max(milliseconds, lastMilliseconds + 1)
        return Figure.fixed(lastMilliseconds / 1e3, decimals: 3)
    }

    private static func help(_ metric: Metric, _ name: OpenMetricsName) -> String {
        guard !name.labels.isEmpty else { return metric.meaning }
        return metric.name.split(separator: ".").dropLast().joined(separator: " ")
            + ", by \(name.labels.prefix { $0 != "=" })"
    }

    /// Counts at or below each bound, from the start of the run.
    private static func lines(_ family: String, _ histogram: LatencyHistogram, _ time: String) -> String {
        var counts = [UInt64](repeating: 0, count: bucketBounds.count)
        var sum = 0.0
        histogram.forEachBucket { nanoseconds, count in
            let seconds = Metric.seconds(nanoseconds)
            sum += seconds * Double(count)
            if let index = bucketBounds.firstIndex(where: { seconds <= $0 }) { counts[index] += count }
        }
        var text = ""
        var below: UInt64 = 0
        for (bound, count) in zip(bucketBounds, counts) {
            below += count
            text += "\(family)_bucket{le=\"\(bound)\"} \(below) \(time)\n"
        }
        text += "\(family)_bucket{le=\"+Inf\"} \(histogram.count) \(time)\n"
        text += "\(family)_count \(histogram.count) \(time)\n"
        return text + "\(family)_sum \(JSON.number(sum).text) \(time)\n"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
