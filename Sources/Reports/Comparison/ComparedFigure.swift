package import Measurements

/// One number of a run, and its value in each interval.
package struct ComparedFigure: Sendable {
    /// `client.response_time.p99`, `server.arena.used_bytes.max`, `client.requests.rate`.
    package let name: String
    package let unit: Metric.Unit
    package let kind: Metric.Kind
    package let better: Metric.Better
    package let value: Double
    package let intervals: [Double]

    init(_ metric: Metric, _ name: String, _ value: Double, _ intervals: [Double]) {
        self.name = name
        unit = metric.unit
        kind = metric.kind
        better = metric.better
        self.value = value
        self.intervals = intervals
    }

    /// The figures of a histogram in a comparison's table.
    static let latencies: [(name: String, aggregate: RunFigure.Aggregate)] =
        [("mean", .mean)] + LatencyHistogram.percentiles.map { ($0.name, .percentile($0.percent)) } + [("max", .max)]

    /// Rates that a summary has too have its names.
    static func rateName(_ metric: Metric) -> String { rateNames[metric.name] ?? "\(metric.name).rate" }

    private static let rateNames = [
        "client.requests.done": "client.requests.rate", "client.requests.started": "client.requests.fired_rate",
        "server.requests.completed": "server.requests.rate", "client.bytes.received": "client.bytes.received_rate",
        "server.bytes.sent": "server.bytes.sent_rate",
    ]
}

extension RunFigure {
    /// The name of the figure in a comparison's table; nil for one that is not in the table.
    var comparedName: String? {
        switch (kind, aggregate) {
        case (.summary, _), (.metric(.ratio), _): metric
        case (.metric(.counter), .rate): Metric.named(metric).map(ComparedFigure.rateName)
        case (.metric(.gauge), .mean): "\(metric).mean"
        case (.metric(.gauge), .max): "\(metric).max"
        case (.metric(.histogram), let aggregate): ComparedFigure.latencies.first { $0.aggregate == aggregate }.map { "\(metric).\($0.name)" }
        default: nil
        }
    }
}
