internal import Glibc
internal import Memory

/// Random places for a known number of requests within a stretch of a schedule's progress, one
/// after the other: a Poisson process that happens to have that number.
///
/// The places of n independent users on a line, in order, need no list of them: of m places
/// still to come the first lies where the m-th root of a random number says. The same seed gives
/// the same places. Allocates nothing.
package struct PoissonArrivals: Sendable, Equatable {
    private var random: SplitMix64
    private let startUnits: UInt128
    private let spanUnits: Double
    private var remainingCount: UInt64
    /// The share of the stretch that lies behind the last place.
    private var remainingShare = 1.0

    init(seed: UInt64, startUnits: UInt128, endUnits: UInt128, count: UInt64) {
        random = SplitMix64(seed: seed)
        self.startUnits = startUnits
        spanUnits = Double(endUnits - startUnits)
        remainingCount = count
    }

    /// The next place, as progress; not before the one returned last. nil: all have been.
    mutating func next() -> UInt128? {
        guard remainingCount > 0 else { return nil }
        remainingShare *= exp(log(random.nextUnit()) / Double(remainingCount))
        remainingCount -= 1
        return startUnits + UInt128((1 - remainingShare) * spanUnits)
    }
}
