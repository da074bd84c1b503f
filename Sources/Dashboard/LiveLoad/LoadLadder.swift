/// The loads at which + and - stop: 1, 1.5, 2, 3, 5, 7 and their tens.
///
/// Each is half as much again or a little more, so that a few presses find where a server
/// bends, and all are round numbers.
enum LoadLadder {
    private static let stops: [Double] = [0.001, 0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].flatMap { decade in
        [1, 1.5, 2, 3, 5, 7].map { $0 * decade }
    } + [1e8]

    /// The stop `steps` above a value, or below; the last one where there are no more.
    static func step(_ steps: Int, from value: Double) -> Double {
        // Nearly the same is the same: 0.3 is not above 0.3 for the sake of a binary fraction.
        let candidates = steps > 0 ? stops.filter { $0 > value * 1.000_001 } : stops.reversed().filter { $0 < value * 0.999_999 }
        guard steps != 0, !candidates.isEmpty else { return value }
        return candidates[min(abs(steps), candidates.count) - 1]
    }

    /// The same for a number of things, at least one.
    static func step(_ steps: Int, from count: Int) -> Int { max(1, Int(step(steps, from: Double(count)).rounded(.up))) }
}
