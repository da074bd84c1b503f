internal import Measurements

/// What the events of a run tell beside their words.
struct EventTotals: Sendable {
    /// Findings in a server that is watched; those of the warm-up count.
    private(set) var found = FoundBugs()
    /// Times without an answer.
    private(set) var answerGaps = AnswerGapList()

    /// Takes the counts of a sample.
    mutating func update(_ counts: [FindingCount]) { found.update(counts) }

    mutating func add(_ finding: BrokenWrite) { found.note(finding) }

    mutating func add(_ event: Event) {
        if let finding = event.brokenWrite { add(finding) }
        if let gap = event.answerGap { answerGaps.add(gap, endNanoseconds: event.timeNanoseconds) }
    }
}
