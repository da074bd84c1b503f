internal import Measurements

extension RunFigure {
    /// Reads `client.response_time.p99.9`, `response_time.max`, `achieved_rate`. `client.` may be left out.
    package init(parsing text: String) throws(ConditionError) {
        let name = RunFigure.shortNames[text] ?? text
        let candidates = [name, "client." + name]
        // First: "client.requests.rate" is a number of its own, and no rate of "client.requests".
        for candidate in candidates {
            guard let summary = SummaryMetric.named(candidate) else { continue }
            self.init(summary)
            return
        }
        // No metric's name is the beginning of another's.
        for candidate in candidates {
            guard let metric = Metric.measured.first(where: { candidate == $0.name || candidate.hasPrefix($0.name + ".") }) else { continue }
            let word = candidate.dropFirst(metric.name.count + 1)
            try self.init(metric, word: word.isEmpty ? nil : String(word))
            return
        }
        throw .unknownMetric(text, nearest: RunFigure.nearest(to: name))
    }

    private init(_ metric: Metric, word: String?) throws(ConditionError) {
        let possible = RunFigure.aggregates(of: metric.kind)
        guard let word else {
            if metric.kind == .gauge || metric.kind == .histogram { throw .missingAggregate(metric: metric.name, possible: possible) }
            self.init(metric, nil)
            return
        }
        guard let aggregate = Aggregate(word), possible.contains(word) || metric.kind == .histogram && aggregate.isPercentile else {
            throw .unknownAggregate(word, metric: metric.name, possible: possible)
        }
        self.init(metric, aggregate)
    }

    init(_ summary: SummaryMetric) { self.init(metric: summary.name, kind: .summary, aggregate: nil, unit: summary.unit) }

    /// An aggregate that the metric has.
    init(_ metric: Metric, _ aggregate: Aggregate?) {
        let unit: Metric.Unit =
            switch aggregate {
            case .count: .request
            case .rate, .slope: metric.unit.perSecond
            default: metric.unit
            }
        self.init(metric: metric.name, kind: .metric(metric.kind), aggregate: aggregate, unit: unit)
    }

    /// The words that may stand behind a metric's name; of a histogram also any other percentile.
    static func aggregates(of kind: Metric.Kind) -> [String] {
        switch kind {
        case .counter: ["rate"]
        case .gauge: ["min", "max", "mean", "last", "slope"]
        case .histogram: ["min", "max", "mean", "count", "p50", "p99", "p99.9"]
        case .ratio: []
        }
    }

    /// Names that people use.
    package static let shortNames = [
        "achieved_rate": "client.requests.achieved", "errors.ratio": "client.requests.failed_share", "rate": "client.requests.succeeded_rate",
    ]

    /// What other load generators call it: k6, wrk, oha. A condition names it as we do.
    private static let foreignNames = [
        "http_req_duration": "client.response_time", "latency": "client.response_time", "http_req_failed": "client.requests.failed_share",
        "http_reqs": "client.requests.succeeded_rate", "checks": "client.requests.failed_share", "rps": "client.requests.succeeded_rate", "errors": "client.requests.failed",
    ]

    /// The same of aggregates; k6 writes `p(95)`.
    private static func aggregateWord(_ word: String) -> String? {
        let plain = ["avg": "mean", "med": "p50"][word] ?? word.replacing("(", with: "").replacing(")", with: "")
        return aggregates(of: .histogram).contains(plain) || Aggregate(plain)?.isPercentile == true ? plain : nil
    }

    /// Our name for a figure of other load generators, of which k6 writes the tags of requests behind in braces.
    static func foreign(_ name: some StringProtocol) -> String? {
        guard let known = foreignNames[String(name)] else { return nil }
        let figure = known.hasPrefix("client.") ? String(known.dropFirst("client.".count)) : known
        return Metric.named(known)?.kind == .histogram ? figure + ".p99" : figure
    }

    private static func nearest(to name: String) -> String? {
        // An aggregate alone is one of the response times.
        if let word = aggregateWord(name) { return "client.response_time.\(word)" }
        let words = name.split(separator: ".", maxSplits: 1).map(String.init)
        if let known = words.first.flatMap({ foreignNames[$0] }) {
            guard Metric.named(known)?.kind == .histogram else { return known }
            return "\(known).\(words.count > 1 ? aggregateWord(words[1]) ?? "p99" : "p99")"
        }
        // Without the aggregate: "client.respons_time.p99" is near to "client.response_time".
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        var word = name
        var ending = ""
        if parts.count > 1, Aggregate(String(parts[parts.count - 1])) != nil {
            word = parts.dropLast().joined(separator: ".")
            ending = "." + parts[parts.count - 1]
        }
        let summaries = SummaryMetric.all.map(\.name)
        let names = Metric.measured.map(\.name) + summaries
        guard let near = Spelling.nearest(to: word, of: names) ?? Spelling.nearest(to: "client." + word, of: names) else { return nil }
        return summaries.contains(near) ? near : near + ending
    }
}

extension RunFigure.Aggregate {
    fileprivate var isPercentile: Bool { if case .percentile = self { true } else { false } }
}
