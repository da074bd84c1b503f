package import Measurements

/// What changed from one run, the base, to another, figure by figure, and whether that is
/// more than chance.
///
/// The noise floor of a figure is how much single intervals within the runs differ: twice
/// the root of the sum of both runs' squared spreads. A spread is 1.4826 times the median
/// absolute deviation of the intervals' values from their median, which for normal noise is
/// the standard deviation, and which a few wild intervals cannot move; where more than half
/// of the intervals are equal it is 1.2533 times the mean absolute deviation instead. It is
/// not divided by the root of the count: intervals depend on each other, and two runs differ
/// in more than chance would have it, so the floor would promise what it cannot keep. Below
/// 1 % nothing counts: no machine repeats itself better.
package struct Comparison: Sendable {
    package let base: String
    package let other: String
    /// Those that either run has.
    package let changes: [Change]
    /// The same of each phase that both have, by its name.
    package let phases: [(name: String, changes: [Change])]
    /// Phases that only one of the two has.
    package let unmatchedPhases: [String]

    /// Below this many intervals in either run a spread is a guess.
    package static let intervalMinimum = 5
    static let leastShare = 0.01

    package init(_ base: ComparedRun, _ other: ComparedRun) {
        self.base = base.name
        self.other = other.name
        changes = Comparison.changes(base.figures(), other.figures())
        phases = base.phases.filter(other.phases.contains).map { name in
            (name, Comparison.changes(base.figures(phase: name), other.figures(phase: name)))
        }
        unmatchedPhases = base.phases.filter { !other.phases.contains($0) } + other.phases.filter { !base.phases.contains($0) }
    }

    /// The change of a figure, in a phase or in the whole run; nil where neither run has it.
    package func change(of name: String, inPhase phase: String?) -> Change? {
        let changes = if let phase { phases.first { $0.name == phase }?.changes } else { changes }
        return changes?.first { $0.name == name }
    }

    private static func changes(_ left: [ComparedFigure], _ right: [ComparedFigure]) -> [Change] {
        let leftByName = Dictionary(uniqueKeysWithValues: left.map { ($0.name, $0) })
        let rightByName = Dictionary(uniqueKeysWithValues: right.map { ($0.name, $0) })
        let names = left.map(\.name) + right.map(\.name).filter { leftByName[$0] == nil }
        return names.compactMap { name in
            (leftByName[name] ?? rightByName[name]).map { Change($0, leftByName[name], rightByName[name]) }
        }
    }

    /// What one interval's value differs from another's: the standard deviation, robustly; nil for too few.
    package static func spread(_ values: [Double]) -> Double? {
        guard values.count >= intervalMinimum else { return nil }
        let middle = median(values)
        let deviations = values.map { ($0 - middle).magnitude }
        let typical = median(deviations)
        return typical > 0 ? 1.4826 * typical : 1.2533 * deviations.reduce(0, +) / Double(values.count)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// One figure in two runs.
package struct Change: Sendable {
    package let name: String
    package let unit: Metric.Unit
    package let kind: Metric.Kind
    /// nil: that run has no such number.
    package let base: Double?
    package let other: Double?
    /// In the figure's unit; nil when there are too few intervals, or only one run has it.
    package let noiseFloor: Double?
    /// That have a number of their own, in the run that has fewer.
    package let intervalCount: Int
    package let verdict: Verdict

    /// What the change means.
    package enum Verdict: String, Sendable {
        case better, worse
        /// More than noise, and neither good nor bad by itself.
        case differs
        case withinNoise = "within noise"
        /// Both runs have the very same number.
        case same
        /// Too few intervals to know the noise.
        case unknown = "too short"
        case missing
    }

    init(_ figure: ComparedFigure, _ base: ComparedFigure?, _ other: ComparedFigure?) {
        name = figure.name
        unit = figure.unit
        kind = figure.kind
        self.base = base?.value
        self.other = other?.value
        intervalCount = min(base?.intervals.count ?? 0, other?.intervals.count ?? 0)
        guard let base, let other else {
            noiseFloor = nil
            verdict = .missing
            return
        }
        if let left = Comparison.spread(base.intervals), let right = Comparison.spread(other.intervals) {
            noiseFloor = max(
                2 * (left * left + right * right).squareRoot(), Comparison.leastShare * base.value.magnitude)
        } else {
            noiseFloor = nil
        }
        verdict = Change.verdict(of: other.value - base.value, noiseFloor, figure.better)
    }

    /// As a share of the base: 0.1 is 10 % more. nil where there is none, as from nothing to something.
    package var share: Double? {
        guard let base, let other else { return nil }
        if base == other { return 0 }
        return base == 0 ? nil : (other - base) / base.magnitude
    }

    private static func verdict(of change: Double, _ noiseFloor: Double?, _ better: ComparedFigure.Direction) -> Verdict {
        if change == 0 { return .same }
        guard let noiseFloor else { return .unknown }
        if change.magnitude <= noiseFloor { return .withinNoise }
        switch better {
        case .neither: return .differs
        case .lower: return change < 0 ? .better : .worse
        case .higher: return change > 0 ? .better : .worse
        }
    }
}
