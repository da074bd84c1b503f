package import Measurements

/// What is wrong with the text of a threshold.
package enum ThresholdError: Error, Equatable {
    case noRelation
    case noFigure
    /// No such metric; with the nearest name.
    case unknownMetric(String, nearest: String?)
    /// The metric is there, and this of it is not; with what there is.
    case unknownAggregate(String, metric: String, possible: [String])
    /// A metric of several values, and not which of them.
    case missingAggregate(metric: String, possible: [String])
    case noLimit
    /// The limit is no number, or not one with the figure's unit; with what would be.
    case limit(String, examples: String)
}

extension Threshold {
    /// Reads `client.response_time.p99 < 25ms`. `client.` may be left out.
    package init(parsing text: String, phase: String? = nil) throws(ThresholdError) {
        guard let start = text.firstIndex(where: { "<>=!".contains($0) }),
            let relation = Relation.allCases.first(where: { text[start...].hasPrefix($0.rawValue) })
        else { throw .noRelation }
        let name = text[..<start].split(separator: " ").joined(separator: " ")
        guard !name.isEmpty else { throw .noFigure }
        let limitText = text[text.index(start, offsetBy: relation.rawValue.count)...].filter { $0 != " " }
        guard !limitText.isEmpty else { throw .noLimit }
        self.phase = phase
        self.relation = relation
        figure = try ThresholdFigure(parsing: name)
        limit = try figure.unit.parse(String(limitText))
        self.text = "\(name) \(relation.rawValue) \(limitText)"
    }
}

extension ThresholdFigure {
    /// Reads `client.response_time.p99.9`, `response_time.max`, `achieved_rate`.
    package init(parsing text: String) throws(ThresholdError) {
        let name = ThresholdFigure.shortNames[text] ?? text
        let candidates = [name, "client." + name]
        // The longest first: "client.requests.rate" is a name, and "client.requests.done.rate" a name and what of it.
        for candidate in candidates {
            if let summary = SummaryMetric.all.first(where: { $0.name == candidate }) {
                self.init(metric: summary.name, kind: .summary, aggregate: nil, unit: summary.unit)
                return
            }
        }
        for candidate in candidates {
            for metric in ThresholdFigure.metrics where metric.name == candidate || candidate.hasPrefix(metric.name + ".") {
                let rest = candidate.dropFirst(metric.name.count + 1)
                // "loop.cpu" is no aggregate of "loop": only the longest name that fits counts.
                if ThresholdFigure.metrics.contains(where: { $0.name.count > metric.name.count && (candidate + ".").hasPrefix($0.name + ".") }) {
                    continue
                }
                try self.init(metric, rest.isEmpty ? nil : String(rest))
                return
            }
        }
        throw .unknownMetric(text, nearest: ThresholdFigure.nearest(to: name))
    }

    private init(_ metric: Metric, _ word: String?) throws(ThresholdError) {
        let kind = Kind(metric.kind)
        let possible = kind.aggregates
        var aggregate: Aggregate?
        if let word {
            guard let read = Aggregate(word), kind.allows(read) else {
                throw .unknownAggregate(word, metric: metric.name, possible: possible)
            }
            aggregate = read
        } else if kind == .gauge || kind == .histogram {
            throw .missingAggregate(metric: metric.name, possible: possible)
        }
        let unit: Metric.Unit = aggregate == .count ? .request : aggregate == .rate || aggregate == .slope ? metric.unit.perSecond : metric.unit
        self.init(metric: metric.name, kind: kind, aggregate: aggregate, unit: unit)
    }

    private static let metrics = Metric.all.filter { $0.name != "time" && $0.name != "interval" }

    /// What people call them.
    package static let shortNames = [
        "achieved_rate": "client.requests.achieved", "errors.ratio": "client.requests.failed_share", "rate": "client.requests.rate",
    ]

