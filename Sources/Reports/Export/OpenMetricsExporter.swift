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
    private var columns: [Column] = []
    private var requestTotals = RequestTotals()
    private var startedUnixSeconds = 0.0
    private var toolVersion = ""
    /// Of the first sample; nil before.
    private var firstTime: String?
    /// Of the sample before, milliseconds.
    private var lastMilliseconds = -Double.infinity

    /// A metric that has a family.
    private struct Column {
        /// Among the readings of a sample.
        let place: Int
        let series: OpenMetricsSeries
        /// Of the family's part.
        let index: Int
        /// Of a histogram: the values since the start.
        var total = LatencyHistogram()
    }

    /// - Parameter waitingByteLimit: text that is kept in memory.
    init(waitingByteLimit: Int) {
        families = TextSpool(waitingByteLimit: waitingByteLimit)
        for (place, metric) in Metric.all.enumerated() {
            guard let name = metric.openMetricsName else { continue }
            let index = indices[name.family] ?? families.addPart(OpenMetricsText.head(metric, name, .openMetrics))
            indices[name.family] = index
            columns.append(Column(place: place, series: OpenMetricsSeries(metric, name), index: index))
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
        let end = OpenMetricsText.lineEnd(time)
        let readings = sample.readings
        for index in columns.indices {
            guard var value = readings[columns[index].place] else { continue }
            if case .histogram(let interval) = value {
                columns[index].total.merge(interval)
                value = .histogram(columns[index].total)
            }
            families.append(to: columns[index].index) { columns[index].series.write(value, end: end, to: &$0) }
        }
        requestTotals.add(sample)
        RequestFamilies.lines(requestTotals.requests(of: sample), end: end) { metric, name, lines in
            let index = indices[name.family] ?? families.addPart(OpenMetricsText.head(metric, name, .openMetrics))
            indices[name.family] = index
            families.append(to: index) { $0 += lines }
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
