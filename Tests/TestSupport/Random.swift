internal import Memory

/// The same numbers at every run.
package struct Random: RandomNumberGenerator {
    private var generator: SplitMix64

    package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    package mutating func next() -> UInt64 { generator.next() }

    /// From 0 to `limit - 1`.
    package mutating func next(below limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
