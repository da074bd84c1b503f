internal import Measurements

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
/// run more exactly. A failure in one run and none in the other is never noise.
///
/// Latencies are not normal: a few slow intervals make the spread as wide as a change to many times as much. So a change
/// also leaves the noise where nearly all intervals of one run are above nearly all of the other's: in as many pairs of
/// them as two standard deviations are for normal noise.
package struct Comparison: Sendable {
    package let base: ComparedRun
    package let other: ComparedRun
    /// What the runs were not alike in before they began.
    package let planDifferences: [PlanDifference]
    /// The figures that either run has.
    package let changes: [Change]
    /// The same of each phase that both have, by its name.
    package let phases: [(name: String, changes: [Change])]
    /// Some figures of each kind of request, by its name; empty where neither run has several kinds.
    package let requests: [(name: String, changes: [Change])]
    /// Phases that only one of the two has.
    package let unmatchedPhases: [String]

    /// Below this many intervals in either run a spread is a guess.
    package static let intervalMinimum = 5
    static let leastShare = 0.01

    package init(_ base: ComparedRun, _ other: ComparedRun) {
        self.base = base
        self.other = other
        planDifferences = PlanDifference.all(base.header, other.header)
        changes = Comparison.changes(base, other, phase: nil)
        phases = base.phases.filter(other.phases.contains).map { ($0, Comparison.changes(base, other, phase: $0)) }
        requests = (base.requests + other.requests.filter { !base.requests.contains($0) }).map { name in
            (name, Comparison.changes(base, other, phase: nil, ComparedFigure.byRequest.compactMap { $0.of(request: name) }))
        }
        unmatchedPhases = base.phases.filter { !other.phases.contains($0) } + other.phases.filter { !base.phases.contains($0) }
    }

    /// The change of a row of the table, in a phase or in the whole run; nil where neither run has it.
    package func change(of name: String, inPhase phase: String?) -> Change? {
        let changes = if let phase { phases.first { $0.name == phase }?.changes } else { changes }
        return changes?.first { $0.name == name }
    }

    /// The same of a figure that need not be in the table.
    package func change(of figure: RunFigure, inPhase phase: String?) -> Change {
        let row = ComparedFigure.places[figure].map { ComparedFigure.all[$0] }
        return row.flatMap { change(of: $0.name, inPhase: phase) }
            ?? Change(
                row?.name ?? figure.fullName, figure, row?.better ?? .neither, base: base.figure(figure, phase: phase),
                other: other.figure(figure, phase: phase))
    }

    private static func changes(
        _ base: ComparedRun, _ other: ComparedRun, phase: String?, _ rows: [ComparedFigure] = ComparedFigure.all
    ) -> [Change] {
        rows.compactMap { row in
            let left = base.figure(row.figure, phase: phase), right = other.figure(row.figure, phase: phase)
            return left == nil && right == nil ? nil : Change(row.name, row.figure, row.better, base: left, other: right)
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

    /// In so many pairs of an interval of each run the later run's is the higher one, or the lower: the normal
    /// distribution up to two standard deviations.
    private static let apartShare = 0.977

    /// Whether the later run's intervals are nearly all above the base's, or below them.
    package static func areApart(_ base: [Double], _ other: [Double], rises: Bool) -> Bool {
        guard min(base.count, other.count) >= intervalMinimum else { return false }
        let (low, high) = rises ? (base.sorted(), other.sorted()) : (other.sorted(), base.sorted())
        var below = 0, pairs = 0
        for value in high {
            while below < low.count, low[below] < value { below += 1 }
            pairs += below
        }
        return Double(pairs) >= apartShare * Double(low.count) * Double(high.count)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