    private static func nearest(to name: String) -> String? {
        // Without what of it: "client.respons_time.p99" is near to "client.response_time".
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        var word = name
        var ending = ""
        if parts.count > 1, Aggregate(String(parts[parts.count - 1])) != nil {
            word = parts.dropLast().joined(separator: ".")
            ending = "." + parts[parts.count - 1]
        }
        let summaries = SummaryMetric.all.map(\.name)
        guard let near = Spelling.nearest(to: word, of: metrics.map(\.name) + summaries)
            ?? Spelling.nearest(to: "client." + word, of: metrics.map(\.name) + summaries)
        else { return nil }
        return summaries.contains(near) ? near : near + ending
    }
}

extension ThresholdFigure.Kind {
    fileprivate init(_ kind: Metric.Kind) {
        switch kind {
        case .counter: self = .counter
        case .gauge: self = .gauge
        case .histogram: self = .histogram
        case .ratio: self = .ratio
        }
    }

    fileprivate var aggregates: [String] {
        switch self {
        case .counter: ["rate"]
        case .gauge: ["min", "max", "mean", "last", "slope"]
        case .histogram: ["min", "max", "mean", "count", "p50", "p99", "p99.9"]
        case .ratio, .summary: []
        }
    }

    fileprivate func allows(_ aggregate: ThresholdFigure.Aggregate) -> Bool {
        switch (self, aggregate) {
        case (.counter, .rate), (.gauge, .min), (.gauge, .max), (.gauge, .mean), (.gauge, .last), (.gauge, .slope), (.histogram, .min), (.histogram, .max),
            (.histogram, .mean), (.histogram, .count), (.histogram, .percentile):
            true
        default: false
        }
    }
}

extension Metric.Unit {
    /// A counter's growth.
    fileprivate var perSecond: Metric.Unit {
        switch self {
        case .bytes: .bytesPerSecond
        case .request: .requestPerSecond
        default: self
        }
    }

    /// A limit with this unit: `25ms`, `8MiB`, `99%`, `10k`.
    func parse(_ text: String) throws(ThresholdError) -> Double {
        do throws(Quantity.Problem) {
            // Nothing is nothing in every unit.
            if text == "0" || text == "0.0" { return 0 }
            return try quantity.real(text.utf8.span, needsUnit: true) / (self == .seconds ? 1e9 : 1)
        } catch {
            throw .limit(text, examples: examples)
        }
    }

    private var quantity: Quantity {
        switch self {
        case .seconds: .time
        case .bytes: .size
        case .bytesPerSecond: .throughput
        case .one: .share
        case .requestPerSecond: .rate
        default: .count
        }
    }

    /// How a limit is written.
    package var examples: String {
        switch self {
        case .seconds: "25ms, 1.5s or 100us"
        case .bytes: "512B, 64KiB or 8MiB"
        case .bytesPerSecond: "8MiB/s or 1GB/s"
        case .one: "0.9 or 90%"
        case .requestPerSecond: "500 or 20k"
        default: "5, 10k or 1m (a million)"
        }
    }
}

extension ThresholdError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noRelation: "no relation; write 'client.response_time.p99 < 25ms' with < <= > >= == or !="
        case .noFigure: "no metric before the relation; 'highwater metrics' lists them"
        case .unknownMetric(let name, let nearest):
            "unknown metric '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "; 'highwater metrics' lists them")
        case .unknownAggregate(let word, let metric, let possible):
            possible.isEmpty
                ? "'\(metric)' is one number, and has no '.\(word)'"
                : "'\(metric)' has no '.\(word)'; it has \(possible.map { "." + $0 }.joined(separator: " "))"
        case .missingAggregate(let metric, let possible):
            "'\(metric)' has many values; say which: \(possible.map { "." + $0 }.joined(separator: " "))"
        case .noLimit: "no limit after the relation"
        case .limit(let text, let examples): "'\(text)' is no limit for this metric; write \(examples)"
        }
    }
}
