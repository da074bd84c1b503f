package import Measurements

/// One recording as a comparison sees it: each figure of the whole run, and the same
/// figure of each interval.
///
/// The sample after the drain is left out: it has no load; and so is a warm-up. What was in flight at the end
/// of the load is still in the histograms, of the last phase too, as in a summary. A counter is a rate, a gauge has
/// `.mean` and `.max`, a histogram its mean, its percentiles and `.max`, a ratio stands for itself.
package struct ComparedRun: Sendable {
    package let name: String
    /// Without their histograms: an hour of those would be gigabytes.
    private var samples: [Sample] = []
    /// Of the whole run under nil, and of each phase under its name.
    private var latencies: [String?: [String: Latency]] = [:]
    /// The names of its phases, in their order; without the warm-up.
    package private(set) var phases: [String] = []
    /// When the warm-up ended: the summary's time under load counts from there.
    private var startNanoseconds: UInt64 = 0
    /// From the summary; nil when the run was killed, and no sample is one of a drain.
    private var loadNanoseconds: UInt64?

    /// One histogram of the whole run, drain included as in a summary, and the figures of each interval.
    private struct Latency {
        var total = LatencyHistogram()
        var rows: [[Double?]] = []

        mutating func add(_ interval: LatencyHistogram, _ row: [Double?]) {
            total.merge(interval)
            rows.append(row)
        }
    }

    /// - Parameter name: what a reader calls it: a file's name.
    package init(name: String) { self.name = name }

    /// Takes the next sample of the recording.
    package mutating func add(_ sample: Sample) {
        if sample.isWarmup {
            startNanoseconds = sample.timeNanoseconds
        } else {
            if let phase = sample.phase, !phases.contains(phase) { phases.append(phase) }
            let phase = sample.phase ?? phases.last
            for metric in Metric.all where metric.kind == .histogram {
                guard case .histogram(let interval)? = metric.read(sample), interval.count > 0 else { continue }
                let row = ComparedRun.values(interval)
                for part in phase == nil ? [nil] : [nil, phase] {
                    latencies[part, default: [:]][metric.name, default: Latency()].add(interval, row)
                }
            }
        }
        var sample = sample
        sample.client?.forgetHistograms()
        sample.server?.connections = []
        samples.append(sample)
    }

    /// Takes the recording's last line.
    package mutating func add(summary: JSON) {
        loadNanoseconds = summary[path: "run.duration"]?.number.map(Metric.nanoseconds)
    }

    /// All figures, in the order of the metrics.
    ///
    /// - Parameter phase: of that phase alone; nil: of the whole run.
    package func figures(phase: String? = nil) -> [ComparedFigure] {
        let isMeasured = { (sample: Sample) in
            !sample.isWarmup && (phase == nil || sample.phase == phase)
                && (loadNanoseconds.map { sample.timeNanoseconds - min(startNanoseconds, sample.timeNanoseconds) <= $0 } ?? true)
        }
        let load = samples.filter(isMeasured)
        // What counters count from: the sample before the first of these.
        let base = samples.firstIndex(where: isMeasured).flatMap { $0 > 0 ? samples[$0 - 1] : nil }
        return Metric.all.filter { !["time", "interval"].contains($0.name) }.flatMap { metric -> [ComparedFigure] in
            switch metric.kind {
            case .counter: ComparedRun.rate(metric, load, from: base).map { [$0] } ?? []
            case .gauge: ComparedRun.levels(metric, load)
            case .ratio: ComparedRun.ratio(metric, load).map { [$0] } ?? []
            case .histogram: latencies[phase]?[metric.name].map { ComparedRun.figures(metric, $0) } ?? []
            }
        }
    }

    /// The names of all figures that a run can have.
    package static let figureNames: [String] = Metric.all.filter { !["time", "interval"].contains($0.name) }.flatMap { metric in
        switch metric.kind {
        case .counter: [rateName(metric)]
        case .gauge: ["\(metric.name).mean", "\(metric.name).max"]
        case .ratio: [metric.name]
        case .histogram: latencyNames.map { "\(metric.name).\($0)" }
        }
    }

    private static let latencyNames = ["mean"] + LatencyHistogram.percentiles.map(\.name) + ["max"]

    private static func rateName(_ metric: Metric) -> String { rateNames[metric.name] ?? "\(metric.name).rate" }

    private static func rate(_ metric: Metric, _ samples: [Sample], from base: Sample?) -> ComparedFigure? {
        let start = base.flatMap { metric.number(of: $0) } ?? 0
        var before = start, elapsed = 0.0
        var intervals: [Double] = []
        for sample in samples {
            guard let value = metric.number(of: sample) else { continue }
            let seconds = Metric.seconds(sample.intervalNanoseconds)
            guard seconds > 0 else { continue }
            intervals.append((value - before) / seconds)
            before = value
            elapsed += seconds
        }
        guard elapsed > 0 else { return nil }
        return ComparedFigure(metric, rateName(metric), (before - start) / elapsed, intervals)
    }

    /// Rates that a summary has too are called as there.
    private static let rateNames = [
        "client.requests.done": "client.requests.rate", "client.requests.started": "client.requests.fired_rate",
        "server.requests.completed": "server.requests.rate", "client.bytes.received": "client.bytes.received_rate",
        "server.bytes.sent": "server.bytes.sent_rate",
    ]

    private static func levels(_ metric: Metric, _ samples: [Sample]) -> [ComparedFigure] {
        let values = samples.compactMap { metric.number(of: $0) }
        guard let highest = values.max() else { return [] }
        return [
            ComparedFigure(metric, "\(metric.name).mean", values.reduce(0, +) / Double(values.count), values),
            ComparedFigure(metric, "\(metric.name).max", highest, values),
        ]
    }

    /// Its last value is that of the whole run.
    private static func ratio(_ metric: Metric, _ samples: [Sample]) -> ComparedFigure? {
        let values = samples.compactMap { metric.number(of: $0) }
        return values.last.map { ComparedFigure(metric, metric.name, $0, values) }
    }

    private static func figures(_ metric: Metric, _ latency: Latency) -> [ComparedFigure] {
        zip(latencyNames.indices, values(latency.total)).compactMap { index, value in
            value.map {
                ComparedFigure(metric, "\(metric.name).\(latencyNames[index])", $0, latency.rows.compactMap { $0[index] })
            }
        }
    }

    /// Mean, percentiles and highest in seconds; nil for what the count does not support.
    private static func values(_ histogram: LatencyHistogram) -> [Double?] {
        var sum = 0.0
        histogram.forEachBucket { sum += Metric.seconds($0) * Double($1) }
        let percentiles = histogram.valuesAtPercentiles(LatencyHistogram.percentiles.map(\.percent) + [100])
        return [sum / Double(histogram.count)] + percentiles.map { $0.map(Metric.seconds) }
    }
}

