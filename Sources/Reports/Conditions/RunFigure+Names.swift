internal import Measurements

extension RunFigure {
    /// Every name that a condition may have, and what it means: a metric with each of its aggregates, and the numbers that
    /// only a whole run has. Of a histogram any other percentile may be named too.
    package static var named: [(name: String, meaning: String)] {
        Metric.measured.flatMap { metric in
            let words = aggregates(of: metric.kind)
            let plain = metric.kind == .counter || metric.kind == .ratio ? [(metric.name, metric.meaning)] : []
            return plain + words.map { ("\(metric.name).\($0)", metric.meaning) }
        } + SummaryMetric.all.map { ($0.name, $0.meaning) }
    }
}
