internal import Histogram

extension LatencyHistogram {
    /// Fewest values beyond a percentile: with less it would rest on a handful.
    package static let valuesBeyondPercentile = 10.0

    /// The values at percentiles from 0 to 100, in nanoseconds, in the order asked.
    ///
    /// One walk for all of them, since each walk visits the whole table. A percentile is
    /// nil until at least `valuesBeyondPercentile` values lie beyond it: p99.9 needs 10 000.
    /// At 100 it is the highest value, and needs one.
    package func valuesAtPercentiles(_ percentiles: [Double]) -> [UInt64?] {
        var answers = [UInt64?](repeating: nil, count: percentiles.count)
        let total = Double(count)
        // The rank of each, rounded up: 1 is the lowest value.
        let wanted: [(place: Int, rank: UInt64)] = percentiles.indices
            .filter { LatencyHistogram.supports(percentile: percentiles[$0], count: count) }
            .map { ($0, Metric.whole(max(1, (percentiles[$0] / 100 * total).rounded(.up)))) }
            .sorted { $0.rank < $1.rank }
        let counts = counts.span
        var index = 0, seen: UInt64 = 0
        for (place, rank) in wanted {
            // The bucket that was counted last may hold several ranks.
            while seen < rank, index < counts.count {
                if let sum = LatencyHistogram.sumOfBlock(counts, index), seen &+ sum < rank {
                    seen &+= sum
                    index &+= LatencyHistogram.blockCount
                } else {
                    seen &+= counts[index]
                    index &+= 1
                }
            }
            guard seen >= rank else { break }
            answers[place] = LatencyHistogram.highestValue(ofBucket: firstBucket + index - 1)
        }
        return answers
    }

    /// The share of the values that are above this one, from 0 to 1; nil without values. One walk.
    package func share(above nanoseconds: UInt64) -> Double? {
        count > 0 ? Double(count(above: nanoseconds)) / Double(count) : nil
    }

    /// How many values are above this one. One walk.
    package func count(above nanoseconds: UInt64) -> UInt64 {
        let last = LatencyHistogram.bucket(of: min(nanoseconds, LatencyHistogram.highestNanoseconds))
        return count - counts.prefix(max(0, last + 1 - firstBucket)).reduce(0, &+)
    }

    /// HdrHistogram's percentile spectrum, in milliseconds: the text that its plotters take, and wrk2 prints.
    ///
    /// Five steps to each halving of the distance to 100 %, as HdrHistogram has them by default.
    package func percentileSpectrum() -> String {
        var text = ""
        let nanosecondsInMillisecond = 1e6
        var histogram = Histogram<UInt64>(
            lowestDiscernibleValue: 1, highestTrackableValue: LatencyHistogram.highestNanoseconds, numberOfSignificantValueDigits: .three)
        forEachBucket { histogram.record(min($0, highest), count: $1) }
        histogram.outputPercentileDistribution(
            to: &text, outputValueUnitScalingRatio: nanosecondsInMillisecond, percentileTicksPerHalfDistance: 5)
        return text
    }

    /// Whether `count` values are enough to print a percentile from 0 to 100.
    package static func supports(percentile: Double, count: UInt64) -> Bool {
        guard count > 0 else { return false }
        // Both sides in hundredths of a percent: 100 - 99.9 in binary is not quite 0.1.
        let beyond = ((100 - percentile) * 10_000).rounded()
        return beyond <= 0 || Double(count) * beyond >= valuesBeyondPercentile * 1_000_000
    }

    /// The fewest values that support a percentile from 0 to 100.
    package static func countNeeded(percentile: Double) -> UInt64 {
        // In whole hundredths of a percent: 100 - 99.9 in binary is not quite 0.1.
        Metric.whole((valuesBeyondPercentile * 1_000_000 / ((100 - percentile) * 10_000).rounded()).rounded(.up))
    }

    /// Every value that was recorded, from the lowest up, with its count. A value stands
    /// for those within a thousandth of it.
    @inline(__always)
    package func forEachBucket(_ body: (_ nanoseconds: UInt64, _ count: UInt64) -> Void) {
        let counts = counts.span
        var index = 0
        while index < counts.count {
            let end = min(counts.count, index &+ LatencyHistogram.blockCount)
            if LatencyHistogram.sumOfBlock(counts, index) != 0 {
                for place in index..<end where counts[place] > 0 {
                    body(LatencyHistogram.highestValue(ofBucket: firstBucket + place), counts[place])
                }
            }
            index = end
        }
    }

    /// The mean, at the precision of the buckets; nil without values. One walk.
    package var meanSeconds: Double? {
        guard count > 0 else { return nil }
        var sum = 0.0
        forEachBucket { sum += Metric.seconds($0) * Double($1) }
        return sum / Double(count)
    }

    /// How many values lie above the bound before and at or below each of these, and the sum of all values, seconds. One walk.
    ///
    /// - Parameter bounds: in seconds, ascending.
    package func split(at bounds: [Double]) -> (counts: [UInt64], sumSeconds: Double) {
        var split = [UInt64](repeating: 0, count: bounds.count)
        var sum = 0.0
        var index = 0
        forEachBucket { nanoseconds, count in
            let seconds = Metric.seconds(nanoseconds)
            sum += seconds * Double(count)
            while index < bounds.count, seconds > bounds[index] { index += 1 }
            if index < bounds.count { split[index] += count }
        }
        return (split, sum)
    }

    /// Buckets that are looked at together, since most have no values.
    private static let blockCount = 8

    /// The values in these buckets; nil where there are fewer buckets.
    @inline(__always)
    private static func sumOfBlock(_ counts: Span<UInt64>, _ start: Int) -> UInt64? {
        guard start >= 0, start <= counts.count &- blockCount else { return nil }
        var sum: UInt64 = 0
        for offset in 0..<blockCount { unsafe sum &+= counts[unchecked: start &+ offset] }
        return sum
    }
}