/// One number of a run, and what it was in each interval.
package struct ComparedFigure: Sendable {
    /// `client.response_time.p99`, `server.arena.used_bytes.max`, `client.requests.rate`.
    package let name: String
    package let unit: Metric.Unit
    package let kind: Metric.Kind
    package let better: Direction
    package let value: Double
    package let intervals: [Double]

    /// Which way is better.
    package enum Direction: Sendable {
        case lower, higher
        /// A matter of what one wants.
        case neither
    }

    init(_ metric: Metric, _ name: String, _ value: Double, _ intervals: [Double]) {
        self.name = name
        unit = metric.unit
        kind = metric.kind
        better = Direction(metric)
        self.value = value
        self.intervals = intervals
    }
}

extension ComparedFigure.Direction {
    init(_ metric: Metric) {
        let parts = metric.name.split(separator: ".")
        let last = parts.last ?? ""
        switch metric.kind {
        case .histogram: self = .lower
        case .ratio: self = .higher
        case .counter, .gauge:
            if ["done", "succeeded", "completed", "2xx"].contains(last) {
                self = .higher
            } else if parts.contains("errors") || parts.contains("arena") && metric.unit == .bytes && metric.kind == .gauge
                || parts.contains("memory")
                || ["failed", "errored", "timed_out", "queued", "4xx", "5xx", "resets", "goaways", "refused", "pauses", "paused",
                    "pending", "pending_bytes", "pending_bytes_high_water", "oldest_age", "retired", "waited", "lag", "reconnects",
                ].contains(last) && !metric.name.hasSuffix("arena.resets")
            {
                self = .lower
            } else {
                self = .neither
            }
        }
    }
}

extension Metric {
    fileprivate func number(of sample: Sample) -> Double? {
        if case .number(let number)? = read(sample) { number } else { nil }
    }
}
