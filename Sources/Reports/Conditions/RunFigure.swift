package import Measurements

/// A number of a whole run, or of one of its phases: a metric, and for most kinds an aggregate of its values.
package struct RunFigure: Sendable, Hashable {
    /// As `highwater metrics` lists it.
    package let metric: String
    package let kind: Kind
    package let aggregate: Aggregate?
    package let unit: Metric.Unit
    /// The kind of request that it is of; nil: of all requests.
    package private(set) var request: String?

    /// Whether it is a part of a whole: from 0 to 1.
    var isShare: Bool { kind == .metric(.ratio) || kind == .summary && SummaryMetric.named(metric)?.isShare == true }

    /// The kind of number that `metric` names.
    package enum Kind: Sendable, Hashable {
        case metric(Metric.Kind)
        /// Of a whole run, or a whole phase: a `SummaryMetric`.
        case summary
    }

    /// How many values become one.
    package enum Aggregate: Sendable, Hashable {
        case min, max, mean, last, count, rate
        /// Growth a second, by the straight line that fits best.
        case slope
        /// 0 to 100.
        case percentile(Double)

        /// `p99.9`, `max`. nil: no such word.
        init?(_ word: String) {
            switch word {
            case "min": self = .min
            case "max": self = .max
            case "mean": self = .mean
            case "last": self = .last
            case "count": self = .count
            case "rate": self = .rate
            case "slope": self = .slope
            default:
                // p99.9 is how people write it, p99_9 the name in a recording.
                guard word.first == "p", let number = Double(word.dropFirst().replacing("_", with: ".")), number > 0, number < 100,
                    word.dropFirst().first?.isNumber == true
                else { return nil }
                self = .percentile(number)
            }
        }
    }

    /// The figure of a run, or the reason that there is none.
    package enum Value: Sendable, Equatable {
        case number(Double)
        /// No sample had it.
        case nothing
        /// The run was not enough for it, in words.
        case untold(String)
        /// A percentile of fewer values than it needs.
        case tooFew(count: UInt64, needed: UInt64)
        /// The same, and yet certain: so many of the values are above the limit that the percentile is too.
        case above(UInt64, count: UInt64, needed: UInt64)
        /// The most within a part of a run of which is known that it was no more than what was before the part.
        ///
        /// - seen: what samples of the part saw; nil: nothing.
        case notExceeded(seen: Double?, before: Double)
        /// The phase never came.
        case notRun

        package var number: Double? {
            switch self {
            case .number(let number): number
            case .notExceeded(let seen, _): seen
            case .nothing, .untold, .tooFew, .above, .notRun: nil
            }
        }

        init(_ number: Double?) { self = number.map { .number($0) } ?? .nothing }
    }

    /// The same figure of one kind of request. nil: it is not counted by kind.
    func of(request name: String) -> RunFigure? {
        guard RunFigure.namesByRequest.contains(metric) else { return nil }
        var figure = self
        figure.request = name
        return figure
    }

    /// The same figure of all requests.
    private var ofAll: RunFigure {
        var figure = self
        figure.request = nil
        return figure
    }

    /// Metrics that each kind of request has.
    static let namesByRequest = RequestSample.table.names.map { "client.\($0)" } + ["client.requests.rate", "client.requests.succeeded_rate", "client.requests.failed_share"]

    /// Of a whole run, or of one phase's part.
    ///
    /// - Parameter endsWithLoad: a gauge's last value is that at the end of the load, and not after the drain.
    package func read(_ run: Summary, endsWithLoad: Bool = false) -> Value {
        if let request { return run.of(request: request).map { ofAll.read($0, endsWithLoad: endsWithLoad) } ?? .nothing }
        return switch kind {
        case .summary: run.derived(metric).map { .number($0) } ?? SummaryMetric.named(metric)?.absence(run).map { .untold($0) } ?? .nothing
        case .metric(.ratio): Value(run.number(metric))
        case .metric(.counter): Value(aggregate == .rate ? rate(run) : run.number(metric))
        case .metric(.gauge): readGauge(run, endsWithLoad)
        case .metric(.histogram): read(run.histogram(metric))
        }
    }

    /// A second of the load. A failure counts also when it shows only in the drain, as requests do that were never
    /// answered.
    private func rate(_ run: Summary) -> Double? {
        let total = Metric.named(metric)?.better == .zero ? run.number(metric) : run.numberAtEndOfLoad(metric)
        return total.flatMap { run.perSecond($0) }
    }

    private func readGauge(_ run: Summary, _ endsWithLoad: Bool) -> Value {
        let number = gauge(run, endsWithLoad)
        guard aggregate == .max || aggregate == .last, let limit = run.gauges.limit(of: metric) else { return Value(number) }
        return .notExceeded(seen: number, before: limit)
    }

    private func gauge(_ run: Summary, _ endsWithLoad: Bool) -> Double? {
        switch aggregate {
        case .min: run.range(of: metric)?.lowest
        case .max: run.range(of: metric)?.highest
        case .mean: run.range(of: metric)?.mean
        case .slope: run.range(of: metric)?.slope
        default: endsWithLoad ? run.numberAtEndOfLoad(metric) : run.number(metric)
        }
    }

    /// How many of the values are above a limit, where the figure is a percentile that is above it for certain though
    /// there are too few values to tell it. nil: it may as well be below.
    func certainlyAbove(_ limit: Double, in run: Summary) -> UInt64? {
        guard kind == .metric(.histogram), case .percentile(let percentile)? = aggregate else { return nil }
        let histogram = run.histogram(metric)
        let above = histogram.count(above: Metric.nanoseconds(limit))
        return OrderStatistics.isCertain(percentile: percentile, above: above, of: histogram.count) ? above : nil
    }

    /// Of the latencies of a run, of a phase, or of an interval.
    func read(_ histogram: LatencyHistogram) -> Value {
        guard histogram.count > 0 else { return aggregate == .count ? .number(0) : .nothing }
        switch aggregate {
        case .min: return Value(histogram.lowestNanoseconds.map(Metric.seconds))
        case .max: return Value(histogram.highestRecordedNanoseconds.map(Metric.seconds))
        case .mean: return Value(histogram.meanSeconds)
        case .percentile(let percentile):
            guard let nanoseconds = histogram.valuesAtPercentiles([percentile])[0] else {
                return .tooFew(count: histogram.count, needed: LatencyHistogram.countNeeded(percentile: percentile))
            }
            return .number(Metric.seconds(nanoseconds))
        case .count, .rate, .last, .slope, nil: return .number(Double(histogram.count))
        }
    }
}

extension Summary {
    func perSecond(_ number: Double) -> Double? {
        loadSeconds.flatMap { $0 > 0 ? number / $0 : nil }
    }
}
