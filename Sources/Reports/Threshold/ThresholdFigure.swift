package import Measurements

/// A number that a threshold looks at: a metric, and for most kinds what of it.
package struct ThresholdFigure: Sendable, Equatable {
    /// As `highwater metrics` lists it.
    package let metric: String
    package let kind: Kind
    package let aggregate: Aggregate?
    package let unit: Metric.Unit

    /// What the name stands for.
    package enum Kind: Sendable, Equatable {
        case counter, gauge, histogram, ratio
        /// Of a whole run, or a whole phase: a `SummaryMetric`.
        case summary
    }

    /// What of the values counts.
    package enum Aggregate: Sendable, Equatable {
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
                guard word.first == "p", let number = Double(word.dropFirst().replacing("_", with: ".")), number > 0, number < 100,
                    word.dropFirst().first?.isNumber == true
                else { return nil }
                self = .percentile(number)
            }
        }
    }

    /// What a run has of it.
    package enum Value: Sendable, Equatable {
        case number(Double)
        /// No sample had it.
        case nothing
        /// A percentile of fewer values than it needs.
        case tooFew(count: UInt64, needed: UInt64)
        /// The phase never came.
        case notRun
    }

    /// Of a whole run, or of one phase's part.
    ///
    /// - Parameter endsWithLoad: a phase's last value is its own, and not what the drain left.
    package func read(_ run: Summary, endsWithLoad: Bool = false) -> Value {
        switch kind {
        case .summary: value(run.derived(metric))
        case .ratio: value(run.number(metric))
        case .counter: value(aggregate == .rate ? run.number(metric).flatMap { run.perSecond($0) } : run.number(metric))
        case .gauge: value(gauge(run, endsWithLoad))
        case .histogram: histogram(run)
        }
    }

    private func value(_ number: Double?) -> Value { number.map { .number($0) } ?? .nothing }

    private func gauge(_ run: Summary, _ endsWithLoad: Bool) -> Double? {
        switch aggregate {
        case .min: run.range(of: metric)?.lowest
        case .max: run.range(of: metric)?.highest
        case .mean: run.range(of: metric)?.mean
        case .slope: run.range(of: metric)?.slope
        default: endsWithLoad ? run.numberAtEndOfLoad(metric) : run.number(metric)
        }
    }

    private func histogram(_ run: Summary) -> Value {
        let histogram = run.histogram(metric)
        guard histogram.count > 0 else { return aggregate == .count ? .number(0) : .nothing }
        switch aggregate {
        case .min: return value(histogram.lowestNanoseconds.map(Metric.seconds))
        case .max: return value(histogram.highestRecordedNanoseconds.map(Metric.seconds))
        case .mean: return value(histogram.meanSeconds)
        case .percentile(let percentile):
            guard let nanoseconds = histogram.valuesAtPercentiles([percentile])[0] else {
                // In whole hundredths of a percent: 100 - 99.9 in binary is not quite 0.1.
                let needed = (LatencyHistogram.valuesBeyondPercentile * 1_000_000 / ((100 - percentile) * 10_000).rounded()).rounded(.up)
                return .tooFew(count: histogram.count, needed: Metric.whole(needed))
            }
            return .number(Metric.seconds(nanoseconds))
        case .count, .rate, .last, .slope, nil: return .number(Double(histogram.count))
        }
    }
}

extension Summary {
    /// A histogram of the whole run, or phase.
    func histogram(_ name: String) -> LatencyHistogram {
        switch name {
        case "client.service_time": serviceTime
        case "client.response_time": responseTime
        case "client.schedule_delay": scheduleDelay
        default: otherHistograms[name] ?? LatencyHistogram()
        }
    }

    func perSecond(_ number: Double) -> Double? {
        loadSeconds.flatMap { $0 > 0 ? number / $0 : nil }
    }
}

extension LatencyHistogram {
    /// nil without values.
    var meanSeconds: Double? {
        guard count > 0 else { return nil }
        var sum = 0.0
        forEachBucket { sum += Metric.seconds($0) * Double($1) }
        return sum / Double(count)
    }
}
