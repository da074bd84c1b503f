/// A small generator of random numbers (Steele, Lea, Flood: SplitMix, 2014): the same numbers for the
/// same seed, everywhere. For loads and tests, not for secrets.
@usableFromInline
package struct SplitMix64: Sendable, Equatable, RandomNumberGenerator {
    /// 2^64 divided by the golden ratio, odd: the step between two states.
    @inlinable package static var step: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    @usableFromInline var state: UInt64

    @inlinable
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    @inlinable
    package mutating func next() -> UInt64 {
        state &+= SplitMix64.step
        return SplitMix64.mix(state)
    }

    /// Above 0, at most 1.
    package mutating func nextUnit() -> Double { (Double(next() >> 11) + 1) * 0x1p-53 }

    /// The number of a state: one to one, and far from those of its neighbours.
    @inlinable
    package static func mix(_ state: UInt64) -> UInt64 {
        let first = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        let second = (first ^ first >> 27) &* 0x94D0_49BB_1331_11EB
        return second ^ second >> 31
    }
}
