/// A small generator of random numbers (Steele, Lea, Flood: SplitMix, 2014): the same numbers for the
/// same seed, everywhere. For loads and tests, not for secrets.
@usableFromInline
package struct SplitMix64: Sendable, Equatable, RandomNumberGenerator {
    @usableFromInline var state: UInt64

    @inlinable
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    @inlinable
    package mutating func next() -> UInt64 {
        state &+= SplitMix64.step
        return SplitMix64.mix(state)
    }

    /// By which the state goes on: 2^64 divided by the golden ratio, odd.
    @inlinable package static var step: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    /// Spreads neighbouring numbers over all 64 bits. No two numbers become the same.
    @inlinable
    package static func mix(_ value: UInt64) -> UInt64 {
        var z = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
