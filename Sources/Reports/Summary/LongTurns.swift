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
    /// The longest of all samples' intervals, under load or not.
    private var longest = LongestTurn()

    /// Times that are kept: with more of them the first say enough.
    private static let limit = 64

    /// Takes the next sample.
    mutating func add(_ sample: Sample, isUnderLoad: Bool) {
        guard sample.watch != nil, sample.knows([.loopDetails, .intervalTurns]), let turn = sample.watch?.longestTurn else { return }
        longest.merge(turn)
        guard isUnderLoad else { return }
        sampleCount += 1
        intervalNanoseconds = max(intervalNanoseconds, sample.intervalNanoseconds)
        guard turn.newNanoseconds >= AnswerGap.leastNanoseconds else { return }
        count += 1
        if times.count < LongTurns.limit { times.append(sample.timeNanoseconds) }
    }

    /// How long the thread waited for a processor in the longest turn, which took this time; 0: hardly, or that is not known.
    func waited(inTurnOf nanoseconds: UInt64) -> UInt64 {
        nanoseconds == longest.everNanoseconds ? longest.everWaitedNanoseconds : nanoseconds == longest.newNanoseconds ? longest.newWaitedNanoseconds : 0
    }

    /// "100ms or longer in 3 of 10 samples: at 3.00s, 6.00s, 9.00s of the run, about every 3.00s". nil: there was none.
    var text: String? {
        guard count > 0 else { return nil }
        return "\(Figure.time(nanoseconds: AnswerGap.leastNanoseconds)) or longer in \(count) of \(Figure.counted(UInt64(sampleCount), "sample")): "
            + RunTimes.text(times, of: count) + rhythm
    }

    /// ", about every 3.00s"; empty: they do not recur.
    var rhythm: String { period.map { ", about every \(Figure.time(nanoseconds: $0))" } ?? "" }

    /// From one to the next; nil: the times differ by more than the samples' interval, there are too few, or nearly each sample
    /// has one.
    private var period: UInt64? {
        guard times.count >= 3 else { return nil }
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }, mean = (times[times.count - 1] - times[0]) / UInt64(steps.count)
        guard 2 * mean >= 3 * intervalNanoseconds, steps.allSatisfy({ max($0, mean) - min($0, mean) <= intervalNanoseconds + intervalNanoseconds / 10 }) else { return nil }
        return mean
    }
}

/// The longest turn of the event loops of a server that is watched, in a run or a part of it.
struct TurnOfRun {
    let nanoseconds: UInt64
    /// How long its thread waited for a processor in it; 0: hardly, or that is not known.
    let waitedNanoseconds: UInt64

    /// nil: none is known.
    init?(_ summary: Summary) {
        guard summary.last.watch != nil, summary.last.knows(.loopDetails), let seconds = summary.number("watch.loop.longest_turn"), seconds > 0 else { return nil }
        nanoseconds = Metric.nanoseconds(seconds)
        waitedNanoseconds = summary.gauges.longTurns.waited(inTurnOf: nanoseconds)
    }

    /// Long, and the program's own: one that mostly waited for a processor is the machine's.
    var isPause: Bool { nanoseconds >= AnswerGap.leastNanoseconds && waitedNanoseconds < nanoseconds / 2 }

    /// "longest turn 504ms (480ms of it waiting for a processor)"
    var text: String {
        let isToldOf = waitedNanoseconds >= max(nanoseconds / 10, 10_000_000)
        return "longest turn \(Figure.time(nanoseconds: nanoseconds))"
            + (isToldOf ? " (\(Figure.time(nanoseconds: waitedNanoseconds)) of it waiting for a processor)" : "")
    }
}
