package import Measurements

/// The changes from one run, the base, to another, figure by figure, and whether they are more than
/// chance.
///
/// The noise floor of a figure is how much single intervals within the runs differ: twice
/// the root of the sum of both runs' squared spreads. A spread is 1.4826 times the median
/// absolute deviation of the intervals' values from their median, which for normal noise is
/// the standard deviation, and which a few wild intervals cannot move; where more than half
/// of the intervals are equal it is 1.2533 times the mean absolute deviation instead. The floor
/// is not divided by the root of the count: intervals depend on each other, and two runs differ
/// by more than independent intervals would. It is at least 1 %, since no machine repeats a
/// run more exactly.
package struct Comparison: Sendable {
    package let base: String
    package let other: String
    /// The figures that either run has.
    package let changes: [Change]
    /// The same of each phase that both have, by its name.
    package let phases: [(name: String, changes: [Change])]
    /// Phases that only one of the two has.
    package let unmatchedPhases: [String]
    private let runs: (base: ComparedRun, other: ComparedRun)

    /// Below this many intervals in either run a spread is a guess.
    package static let intervalMinimum = 5
    static let leastShare = 0.01

    package init(_ base: ComparedRun, _ other: ComparedRun) {
        runs = (base, other)
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

    /// The same of a figure that need not be in the table.
    package func change(of figure: RunFigure, inPhase phase: String?) -> Change? {
        if let change = figure.comparedName.flatMap({ change(of: $0, inPhase: phase) }) { return change }
        let base = runs.base.figure(figure, phase: phase), other = runs.other.figure(figure, phase: phase)
        return Change(name: figure.metric, unit: figure.unit, kind: .gauge, better: .neither, base: base, other: other)
    }

    private static func changes(_ left: [ComparedFigure], _ right: [ComparedFigure]) -> [Change] {
        let leftByName = Dictionary(uniqueKeysWithValues: left.map { ($0.name, $0) })
        let rightByName = Dictionary(uniqueKeysWithValues: right.map { ($0.name, $0) })
        let names = left.map(\.name) + right.map(\.name).filter { leftByName[$0] == nil }
        return names.compactMap { name in
            (leftByName[name] ?? rightByName[name]).map { figure in
                Change(
                    name: name, unit: figure.unit, kind: figure.kind, better: figure.better,
                    base: leftByName[name].map { ($0.value, $0.intervals) }, other: rightByName[name].map { ($0.value, $0.intervals) })
            }
        }
    }

    /// The standard deviation of the intervals' values, estimated robustly; nil for too few intervals.
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
    }

    /// - Parameters:
    ///   - base: the value of the whole run, and those of its intervals; nil: the run has no such figure.
    ///   - other: the same of the run that is compared with it.
    init(
        name: String, unit: Metric.Unit, kind: Metric.Kind, better: Metric.Better, base: (value: Double, intervals: [Double])?,
        other: (value: Double, intervals: [Double])?
    ) {
        self.name = name
        self.unit = unit
        self.kind = kind
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
        verdict = Change.verdict(of: other.value - base.value, noiseFloor, better)
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
        case .lower: return change < 0 ? .better : .worse
        case .higher: return change > 0 ? .better : .worse
        }
    }
}
