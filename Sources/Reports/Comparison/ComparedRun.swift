package import Measurements

/// One recording as a comparison sees it: each figure of the whole run, and the same figure of each interval.
///
/// Rates and gauges are of the time under load: neither of the warm-up nor of the drain. Requests in flight at the end
/// of the load are still in the histograms, of the last phase too, as in a summary.
package struct ComparedRun: Sendable {
    package let name: String
    /// The names of its phases, in their order; without the warm-up.
    package private(set) var phases: [String] = []
    private let request: Summary.Request
    /// Without their histograms: an hour of those would be gigabytes.
    private var samples: [Sample] = []
    /// Of the whole run under nil, and of each phase under its name; there by the metric's name.
    private var latencies: [String?: [String: Latency]] = [:]
    /// The figures of each histogram that are kept for each interval.
    private let latencyFigures: [String: [RunFigure]]
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

    /// - Parameters:
    ///   - name: for the reader: the file's name.
    ///   - request: the load that was asked for; shares of it are figures too.
    ///   - figures: those that will be asked for beside the table's.
    package init(name: String, request: Summary.Request, figures: [RunFigure] = []) {
        self.name = name
        self.request = request
        latencyFigures = Dictionary(uniqueKeysWithValues: Metric.measured.filter { $0.kind == .histogram }.map { metric in
            let table = ComparedFigure.latencies.map { RunFigure(metric, $0.aggregate) }
            return (metric.name, table + Set(figures.filter { $0.metric == metric.name && !table.contains($0) }))
        })
    }

    /// Takes the next sample of the recording.
    package mutating func add(_ sample: Sample) {
        if sample.isWarmup {
            startNanoseconds = sample.timeNanoseconds
        } else {
            if let phase = sample.phase, !phases.contains(phase) { phases.append(phase) }
            let phase = sample.phase ?? phases.last
            for (name, figures) in latencyFigures {
                guard let interval = Metric.named(name)?.histogram(of: sample), interval.count > 0 else { continue }
                let row = interval.values(of: figures)
                for part in phase == nil ? [nil] : [nil, phase] {
                    latencies[part, default: [:]][name, default: Latency()].add(interval, row)
                }
            }
        }
        var sample = sample
        sample.forgetDetails()
        samples.append(sample)
    }

    /// Takes the recording's last line.
    package mutating func add(summary: JSON) {
        loadNanoseconds = summary[path: "run.duration"]?.number.map(Metric.nanoseconds)
    }

    /// All figures of the table, in the order of the metrics: a counter as a rate, a gauge's mean and maximum, a
    /// histogram's mean, percentiles and maximum, and a ratio.
    ///
    /// - Parameter phase: of that phase alone; nil: of the whole run.
    package func figures(phase: String? = nil) -> [ComparedFigure] {
        let (load, base) = measuredSamples(phase: phase)
        return Metric.measured.flatMap { metric -> [ComparedFigure] in
            switch metric.kind {
            case .counter: return ComparedRun.rate(metric, load, from: base).map { [$0] } ?? []
            case .gauge: return ComparedRun.levels(metric, load)
            case .ratio:
                // The last value is that of the whole run.
                let values = load.compactMap { metric.number(of: $0) }
                return values.last.map { [ComparedFigure(metric, metric.name, $0, values)] } ?? []
            case .histogram:
                guard let latency = latencies[phase]?[metric.name], let figures = latencyFigures[metric.name] else { return [] }
                let values = latency.total.values(of: Array(figures.prefix(ComparedFigure.latencies.count)))
                return ComparedFigure.latencies.indices.compactMap { index in
                    values[index].map { value in
                        ComparedFigure(
                            metric, "\(metric.name).\(ComparedFigure.latencies[index].name)", value, latency.rows.compactMap { $0[index] })
                    }
                }
            }
        }
    }

    /// One figure that need not be in the table; nil: this run has no such number.
    func figure(_ figure: RunFigure, phase: String?) -> (value: Double, intervals: [Double])? {
        if let figures = latencyFigures[figure.metric] {
            guard let latency = latencies[phase]?[figure.metric], let value = figure.read(latency.total).number else { return nil }
            let index = figures.firstIndex(of: figure)
            return (value, index.map { index in latency.rows.compactMap { $0[index] } } ?? [])
        }
        let run = summary()
        guard let part = phase == nil ? run : run.phases.first(where: { $0.name == phase })?.summary,
            let value = figure.read(part, endsWithLoad: phase != nil).number
        else { return nil }
        return (value, intervals(figure, phase: phase))
    }

    /// The figure of each interval, as if that were the run.
    private func intervals(_ figure: RunFigure, phase: String?) -> [Double] {
        let (load, base) = measuredSamples(phase: phase)
        // A total grows with the time: each interval counts as if all were like it.
        let scale = figure.kind == .metric(.counter) && figure.aggregate == nil ? Double(load.count) : 1
        return zip([base] + load, load).compactMap { before, sample in
            var interval = Summary(request, base: before)
            interval.addAsPhase(sample)
            return figure.read(interval).number.map { $0 * scale }
        }
    }

    /// The run's summary, but for its histograms.
    private func summary() -> Summary {
        var summary = Summary(request)
        for sample in samples {
            if !isUnderLoad(sample) { summary.endLoad() }
            summary.add(sample)
        }
        return summary
    }

    private func isUnderLoad(_ sample: Sample) -> Bool {
        loadNanoseconds.map { sample.timeNanoseconds - min(startNanoseconds, sample.timeNanoseconds) <= $0 } ?? true
    }

    /// The samples under load, of a phase or of all but the warm-up, and the one before, which counters count from.
    private func measuredSamples(phase: String?) -> (load: [Sample], base: Sample?) {
        let isMeasured = { (sample: Sample) in !sample.isWarmup && (phase == nil || sample.phase == phase) && isUnderLoad(sample) }
        let base = samples.firstIndex(where: isMeasured).flatMap { $0 > 0 ? samples[$0 - 1] : nil }
        return (samples.filter(isMeasured), base)
    }

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
        return ComparedFigure(metric, ComparedFigure.rateName(metric), (before - start) / elapsed, intervals)
    }

    private static func levels(_ metric: Metric, _ samples: [Sample]) -> [ComparedFigure] {
        let values = samples.compactMap { metric.number(of: $0) }
        guard let highest = values.max() else { return [] }
        return [
            ComparedFigure(metric, "\(metric.name).mean", values.reduce(0, +) / Double(values.count), values),
            ComparedFigure(metric, "\(metric.name).max", highest, values),
        ]
    }
}

extension LatencyHistogram {
    /// The figures in one walk; nil for one that the count does not support.
    fileprivate func values(of figures: [RunFigure]) -> [Double?] {
        let percents = figures.map { figure -> Double? in
            if case .percentile(let percent) = figure.aggregate { percent } else { figure.aggregate == .max ? 100 : nil }
        }
        var percentiles = valuesAtPercentiles(percents.compactMap(\.self)).makeIterator()
        return zip(figures, percents).map { figure, percent in
            percent == nil ? figure.read(self).number : (percentiles.next() ?? nil).map(Metric.seconds)
        }
    }
}
