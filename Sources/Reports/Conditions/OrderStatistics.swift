internal import Glibc

/// What few values tell of a percentile.
///
/// A percentile is printed only with ten values beyond it. Yet 690 of 734 values above a limit leave no doubt about the
/// percentile 99: were it at the limit or below, each value would be above with a probability of at most one in a
/// hundred, so that as many as 690 would come about in no run.
enum OrderStatistics {
    /// The probability below which chance is no explanation: one in a thousand.
    static let doubtLimit = 0.001

    /// Whether the percentile, 0 to 100, is above a limit that so many of the values are above.
    static func isCertain(percentile: Double, above: UInt64, of count: UInt64) -> Bool {
        probability(ofAtLeast: above, of: count, each: 1 - percentile / 100) < doubtLimit
    }

    /// Of at least so many hits in `count` independent tries, each with the same probability: the upper tail of the
    /// binomial distribution.
    static func probability(ofAtLeast hits: UInt64, of count: UInt64, each probability: Double) -> Double {
        guard hits > 0 else { return 1 }
        guard hits <= count else { return 0 }
        let odds = log(probability) - log1p(-probability)
        // The logarithm of the term with `hits` hits: each binomial coefficient from the one before.
        var term = Double(count) * log1p(-probability)
        for hit in 1...hits { term += log(Double(count - hit + 1) / Double(hit)) + odds }
        var sum = 0.0
        for hit in hits...count {
            sum += exp(term)
            guard hit < count else { break }
            let step = log(Double(count - hit) / Double(hit + 1)) + odds
            // Past the peak the terms shrink faster and faster.
            if step < 0, exp(term) < sum * 1e-9 { break }
            term += step
        }
        return min(1, sum)
    }
}
