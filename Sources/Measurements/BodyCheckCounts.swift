/// What became of the answers whose bodies were compared with what they have to be.
///
/// An answer counts once: as right, or under the first of these that applies, in this order:
/// wrong status, corrupted, swapped, wrong length, truncated.
package struct BodyCheckCounts: Sendable, Equatable {
    /// Answers that were judged, right and wrong.
    package var checked: UInt64 = 0
    /// A byte is wrong.
    package var corrupted: UInt64 = 0
    /// From the first wrong byte on these are the bytes of another request's body.
    package var swapped: UInt64 = 0
    /// Ended by the peer before the last byte: END_STREAM, a reset, or the connection's end.
    package var truncated: UInt64 = 0
    /// Announced another length than was asked for, or more bytes came.
    package var wrongLength: UInt64 = 0
    /// Another status than 200.
    package var wrongStatus: UInt64 = 0

    package init() {}

    /// Answers that were not what they have to be.
    package var wrong: UInt64 { corrupted + swapped + truncated + wrongLength + wrongStatus }

    /// Adds another loop's counts.
    package mutating func merge(_ other: BodyCheckCounts) {
        checked += other.checked
        corrupted += other.corrupted
        swapped += other.swapped
        truncated += other.truncated
        wrongLength += other.wrongLength
        wrongStatus += other.wrongStatus
    }
}

/// One answer that was wrong, as evidence.
package struct BodyViolation: Sendable, Equatable {
    /// The ways in which an answer is wrong.
    package enum Kind: String, Sendable, CaseIterable {
        case corrupted, swapped, truncated, wrongLength = "wrong length", wrongStatus = "wrong status"
    }

    package var kind: Kind
    /// What was asked for: "/bytes/64?seed=7".
    package var target: String
    package var status: Int
    /// Bytes that the body has, that came, and that the answer announced (nil: it did not).
    package var expectedByteCount: Int
    package var receivedByteCount: Int
    package var announcedByteCount: Int?
    /// Where the first wrong byte is; nil when all that came were right.
    package var offset: Int?
    /// The first bytes from there on, as they have to be and as they came; as many of both.
    package var expected: [UInt8] = []
    package var found: [UInt8] = []
    /// The seed whose bytes came instead.
    package var otherSeed: UInt64?
    /// The client's number within its loop, and the stream's in HTTP/2 (0 in HTTP/1.1).
    package var connection: Int
    package var stream: Int

    package init(
        kind: Kind, target: String, status: Int, expectedByteCount: Int, receivedByteCount: Int,
        announcedByteCount: Int?, connection: Int, stream: Int
    ) {
        self.kind = kind
        self.target = target
        self.status = status
        self.expectedByteCount = expectedByteCount
        self.receivedByteCount = receivedByteCount
        self.announcedByteCount = announcedByteCount
        self.connection = connection
        self.stream = stream
    }

    /// Parts of a sentence: "/bytes/64?seed=7 corrupted at 33", "expected 0a1b", ...
    package var items: [String] {
        var items = [offset.map { "\(target) \(kind.rawValue) at \($0)" } ?? "\(target) \(kind.rawValue)"]
        switch kind {
        case .corrupted, .swapped:
            items.append("expected \(BodyViolation.hex(expected))")
            items.append("found \(BodyViolation.hex(found))")
            if let otherSeed { items.append("which is seed \(otherSeed)") }
        case .truncated, .wrongLength:
            items.append("\(receivedByteCount) of \(expectedByteCount) bytes came")
            if let announcedByteCount { items.append("\(announcedByteCount) announced") }
        case .wrongStatus: items.append("status \(status)")
        }
        items.append("connection \(connection)")
        if stream > 0 { items.append("stream \(stream)") }
        return items
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
