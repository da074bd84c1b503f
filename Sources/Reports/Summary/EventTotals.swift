internal import Measurements

/// What the events of a run tell beside their words.
struct EventTotals: Sendable {
    /// Findings in a server that is watched; those of the warm-up count.
    private(set) var found = FoundBugs()
    /// Times without an answer.
    private(set) var answerGaps = AnswerGapList()
    /// Of the first crash of a server that is watched: the innermost first.
    private(set) var crashPlaces: [String] = []
    /// When the newest of them was told.
    private var crashNanoseconds: UInt64 = 0

    /// Takes the counts of a sample.
    mutating func update(_ counts: [FindingCount]) { found.update(counts) }

    /// The gaps that ended at these times, alone.
    func gaps(in times: some RangeExpression<UInt64>) -> EventTotals {
        var rest = EventTotals()
        rest.answerGaps = answerGaps.ending(in: times)
        return rest
    }

    mutating func add(_ finding: BrokenWrite) { found.note(finding) }

    mutating func add(_ event: Event) {
        if let finding = event.brokenWrite { add(finding) }
        if let gap = event.answerGap { answerGaps.add(gap, endNanoseconds: event.timeNanoseconds) }
        if event.source == "server", let frame = CrashFrame(event.text) { add(frame, atNanoseconds: event.timeNanoseconds) }
    }

    private mutating func add(_ frame: CrashFrame, atNanoseconds time: UInt64) {
        guard crashPlaces.count == frame.index, crashPlaces.isEmpty || crashNanoseconds == time else { return }
        crashNanoseconds = time
        crashPlaces.append(frame.place)
    }
}
