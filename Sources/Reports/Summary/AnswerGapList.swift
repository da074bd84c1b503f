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
    /// Beginnings that are named.
    private static let namedLimit = 6
    /// Gaps recur when the times between them differ from their mean by no more than this share, or this time.
    private static let regularShare = 0.1
    private static let regularNanoseconds = 100e6

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

    /// Those of them that ended after this time.
    func since(_ nanoseconds: UInt64) -> AnswerGapList {
        var list = self
        list.gaps.removeAll { $0.end <= nanoseconds }
        return list
    }

    /// "no answer came for over 100ms 4 times, though requests were in flight: at 3.10s, 6.20s, 9.31s, 12.4s, about every
    /// 3.10s; 252ms at most". nil: there was no gap.
    var text: String? {
        guard let longest = gaps.max(by: { $0.length < $1.length }) else { return nil }
        func time(_ nanoseconds: UInt64) -> String { Figure.time(nanoseconds: nanoseconds) }
        if gaps.count == 1 {
            let gap = AnswerGap(durationNanoseconds: longest.length, requestCount: longest.requestCount)
            return "\(gap.sentence), from \(time(longest.start)) on"
        }
        let named = gaps.prefix(AnswerGapList.namedLimit).map { time($0.start) }.joined(separator: ", ")
        let rest = gaps.count - AnswerGapList.namedLimit
        let least = gaps.map(\.length).min() ?? 0
        return "no answer came for \(time(least)) or longer, \(gaps.count) times, though requests were in flight: at \(named)"
            + (rest > 0 ? " and \(rest) times more" : "") + (period.map { ", about every \(time($0))" } ?? "") + "; \(time(longest.length)) at most"
    }

    /// From one beginning to the next; nil: the times differ, or there are too few to tell.
    private var period: UInt64? {
        guard gaps.count >= 3 else { return nil }
        let times = zip(gaps.dropFirst(), gaps).map { Double($0.start - $1.start) }
        let mean = times.reduce(0, +) / Double(times.count)
        let tolerance = max(AnswerGapList.regularShare * mean, min(AnswerGapList.regularNanoseconds, mean / 2))
        return times.allSatisfy { abs($0 - mean) <= tolerance } ? UInt64(mean) : nil
    }
}

extension AnswerGapList.Gap {
    fileprivate var length: UInt64 { end - start }
}
