internal import Measurements

/// The most of gauges within a part of a run, where samples have the most since the run's start.
///
/// A high water that has grown within the part is the most within it. One that has not was no higher in the part than
/// before it; what there was then is told by the gauge that it is the most of: for the interval before each sample, or as
/// samples found it.
struct PartHighWaters: Sendable {
    /// One high water.
    private struct Row {
        /// At the part's start.
        var before: Double
        /// The highest value of its gauge within the part; nil: none was known.
        var seen: Double?
        var hasGrown = false
    }
    /// By the metric's name. One that was not known at the start has none: it began within the part.
    private var rows: [String: Row] = [:]

    /// - Parameter base: the last sample before the part.
    init(after base: Sample) {
        for metric in Metric.highWaters {
            if let before = metric.number(of: base) { rows[metric.name] = Row(before: before) }
        }
    }

    /// The most within the part so far, as far as it is known; nil: no more is known than the limit.
    ///
    /// - Parameters:
    ///   - value: the high water in the part's next sample.
    ///   - readings: of that sample.
    mutating func take(_ metric: Metric, _ value: Double, _ readings: [Metric.Value?]) -> Double? {
        guard var row = rows[metric.name] else { return value }
        defer { rows[metric.name] = row }
        row.hasGrown = row.hasGrown || value > row.before
        let now = metric.highWater?.gauge.flatMap { Metric.places[$0] }.flatMap { readings[$0]?.number }
        row.seen = [row.seen, now].compactMap(\.self).max()
        return row.hasGrown ? max(value, row.seen ?? value) : row.seen
    }

    /// What the most within the part can be at most, where that is more than is known of it; nil: the most is known.
    func limit(of metric: Metric) -> Double? {
        guard let row = rows[metric.name], !row.hasGrown else { return nil }
        guard let seen = row.seen else { return row.before }
        return metric.highWater?.coversInterval == true || seen >= row.before ? nil : row.before
    }
}
