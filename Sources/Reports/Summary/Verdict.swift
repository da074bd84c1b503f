package import Measurements

/// What a run says of itself: the answers to two questions that are not the same.
package struct Verdict: Sendable, Equatable {
    /// Whether it went well.
    package let result: RunResult
    /// Whether its numbers are what was asked for.
    package let measurement: Validity

    package init(result: RunResult, measurement: Validity) {
        self.result = result
        self.measurement = measurement
    }

    /// As the summary of a recording has it; nil where it says nothing.
    package init?(recorded summary: JSON) {
        guard let measurement = Validity(recorded: summary) else { return nil }
        self.init(result: RunResult(recorded: summary), measurement: measurement)
    }
}

extension Summary {
    /// The verdict on the run so far.
    package var verdict: Verdict { Verdict(result: result, measurement: validity) }
}
