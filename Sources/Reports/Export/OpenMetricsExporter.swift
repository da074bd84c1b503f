internal import Measurements
internal import Recording

/// OpenMetrics 1.0 text with a time for every value, as
/// `promtool tsdb create-blocks-from openmetrics` takes it in.
///
/// A family's lines stand together, so the text waits until the end, about 10 KB a sample: in a file, as it may be
/// longer than memory. Histograms here count from the start, as Prometheus has it, not an interval.
struct OpenMetricsExporter: Exporter {
    /// Text that is kept in memory: a few hundred samples, so that blocks of the file are not too small to be read.
    static let waitingByteLimit = 8 << 20

    /// A part for each family, its head first.
    private let families: TextSpool
    private var indices: [String: Int] = [:]
    private var totals: [String: LatencyHistogram] = [:]
    private var requestTotals = RequestTotals()
    private var startedUnixSeconds = 0.0
    private var toolVersion = ""
    /// Of the first sample; nil before.
    private var firstTime: String?
    /// Of the sample before, milliseconds.
    private var lastMilliseconds = -Double.infinity

    /// - Parameter waitingByteLimit: text that is kept in memory.
    init(waitingByteLimit: Int) {
        families = TextSpool(waitingByteLimit: waitingByteLimit)
        for metric in Metric.all {
            guard let name = metric.openMetricsName, indices[name.family] == nil else { continue }
            indices[name.family] = families.addPart(OpenMetricsText.head(metric, name, .openMetrics))
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
                families.append(OpenMetricsText.line(metric, name, number, time: time), to: index)
            case .histogram(let interval):
                totals[name.family, default: LatencyHistogram()].merge(interval)
                families.append(OpenMetricsText.lines(name, totals[name.family] ?? interval, time: time), to: index)
            }
        }
        requestTotals.add(sample)
        RequestFamilies.lines(requestTotals.requests(of: sample), time: time) { metric, name, lines in
            let index = indices[name.family] ?? families.addPart(OpenMetricsText.head(metric, name, .openMetrics))
            indices[name.family] = index
            families.append(lines, to: index)
        }
        return ""
    }

    func end(_ write: (String) throws -> Void) throws {
        // Where one line has a time, promtool wants it of all.
        if let firstTime { try write(OpenMetricsText.build(toolVersion, .openMetrics, time: firstTime)) }
        try families.forEach(write)
        try write("# EOF\n")
    }

    /// Prometheus keeps milliseconds and refuses two values in one: the sample after the drain may
    /// follow that closely.
    private mutating func takeTime(of sample: Sample) -> String {
        let milliseconds = ((startedUnixSeconds + Metric.seconds(sample.timeNanoseconds)) * 1e3).rounded()
        lastMilliseconds = max(milliseconds, lastMilliseconds + 1)
        return Figure.fixed(lastMilliseconds / 1e3, decimals: 3)
    }
}
