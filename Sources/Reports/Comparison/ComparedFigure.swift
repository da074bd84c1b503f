internal import Measurements

/// A row of a comparison's table: a figure, and which direction of it is better.
struct ComparedFigure: Sendable {
    /// `client.response_time.p99`, `server.arena.used_bytes.max`, `client.requests.rate`.
    let name: String
    let figure: RunFigure
    let better: Metric.Better

    private init(_ name: String, _ figure: RunFigure, _ better: Metric.Better) {
        self.name = name
        self.figure = figure
        self.better = better
    }

    /// All rows: the shares and rates of a summary, a counter as a rate (findings as bugs; crashes and takeovers as they
    /// are), a gauge's mean and maximum, a histogram's mean, percentiles and maximum, and ratios. Those of one part of the program stand together.
    static let all: [ComparedFigure] = {
        let metrics = Metric.measured.flatMap { rows($0) }
        let all = SummaryMetric.all.filter(\.isCompared).map { ComparedFigure($0.name, RunFigure($0), $0.better) } + metrics
        // By the part of the program, in the order of the metrics.
        var places: [Substring: Int] = [:]
        for name in metrics.map({ heading($0.name) }) where places[name] == nil { places[name] = places.count }
        return all.enumerated().sorted { left, right in
            (places[heading(left.element.name)] ?? places.count, left.offset) < (places[heading(right.element.name)] ?? places.count, right.offset)
        }.map(\.element)
    }()

    /// The row of a figure, by its place in `all`.
    static let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.figure, $0) })

    private static func rows(_ metric: Metric) -> [ComparedFigure] {
        func row(_ aggregate: RunFigure.Aggregate?, _ ending: String) -> ComparedFigure {
            ComparedFigure(metric.name + ending, RunFigure(metric, aggregate), metric.better)
        }
        return switch metric.kind {
        case .counter where metric.unit == .finding: []
        case .counter where metric.unit == .process: [row(nil, "")]
        case .counter: summaryRates.contains(metric.name) ? [] : [row(.rate, ".rate")]
        case .gauge: [row(.mean, ".mean"), row(.max, ".max")]
        case .ratio: [row(nil, "")]
        case .histogram:
            [row(.mean, ".mean")] + LatencyHistogram.percentiles.map { row(.percentile($0.percent), ".\($0.name)") } + [row(.max, ".max")]
        }
    }

    /// The rows of each kind of request.
    static let byRequest = all.filter {
        ["client.requests.rate", "client.requests.failed_share", "client.response_time.p50", "client.response_time.p99", "client.service_time.p99"]
            .contains($0.name)
    }

    /// The same row of one kind of request.
    func of(request name: String) -> ComparedFigure? {
        figure.of(request: name).map { ComparedFigure("request(\(name)).\(self.name.dropFirst("client.".count))", $0, better) }
    }

    /// Counters whose rate a summary has, under a name of its own.
    private static let summaryRates: Set = [
        "client.requests.started", "client.bytes.received", "server.requests.completed", "server.bytes.sent",
    ]

    /// `client.requests` of `client.requests.rate`.
    static func heading(_ name: String) -> Substring {
        let parts = name.split(separator: ".", maxSplits: 2)
        // A name of two words stands below its first word.
        return parts.count > 2 ? name[..<parts[1].endIndex] : parts[0]
    }
}

extension RunFigure {
    /// The figure's name in words that a condition takes: `client.requests.failed`, `client.service_time.p95`.
    var fullName: String {
        let ending: String =
            switch aggregate {
            case .min: ".min"
            case .max: ".max"
            case .mean: ".mean"
            case .last: ".last"
            case .count: ".count"
            case .rate: ".rate"
            case .slope: ".slope"
            case .percentile(let percent): ".p\(JSON.number(percent).text)"
            case nil: ""
            }
        return (request.map { "request(\($0))." + metric.dropFirst("client.".count) } ?? metric) + ending
    }
}
