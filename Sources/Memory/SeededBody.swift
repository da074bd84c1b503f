/// The bytes of a predictable body: every one of them is a function of a seed and its offset.
///
/// The rule is public, so that any server can send such bodies and any client can check them:
/// `highwater/Manual.docc/predictable-bodies.md` has it in ten lines of Python and of C. In short: the body is a row
/// of words of eight bytes, least significant byte first. Word `b` is `x ^ (x >> 32)`, where
/// `x = key + b * step` and the key is SplitMix64's first number for the seed. Made for this:
///
/// - No byte needs those before it: a body can be made, and checked, in parts.
/// - An add, a shift and an exclusive or a word: as fast as memory, and the compiler does
///   several words at once.
/// - Each of its steps can be undone. Eight wrong bytes tell which seed they belong to, without
///   a search: a swapped answer gives away the request that it belongs to.
/// - No two seeds share a word at the same place, and no word comes twice in a body.
package struct SeededBody: Sendable, Equatable {
    package let seed: UInt64
    private let key: UInt64

    // Computed: without optimization each look at a stored one takes a lock.
    private static var step: UInt64 { SplitMix64.step }

    package init(seed: UInt64) {
        self.seed = seed
        key = SplitMix64.mix(seed &+ SeededBody.step)
    }

    /// The eight bytes from offset `8 * index` on, the first one least significant.
    @inline(__always)
    package func word(_ index: UInt64) -> UInt64 {
        let x = key &+ index &* SeededBody.step
        return x ^ x >> 32
    }

    /// One byte of the body.
    package func byte(at offset: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: word(UInt64(offset) / 8) >> (UInt64(offset) % 8 * 8))
    }

    /// The seed of a body that has this word as number `index`. There is exactly one: each step is undone in turn.
    package static func seed(ofWord word: UInt64, at index: UInt64) -> UInt64 {
        var z = (word ^ word >> 32) &- index &* step
        z = (z ^ z >> 31 ^ z >> 62) &* 0x3196_42B2_D24D_8EC3
        z = (z ^ z >> 27 ^ z >> 54) &* 0x96DE_1B17_3F11_9089
        z = z ^ z >> 30 ^ z >> 60
        return z &- step
    }

    /// Writes the bytes from `offset` on, as many as `target` has room for.
    package func fill(_ target: UnsafeMutableRawBufferPointer, offset: Int) {
        guard let start = target.baseAddress else { return }
        let end = offset + target.count
        let firstWord = (offset + 7) / 8
        let lastWord = end / 8
        guard firstWord < lastWord else {
            for position in offset..<end { unsafe target[position - offset] = byte(at: position) }
            return
        }
        for position in offset..<firstWord * 8 { unsafe target[position - offset] = byte(at: position) }
        let words = unsafe start + (firstWord * 8 - offset)
        // A sum that goes on instead of a product a word, and no check within: the compiler makes
        // vectors of it, a quarter of the instructions.
        var sum = key &+ UInt64(firstWord) &* SeededBody.step
        for index in 0..<lastWord - firstWord {
            unsafe words.storeBytes(of: (sum ^ sum >> 32).littleEndian, toByteOffset: index &* 8, as: UInt64.self)
            sum &+= SeededBody.step
        }
        for position in lastWord * 8..<end { unsafe target[position - offset] = byte(at: position) }
    }

    /// Where `bytes`, which begin at `offset` of the body, are wrong for the first time: an offset
    /// of the body. nil: they are all right.
    package func firstDifference(in bytes: UnsafeRawBufferPointer, offset: Int) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        let end = offset + bytes.count
        let firstWord = (offset + 7) / 8
        let lastWord = end / 8
        guard firstWord < lastWord else { return unsafe firstDifferentByte(bytes, offset, offset..<end) }
        if let found = unsafe firstDifferentByte(bytes, offset, offset..<firstWord * 8) { return found }
        let words = unsafe start + (firstWord * 8 - offset)
        // Blocks without a branch inside, which the compiler turns into vectors.
        let wordsPerBlock = SeededBody.wordsPerBlock
        var block = firstWord
        var sum = key &+ UInt64(firstWord) &* SeededBody.step
        while block < lastWord {
            let blockEnd = min(block + wordsPerBlock, lastWord)
            var difference: UInt64 = 0
            for index in block..<blockEnd {
                let found = unsafe UInt64(littleEndian: words.loadUnaligned(
                    fromByteOffset: (index &- firstWord) &* 8, as: UInt64.self))
                difference |= found ^ sum ^ sum >> 32
                sum &+= SeededBody.step
            }
            if difference != 0 { return unsafe firstDifferentByte(bytes, offset, block * 8..<blockEnd * 8) }
            block = blockEnd
        }
        return unsafe firstDifferentByte(bytes, offset, lastWord * 8..<end)
    }

    /// Words compared before looking at the outcome: four cache lines.
    private static let wordsPerBlock = 32

    private func firstDifferentByte(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ range: Range<Int>) -> Int? {
        for position in range where unsafe bytes[position - offset] != byte(at: position) { return position }
        return nil
    }
}
