internal import Measurements

/// In which samples of a part of a run an event loop of a watched server stood still: how often, and whether that recurs.
///
/// A sample has the longest turn of its interval, and not when that was; so times are those of samples.
struct LongTurns: Sendable {
    /// When the samples were taken, of those with a long turn; the first of them alone.
    private var times: [UInt64] = []
    private var count = 0
    private var sampleCount = 0
    private var intervalNanoseconds: UInt64 = 0

    /// Times that are kept: with more of them the first say enough.
    private static let limit = 64

    /// Takes the next sample.
    mutating func add(_ sample: Sample) {
        guard sample.watch != nil, sample.knows([.loopDetails, .intervalTurns]), let turn = sample.watch?.longestTurn else { return }
        sampleCount += 1
        intervalNanoseconds = max(intervalNanoseconds, sample.intervalNanoseconds)
        guard turn.newNanoseconds >= AnswerGap.leastNanoseconds else { return }
        count += 1
        if times.count < LongTurns.limit { times.append(sample.timeNanoseconds) }
    }

    /// "100ms or longer in 3 of 10 samples: at 3.00s, 6.00s, 9.00s of the run, about every 3.00s". nil: there was none.
    var text: String? {
        guard count > 0 else { return nil }
        return "\(Figure.time(nanoseconds: AnswerGap.leastNanoseconds)) or longer in \(count) of \(Figure.counted(UInt64(sampleCount), "sample")): "
            + RunTimes.text(times, of: count) + (period.map { ", about every \(Figure.time(nanoseconds: $0))" } ?? "")
    }

    /// From one to the next; nil: the times differ by more than the samples' interval, there are too few, or nearly each sample
    /// has one.
    var period: UInt64? {
        guard times.count >= 3 else { return nil }
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }, mean = (times[times.count - 1] - times[0]) / UInt64(steps.count)
        guard 2 * mean >= 3 * intervalNanoseconds, steps.allSatisfy({ max($0, mean) - min($0, mean) <= intervalNanoseconds + intervalNanoseconds / 10 }) else { return nil }
        return mean
    }
}
