extension Condition {
    /// The result of a condition that fails a build.
    package enum Judgement: Sendable, Equatable {
        /// It does not hold, or the change is no more than noise.
        case passed
        /// It holds, or one of the runs lacks the figure.
        case failed
        /// It holds, but too few intervals have the figure to tell whether by chance.
        case unknown(intervals: Int)
    }

    /// Whether the condition fails the build.
    ///
    /// A value is the later run's. A change must also be more than the noise floor: a run that differs by chance
    /// fails no build. Where the floor is not known, the change is not judged. A figure that either run lacks fails.
    package func judge(_ comparison: Comparison) -> Judgement {
        guard let change = comparison.change(of: figure, inPhase: phase), let base = change.base, let other = change.other
        else { return .failed }
        guard isChange else { return holds(other) ? .failed : .passed }
        // From 0 to something is more than any share. Equal values need no noise floor.
        guard base != other, holds(change.share ?? (other > base ? .infinity : -.infinity)) else { return .passed }
        guard let noiseFloor = change.noiseFloor else { return .unknown(intervals: change.intervalCount) }
        return (other - base).magnitude > noiseFloor ? .failed : .passed
    }
}
