internal import Measurements

/// One figure in two runs.
package struct Change: Sendable {
    package let name: String
    let figure: RunFigure
    /// nil: that run has no such number.
    package let base: Double?
    package let other: Double?
    /// In the figure's unit; nil when there are too few intervals, or only one run has it.
    package let noiseFloor: Double?
    /// Intervals that have the figure, in the run with fewer of them.
    package let intervalCount: Int
    package let verdict: Verdict

    /// The meaning of the change.
    package enum Verdict: String, Sendable {
        case better, worse
        /// More than noise, of a figure that is neither good nor bad by itself.
        case differs
        case withinNoise = "within noise"
        /// Both runs have the very same number.
        case same
        /// Too few intervals to know the noise.
        case unknown = "too short"
        case missing

        /// The change left the noise.
        var isNotable: Bool { self == .better || self == .worse || self == .differs }
    }

    /// - Parameters:
    ///   - base: the value of the whole run, and those of its intervals; nil: the run has no such figure.
    ///   - other: the same of the run that is compared with it.
    init(
        _ name: String, _ figure: RunFigure, _ better: Metric.Better, base: (value: Double, intervals: [Double])?,
        other: (value: Double, intervals: [Double])?
    ) {
        self.name = name
        self.figure = figure
        self.base = base?.value
        self.other = other?.value
        intervalCount = min(base?.intervals.count ?? 0, other?.intervals.count ?? 0)
        guard let base, let other else {
            noiseFloor = nil
            verdict = .missing
            return
        }
        // Bugs are counted once each, however often they were found.
        if figure.unit == .bug || better == .zero && (base.value == 0) != (other.value == 0) {
            noiseFloor = 0
        } else if let left = Comparison.spread(base.intervals), let right = Comparison.spread(other.intervals) {
            noiseFloor = max(
                2 * (left * left + right * right).squareRoot(), Comparison.leastShare * base.value.magnitude, figure.leastChange)
        } else {
            noiseFloor = nil
        }
        let change = other.value - base.value
        let isApart = noiseFloor != nil && change.magnitude > max(Comparison.leastShare * base.value.magnitude, figure.leastChange)
            && Comparison.areApart(base.intervals, other.intervals, rises: change > 0)
        verdict = Change.verdict(of: change, isApart ? 0 : noiseFloor, better)
    }

    /// As a share of the base: 0.1 is 10 % more. nil for a change from 0, and where a run lacks the figure.
    package var share: Double? {
        guard let base, let other else { return nil }
        if base == other { return 0 }
        return base == 0 ? nil : (other - base) / base.magnitude
    }

    private static func verdict(of change: Double, _ noiseFloor: Double?, _ better: Metric.Better) -> Verdict {
        if change == 0 { return .same }
        guard let noiseFloor else { return .unknown }
        if change.magnitude <= noiseFloor { return .withinNoise }
        switch better {
        case .neither: return .differs
        case .lower, .zero: return change < 0 ? .better : .worse
        case .higher: return change > 0 ? .better : .worse
        }
    }
}

extension RunFigure {
    /// The smallest change that can mean something. The most that was seen of a thing that is counted is one more or
    /// one less by chance.
    fileprivate var leastChange: Double {
        guard kind == .metric(.gauge), aggregate == .max else { return 0 }
        switch unit {
        case .seconds, .bytes, .bytesPerSecond, .requestPerSecond, .one: return 0
        default: return 1
        }
    }
}
