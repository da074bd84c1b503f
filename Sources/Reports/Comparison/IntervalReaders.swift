internal import Measurements

/// Reads the values of some figures in one interval of a run.
struct IntervalReaders: Sendable {
    private var readers: [Reader]
    private var columns: [RunFigure: Int]
    /// The percentiles that are wanted of each histogram, and their columns: one walk finds all of them.
    private let percentiles: [(place: Int, percents: [Double], columns: [Int])]

    /// Where the value of an interval comes from: a metric's place among a sample's readings.
    fileprivate enum Reader: Sendable {
        /// The growth in the interval, a second.
        case rate(Int)
        case growth(Int)
        /// The value in the interval's sample.
        case level(Int)
        case summary(SummaryMetric)
        case histogram(Int, RunFigure)
        /// Found with others of its histogram.
        case percentile
        /// Of one kind of request.
        case request(RunFigure)
        /// A single interval has no such figure.
        case none
    }

    init(_ figures: [RunFigure]) {
        readers = figures.map(Reader.init)
        columns = Dictionary(uniqueKeysWithValues: figures.enumerated().map { ($1, $0) })
        percentiles = Metric.all.enumerated().filter { $1.kind == .histogram }.map { place, metric in
            let wanted = figures.indices.compactMap { index in
                figures[index].metric == metric.name ? figures[index].percent.map { (index, $0) } : nil
            }
            return (place, wanted.map(\.1), wanted.map(\.0))
        }
    }

    /// Reads these too, from the next interval on.
    mutating func add(_ figures: [RunFigure]) {
        for figure in figures where columns[figure] == nil {
            columns[figure] = readers.count
            readers.append(Reader(figure))
        }
    }

    func column(of figure: RunFigure) -> Int? { columns[figure] }

    /// - Parameters:
    ///   - previous: the sample before, which counters count from, and its readings; nil: the interval is the first.
    ///   - isUnderLoad: false: of an interval of the drain only the latencies count.
    /// - Returns: a value for each figure; NaN where the interval has none.
    func read(
        _ sample: Sample, _ readings: [Metric.Value?], after previous: (sample: Sample, readings: [Metric.Value?])?, _ request: Summary.Request,
        isUnderLoad: Bool
    ) -> [Double] {
        let seconds = Metric.seconds(sample.intervalNanoseconds)
        let interval = Summary(request, of: sample, after: previous?.sample)
        // Samples are large, and are not to be copied for a number.
        let before = previous?.readings
        func growth(_ place: Int) -> Double { readings[place]?.number.map { $0 - (before?[place]?.number ?? 0) } ?? .nan }
        var row = readers.map { reader -> Double in
            if case .request(let figure) = reader { return isUnderLoad ? figure.read(interval).number ?? .nan : .nan }
            if case .histogram(let place, let figure) = reader {
                return readings[place]?.histogram.flatMap { figure.read($0).number } ?? .nan
            }
            guard isUnderLoad else { return .nan }
            switch reader {
            case .rate(let place): return seconds > 0 ? growth(place) / seconds : .nan
            case .growth(let place): return growth(place)
            case .level(let place): return readings[place]?.number ?? .nan
            case .summary(let metric): return metric.read(interval) ?? .nan
            case .histogram, .percentile, .request, .none: return .nan
            }
        }
        for (place, percents, columns) in percentiles {
            guard let histogram = readings[place]?.histogram, histogram.count > 0 else { continue }
            for (column, value) in zip(columns, histogram.valuesAtPercentiles(percents)) {
                row[column] = value.map(Metric.seconds) ?? .nan
            }
        }
        return row
    }
}

extension IntervalReaders.Reader {
    fileprivate init(_ figure: RunFigure) {
        guard figure.request == nil else {
            self = .request(figure)
            return
        }
        self =
            switch figure.kind {
            case .summary: SummaryMetric.named(figure.metric).map { .summary($0) } ?? .none
            case .metric(let kind):
                switch (Metric.places[figure.metric], kind, figure.aggregate) {
                case (let place?, .counter, .rate): .rate(place)
                case (let place?, .counter, _): .growth(place)
                // A line goes through any two values.
                case (_, .gauge, .slope): .none
                case (let place?, .gauge, _), (let place?, .ratio, _): .level(place)
                case (let place?, .histogram, _): figure.percent == nil ? .histogram(place, figure) : .percentile
                case (nil, _, _): .none
                }
            }
    }
}

extension RunFigure {
    /// The percentile of a histogram that it is, 0 to 100; its maximum is 100. nil: none.
    fileprivate var percent: Double? {
        guard kind == .metric(.histogram), request == nil else { return nil }
        switch aggregate {
        case .percentile(let percent): return percent
        case .max: return 100
        default: return nil
        }
    }
}
