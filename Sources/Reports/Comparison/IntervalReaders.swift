internal import Measurements

/// Reads the values of some figures in one interval of a run.
struct IntervalReaders: Sendable {
    private let readers: [Reader]
    private let columns: [RunFigure: Int]
    /// The percentiles that are wanted of each histogram, and their columns: one walk finds all of them.
    private let percentiles: [(metric: Metric, percents: [Double], columns: [Int])]

    /// Where the value of an interval comes from.
    fileprivate enum Reader: Sendable {
        /// The growth in the interval, a second.
        case rate(Metric)
        case growth(Metric)
        /// The value in the interval's sample.
        case level(Metric)
        case summary(SummaryMetric)
        case histogram(Metric, RunFigure)
        /// Found with others of its histogram.
        case percentile
        /// A single interval has no such figure.
        case none
    }

    init(_ figures: [RunFigure]) {
        readers = figures.map(Reader.init)
        columns = Dictionary(uniqueKeysWithValues: figures.enumerated().map { ($1, $0) })
        percentiles = Metric.measured.filter { $0.kind == .histogram }.map { metric in
            let wanted = figures.indices.compactMap { index in
                figures[index].metric == metric.name ? figures[index].percent.map { (index, $0) } : nil
            }
            return (metric, wanted.map(\.1), wanted.map(\.0))
        }
    }

    func column(of figure: RunFigure) -> Int? { columns[figure] }

    /// - Parameters:
    ///   - previous: the sample before, which counters count from; nil: the interval is the first.
    ///   - isUnderLoad: false: of an interval of the drain only the latencies count.
    /// - Returns: a value for each figure; NaN where the interval has none.
    func read(_ sample: Sample, after previous: Sample?, _ request: Summary.Request, isUnderLoad: Bool) -> [Double] {
        let seconds = Metric.seconds(sample.intervalNanoseconds)
        let interval = Summary(request, of: sample, after: previous)
        var row = readers.map { reader -> Double in
            if case .histogram(let metric, let figure) = reader {
                return metric.histogram(of: sample).flatMap { figure.read($0).number } ?? .nan
            }
            guard isUnderLoad else { return .nan }
            switch reader {
            case .rate(let metric): return seconds > 0 ? growth(metric, sample, previous) / seconds : .nan
            case .growth(let metric): return growth(metric, sample, previous)
            case .level(let metric): return metric.number(of: sample) ?? .nan
            case .summary(let metric): return metric.read(interval) ?? .nan
            case .histogram, .percentile, .none: return .nan
            }
        }
        for (metric, percents, columns) in percentiles {
            guard let histogram = metric.histogram(of: sample), histogram.count > 0 else { continue }
            for (column, value) in zip(columns, histogram.valuesAtPercentiles(percents)) {
                row[column] = value.map(Metric.seconds) ?? .nan
            }
        }
        return row
    }

    private func growth(_ metric: Metric, _ sample: Sample, _ previous: Sample?) -> Double {
        metric.number(of: sample).map { $0 - (previous.flatMap { metric.number(of: $0) } ?? 0) } ?? .nan
    }
}

extension IntervalReaders.Reader {
    fileprivate init(_ figure: RunFigure) {
        self =
            switch figure.kind {
            case .summary: SummaryMetric.named(figure.metric).map { .summary($0) } ?? .none
            case .metric(let kind):
                switch (Metric.named(figure.metric), kind, figure.aggregate) {
                case (let metric?, .counter, .rate): .rate(metric)
                case (let metric?, .counter, _): .growth(metric)
                // A line goes through any two values.
                case (_, .gauge, .slope): .none
                case (let metric?, .gauge, _), (let metric?, .ratio, _): .level(metric)
                case (let metric?, .histogram, _): figure.percent == nil ? .histogram(metric, figure) : .percentile
                case (nil, _, _): .none
                }
            }
    }
}

extension RunFigure {
    /// The percentile of a histogram that it is, 0 to 100; its maximum is 100. nil: none.
    fileprivate var percent: Double? {
        guard kind == .metric(.histogram) else { return nil }
        switch aggregate {
        case .percentile(let percent): return percent
        case .max: return 100
        default: return nil
        }
    }
}
