internal import Measurements

/// The gaps in a run's answers, in the order of their beginnings, and whether they recur.
///
/// Loops notice the same gap each for itself: gaps that overlap are one.
struct AnswerGapList: Sendable {
    /// A gap on the axis of the samples.
    fileprivate struct Gap {
        var start: UInt64
        var end: UInt64
        var requestCount: UInt64
        var answeredCount: UInt64
    }

    private var gaps: [Gap] = []

    /// Gaps that are kept, of all loops: with more of them the first say enough.
    private static let limit = 256
    /// Gaps recur when the times between them differ from the period by no more than this share, or this time.
    private static let regularShare = 0.1
    private static let regularNanoseconds = 100e6
    private static let leastRequestPeriod: UInt64 = 10

    /// Takes a gap that a loop has noticed, in any order.
    mutating func add(_ gap: AnswerGap, endNanoseconds end: UInt64) {
        var new = Gap(start: end - min(end, gap.durationNanoseconds), end: end, requestCount: gap.requestCount, answeredCount: gap.answeredCount)
        if let place = gaps.lastIndex(where: { $0.start <= new.end && new.start <= $0.end }) {
            let old = gaps.remove(at: place)
            new = Gap(
                start: min(old.start, new.start), end: max(old.end, new.end), requestCount: old.requestCount &+ new.requestCount,
                answeredCount: old.answeredCount &+ new.answeredCount)
        }
        guard gaps.count < AnswerGapList.limit else { return }
        gaps.insert(new, at: gaps.firstIndex { $0.start > new.start } ?? gaps.count)
    }

    /// Those of them that ended at these times.
    func ending(in times: some RangeExpression<UInt64>) -> AnswerGapList {
        var list = self
        list.gaps.removeAll { !times.contains($0.end) }
        return list
    }

    /// Those that are kept.
    var count: Int { gaps.count }

    /// The longest of those that are kept; nil: there was none.
    var longestNanoseconds: UInt64? { gaps.map(\.length).max() }

    /// "no answer came for 100ms to 252ms, 4 times, though requests were in flight: at 3.10s, 6.20s, 9.31s, 12.4s of
    /// the run, about every 3.10s, or every 1550 requests: another rate tells which". Times are since the start of the run,
    /// its warm-up included. nil: there was no gap.
    ///
    /// - Parameters:
    ///   - counted: by the clients. Events tell of the first gaps alone.
    ///   - longest: of all.
    func text(count counted: UInt64, longestNanoseconds longest: UInt64) -> String? {
        func time(_ nanoseconds: UInt64) -> String { Figure.time(nanoseconds: nanoseconds) }
        let count = max(gaps.count, Int(clamping: counted)), most = max(longest, longestNanoseconds ?? 0)
        guard count > 0 else { return nil }
        if count == 1, let gap = gaps.first {
            return "\(AnswerGap(durationNanoseconds: gap.length, requestCount: gap.requestCount).sentence), from \(time(gap.start)) of the run on"
        }
        let least = count > gaps.count ? AnswerGap.leastNanoseconds : gaps.map(\.length).min() ?? 0
        return "no answer came for \(time(least))" + (most > least ? " to \(time(most))" : "") + ", \(Figure.times(count)), though requests were in flight"
            + (gaps.isEmpty ? "" : ": " + RunTimes.text(gaps.map(\.start), of: count) + rhythm)
    }

    /// From one beginning to the next, in nanoseconds; nil: they do not recur.
    var period: UInt64? {
        Recurrence.step(of: gaps.map(\.start)) { max(AnswerGapList.regularShare * $0, min(AnswerGapList.regularNanoseconds, $0 / 2)) }
            .map { UInt64($0) }
    }

    /// Requests from one to the next; nil: they do not recur with the requests, or nothing is known of those.
    ///
    /// A step has to be longer than what is in flight at once: within that it says how the load is mixed.
    private var requestPeriod: UInt64? {
        let atOnce = gaps.map(\.requestCount).max() ?? 0
        guard let step = Recurrence.step(of: gaps.map(\.answeredCount), tolerance: { AnswerGapList.regularShare * $0 }) else { return nil }
        return step > Double(max(2 * atOnce, AnswerGapList.leastRequestPeriod)) ? UInt64(step.rounded()) : nil
    }

    /// ", about every 3.00s, or every 1500 requests: another rate tells which"; empty: they do not recur.
    private var rhythm: String {
        let time = period.map { "every \(Figure.time(nanoseconds: $0))" }, requests = requestPeriod.map { "every \(Figure.counted($0, "request"))" }
        let steps = [time, requests].compactMap(\.self)
        return steps.isEmpty ? "" : ", about " + steps.joined(separator: ", or ") + (steps.count > 1 ? ": another rate tells which" : "")
    }
}

extension AnswerGapList.Gap {
    fileprivate var length: UInt64 { end - start }
}
