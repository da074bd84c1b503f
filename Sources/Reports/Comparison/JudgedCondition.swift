internal import Measurements

/// A condition that fails a build, and its result between two runs.
///
/// A value is the later run's. A change must also be more than the noise floor: a run that differs by chance
/// fails no build. Where the floor is not known, the change is not judged; nor is a small change of response times where
/// requests were sent later than that. A figure that either run lacks fails.
package struct JudgedCondition: Sendable {
    package let condition: Condition
    package let judgement: Judgement
    private let change: Change

    /// The result of a condition that fails a build.
    package enum Judgement: Sendable, Equatable {
        /// It does not hold, or the change is no more than noise.
        case passed
        /// It holds, or one of the runs lacks the figure.
        case failed
        /// It holds, but too few intervals have the figure to tell whether by chance.
        case unknown(intervals: Int)
        /// The change that it asks for is less than the lateness of the requests, seconds.
        case unresolved(Double)
    }

    package init(_ condition: Condition, in comparison: Comparison) {
        self.condition = condition
        change = comparison.change(of: condition.figure, inPhase: condition.phase)
        judgement = condition.judge(
            change, resolution: [comparison.base, comparison.other].compactMap(\.responseResolution).max())
    }

    /// The condition, and the values of both runs.
    package var words: String {
        guard let base = change.base, let other = change.other else { return "\(condition.fullText): not in both recordings" }
        let share = change.share.map { " (\(Change.signedPercent($0)))" } ?? ""
        let words = "\(condition.fullText): from \(JSON.number(base).text) to \(JSON.number(other).text)\(share)"
        switch judgement {
        case .passed, .failed: return words
        case .unknown(let count):
            return words + "; noise unknown: \(count) interval\(count == 1 ? " has" : "s have") the figure, of \(Comparison.intervalMinimum) needed"
        case .unresolved(let seconds):
            return words + "; not judged: 1 request in 100 was sent \(Figure.time(nanoseconds: Metric.nanoseconds(seconds))) late or later, and the limit is smaller"
        }
    }
}

extension Condition {
    /// - Parameter resolution: below it a difference of response times says nothing, since requests were sent so late, seconds; nil: none were.
    fileprivate func judge(_ change: Change, resolution: Double?) -> JudgedCondition.Judgement {
        guard let base = change.base, let other = change.other else { return .failed }
        guard isChange else { return holds(other) ? .failed : .passed }
        // Equal values need no noise floor, and no resolution.
        guard base != other else { return .passed }
        // From 0 to something is more than any share.
        guard holds(change.share ?? (other > base ? .infinity : -.infinity)) else {
            if let resolution, figure.metric == "client.response_time", figure.unit == .seconds, (limit * base).magnitude < resolution {
                return .unresolved(resolution)
            }
            return .passed
        }
        switch change.verdict {
        case .better, .worse, .differs, .missing: return .failed
        case .unknown: return .unknown(intervals: change.intervalCount)
        case .withinNoise, .same: return .passed
        }
    }
}
