internal import Measurements
internal import Memory

/// The comparison of one answer's body with the expected one, part by part as it comes.
///
/// Allocates nothing. Its cost is `SeededBody.firstDifference`, once for every byte.
struct BodyCheck {
    private(set) var body = SeededBody(seed: 0)
    private(set) var expectedByteCount = 0
    private(set) var receivedByteCount = 0
    /// The Content-Length of the answer.
    var announcedByteCount: Int?
    private(set) var state = State.right
    /// Where the first wrong byte was, and the bytes that came from there on.
    private(set) var firstWrongOffset = 0
    private(set) var found = InlineArray<16, UInt8>(repeating: 0)
    private(set) var foundCount = 0
    /// Enough for the word of the first wrong byte and the one after it.
    static let foundLimit = 16

    enum State: Equatable {
        case right
        /// Wrong, and too few bytes have come to tell which body they belong to.
        case untold
        /// So far the bytes of this other body.
        case swapped(SeededBody)
        case corrupted
    }

    /// Seeds are counted from 0, and no run comes this far: a larger one means that the bytes are of no body.
    private static let seedLimit: UInt64 = 1 << 48

    init() {}

    init(seed: UInt64, byteCount: Int) {
        body = SeededBody(seed: seed)
        expectedByteCount = byteCount
    }

    /// The next part of the answer's body.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        let offset = receivedByteCount
        receivedByteCount += bytes.count
        // Bytes behind the last expected one are only counted.
        let count = min(bytes.count, max(0, expectedByteCount - offset))
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count])
        switch state {
        case .right:
            guard let wrong = unsafe body.firstDifference(in: bytes, offset: offset) else { return }
            firstWrongOffset = wrong
            state = .untold
            unsafe collect(UnsafeRawBufferPointer(rebasing: bytes[(wrong - offset)...]))
        case .untold: unsafe collect(bytes)
        case .swapped(let other): unsafe compare(bytes, offset: offset, with: other)
        case .corrupted: break
        }
    }

    private mutating func compare(_ bytes: UnsafeRawBufferPointer, offset: Int, with other: SeededBody) {
        if unsafe other.firstDifference(in: bytes, offset: offset) != nil { state = .corrupted }
    }

    /// Keeps the bytes from the first wrong one on, until they tell which body they belong to.
    private mutating func collect(_ bytes: UnsafeRawBufferPointer) {
        let offset = firstWrongOffset + foundCount
        let count = min(bytes.count, BodyCheck.foundLimit - foundCount)
        for index in 0..<count { found[foundCount + index] = unsafe bytes[index] }
        foundCount += count
        tell()
        guard case .swapped(let other) = state else { return }
        unsafe compare(UnsafeRawBufferPointer(rebasing: bytes[count...]), offset: offset + count, with: other)
    }

    /// Finds out which body the wrong bytes belong to, if they belong to one.
    ///
    /// Eight bytes in a row name their seed. The word of the first wrong byte is tried first: the bytes
    /// before it were as expected. The swap may have begun within that word; then the next word tells.
    private mutating func tell() {
        let first = firstWrongOffset / 8
        for word in first...first + 1 {
            guard word * 8 + 8 <= firstWrongOffset + foundCount else { return }
            var value: UInt64 = 0
            for offset in (word * 8..<word * 8 + 8).reversed() {
                let byte = offset < firstWrongOffset ? body.byte(at: offset) : found[offset - firstWrongOffset]
                value = value << 8 | UInt64(byte)
            }
            let seed = SeededBody.seed(ofWord: value, at: UInt64(word))
            guard seed < BodyCheck.seedLimit else { continue }
            let other = SeededBody(seed: seed)
            let isOthers = (0..<foundCount).allSatisfy { found[$0] == other.byte(at: firstWrongOffset + $0) }
            state = isOthers ? .swapped(other) : .corrupted
            return
        }
        state = .corrupted
    }

    /// Where another response begins within the body, of which then the rest is missing: the server sent less than it
    /// had announced, and went on with the next answer. nil: the wrong bytes are none.
    var nextResponseOffset: Int? {
        guard state != .right else { return nil }
        // The first bytes of a status line may be those of the body by chance.
        let start: [UInt8] = Array("HTTP/1.".utf8)
        for same in 0...min(BodyCheck.chanceLimit, firstWrongOffset) where same + foundCount >= start.count {
            let begin = firstWrongOffset - same
            let isStart = start.indices.allSatisfy { index in
                start[index] == (index < same ? body.byte(at: begin + index) : found[index - same])
            }
            if isStart { return begin }
        }
        return nil
    }

    /// First bytes of the status line that may be those of the body by chance; more are not looked for.
    private static let chanceLimit = 3

    /// The fault of the answer; nil when it is right.
    ///
    /// - Parameter isWhole: false when the peer broke it off.
    func verdict(status: Int, isWhole: Bool) -> BodyViolation.Kind? {
        if status != 200 { return .wrongStatus }
        switch state {
        case .untold, .corrupted: return nextResponseOffset == nil ? .corrupted : .truncated
        case .swapped: return .swapped
        case .right: break
        }
        if let announcedByteCount, announcedByteCount != expectedByteCount { return .wrongLength }
        if receivedByteCount > expectedByteCount { return .wrongLength }
        return receivedByteCount < expectedByteCount || !isWhole ? .truncated : nil
    }
}
