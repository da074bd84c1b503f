internal import Measurements
internal import Recording

/// OpenMetrics 1.0 text with a time for every value, as
/// `promtool tsdb create-blocks-from openmetrics` takes it in.
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
    private var requestTotals = RequestTotals()
    private var startedUnixSeconds = 0.0
    private var toolVersion = ""
    /// Of the first sample; nil before.
    private var firstTime: String?
    /// Of the sample before, milliseconds.
    private var lastMilliseconds = -Double.infinity

    init() {
        for metric in Metric.all {
            guard let name = metric.openMetricsName, indices[name.family] == nil else { continue }
            indices[name.family] = families.count
            let lines = OpenMetricsText.head(metric, name, .openMetrics)
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
                families[index].lines += OpenMetricsText.line(metric, name, number, time: time)
            case .histogram(let interval):
                totals[name.family, default: LatencyHistogram()].merge(interval)
                families[index].lines += OpenMetricsText.lines(name, totals[name.family] ?? interval, time: time)
            }
        }
        requestTotals.add(sample)
        RequestFamilies.lines(requestTotals.requests(of: sample), time: time) { metric, name, lines in
            let index = indices[name.family] ?? families.count
            if index == families.count {
                indices[name.family] = index
                families.append(Family(name: name, lines: OpenMetricsText.head(metric, name, .openMetrics)))
            }
            families[index].lines += lines
        }
        return ""
    }

    func end() -> String {
        // Where one line has a time, promtool wants it of all.
        var text = firstTime.map { OpenMetricsText.build(toolVersion, .openMetrics, time: $0) } ?? ""
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
}
