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
    }

    private var gaps: [Gap] = []

    /// Gaps that are kept, of all loops: with more of them the first say enough.
    private static let limit = 256
    /// Gaps recur when the times between them differ from the period by no more than this share, or this time.
    private static let regularShare = 0.1
    private static let regularNanoseconds = 100e6
    /// A gap may be missing, since no request was in flight or the loop came late itself: then a time is some periods long.
    private static let longestMultiple = 4.0

    /// Takes a gap that a loop has noticed, in any order.
    mutating func add(_ gap: AnswerGap, endNanoseconds end: UInt64) {
        var new = Gap(start: end - min(end, gap.durationNanoseconds), end: end, requestCount: gap.requestCount)
        if let place = gaps.lastIndex(where: { $0.start <= new.end && new.start <= $0.end }) {
            let old = gaps.remove(at: place)
            new = Gap(start: min(old.start, new.start), end: max(old.end, new.end), requestCount: old.requestCount &+ new.requestCount)
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
    /// the run, about every 3.10s". Times are since the start of the run, its warm-up included. nil: there was no gap.
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
            + (gaps.isEmpty ? "" : ": " + RunTimes.text(gaps.map(\.start), of: count, period: period))
    }

    /// From one beginning to the next; nil: the times differ, or there are too few to tell.
    ///
    /// Where gaps are missing, times are several periods long: most of them have to be one, or any times would fit.
    var period: UInt64? {
        guard gaps.count >= 3 else { return nil }
        let times = zip(gaps.dropFirst(), gaps).map { Double($0.start - $1.start) }
        guard let shortest = times.min(), shortest > 0 else { return nil }
        let multiples = times.map { max(1, ($0 / shortest).rounded()) }
        let period = times.reduce(0, +) / multiples.reduce(0, +)
        let tolerance = max(AnswerGapList.regularShare * period, min(AnswerGapList.regularNanoseconds, period / 2))
        let single = multiples.count { $0 == 1 }
        guard single == times.count || single >= 2 && 2 * single > times.count else { return nil }
        let fits = zip(times, multiples).allSatisfy { time, multiple in
            let limit = multiple == 1 ? tolerance : min(tolerance, AnswerGapList.regularShare * 2 * period)
            return multiple <= AnswerGapList.longestMultiple && abs(time - multiple * period) <= limit
        }
        return fits ? UInt64(period) : nil
    }
}

extension AnswerGapList.Gap {
    fileprivate var length: UInt64 { end - start }
}
