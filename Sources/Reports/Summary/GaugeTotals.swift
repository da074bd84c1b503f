internal import Measurements

/// The values of a run's gauges, or of those of a part of it.
///
/// Of a gauge that holds the most since the run's start: the most since the part's.
struct GaugeTotals: Sendable {
    /// In the order of `gauges`; empty before the first sample.
    private var ranges: [GaugeRange?] = []
    /// The sample before the part, until its first one comes.
    private var base: Sample?
    /// nil: the part begins with the run.
    private var highWaters: PartHighWaters?
    var memory = MemoryTrends()
    private(set) var longTurns = LongTurns()

    /// With their places in the readings of a sample.
    private static let gauges = Metric.measured.filter { $0.kind == .gauge }.compactMap { gauge in Metric.places[gauge.name].map { (gauge, $0) } }
    /// The place of each in `gauges`, by its name.
    private static let places = Dictionary(uniqueKeysWithValues: gauges.enumerated().map { ($1.0.name, $0) })

    init() {}

    /// Of a part of the run. - Parameter base: the last sample before it; nil: there is none.
    init(after base: Sample?) { self.base = base }

    /// A sample of the warm-up: values count from the next one on.
    mutating func end(warmup sample: Sample) {
        base = sample
        base?.client?.forgetHistograms()
        highWaters = nil
    }

    /// Takes the next sample.
    mutating func add(_ readings: [Metric.Value?], of sample: Sample, isUnderLoad: Bool) {
        if let base {
            highWaters = PartHighWaters(after: base)
            self.base = nil
        }
        longTurns.add(sample, isUnderLoad: isUnderLoad)
        if ranges.isEmpty { ranges = Array(repeating: nil, count: GaugeTotals.gauges.count) }
        for (index, (gauge, place)) in GaugeTotals.gauges.enumerated() {
            guard var value = readings[place]?.number else { continue }
            if isOfPart(gauge) {
                guard let most = highWaters?.take(gauge, value, readings) else { continue }
                value = most
            }
            if ranges[index] == nil { ranges[index] = GaugeRange() }
            ranges[index]?.add(value, atSeconds: Metric.seconds(sample.timeNanoseconds), isUnderLoad: isUnderLoad)
        }
    }

    /// nil: no sample had such a number.
    func range(of name: String) -> GaugeRange? { ranges.isEmpty ? nil : GaugeTotals.places[name].flatMap { ranges[$0] } }

    /// What samples have of it is of the whole run, and not of this part.
    func isOfPart(_ metric: Metric) -> Bool { metric.isHighWater && highWaters != nil }

    /// What the most within this part can be at most, where more than the part's value is possible. nil: the value is known,
    /// or it is no gauge that holds the most.
    func limit(of name: String) -> Double? {
        Metric.named(name).flatMap { isOfPart($0) ? highWaters?.limit(of: $0) : nil }
    }
}
