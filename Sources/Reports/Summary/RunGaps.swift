internal import Load
internal import Measurements

/// Gaps in the answers of a run, or of a phase: what the clients counted, and what the events tell of the first ones.
struct RunGaps {
    let summary: Summary

    /// The clients counted them, or events tell of them. Recordings of before have neither.
    var isKnown: Bool { summary.last.client != nil && (summary.last.knows(.gaps) || summary.answerGaps.count > 0) }

    /// The longest; 0: there was none.
    var longestNanoseconds: UInt64 {
        max(
            summary.answerGaps.longestNanoseconds ?? 0, summary.last.client?.requests.gaps.longestNanoseconds ?? 0,
            Metric.nanoseconds(summary.maximum(of: "client.gaps.longest_in_interval") ?? 0))
    }

    /// Events tell of the first alone.
    var count: UInt64 { max(UInt64(summary.answerGaps.count), counted) }

    private var counted: UInt64 { summary.last.client?.requests.gaps.count ?? 0 }

    /// For people; nil: there was none.
    var text: String? { summary.answerGaps.text(count: counted, longestNanoseconds: longestNanoseconds) }

    /// A condition that such gaps meet, and the few of a busy machine do not: half as many, where they recur, or half as long.
    /// nil: there was none.
    var gate: String? {
        guard count < RunGaps.recurringCount else { return "client.gaps.count > \(count / 2)" }
        guard count > 0 else { return nil }
        return "client.gaps.longest > \(RunGaps.half(longestNanoseconds))"
    }

    /// "120ms" of 250 ms: half of a pause, and no less than the shortest that is noticed.
    static func half(_ nanoseconds: UInt64) -> String { "\(max(nanoseconds / 2, AnswerGap.leastNanoseconds) / 10_000_000 * 10)ms" }

    private static let recurringCount: UInt64 = 3

    /// The requests that were sent late were late by gaps: when they were due, all connections were waiting, none of them
    /// waited longer than the server stood still, or twice as long with what had piled up, and they are no more than were due
    /// in the gaps and as much again.
    var explainLateness: Bool {
        guard let client = summary.last.client, let longest = summary.scheduleDelay.highestRecordedNanoseconds else { return false }
        let late = summary.scheduleDelay.count(above: Validity.delayLimitNanoseconds), gap = longestNanoseconds
        let share = Double(late) / Double(max(1, summary.scheduleDelay.count)), seconds = summary.loadSeconds ?? 0
        guard share * seconds <= 2 * Metric.seconds(gap) * Double(max(1, count)) else { return false }
        return gap > 0 && late > 0 && client.requests.delayed >= max(1, late / 2) && longest / 2 <= gap
    }
}
