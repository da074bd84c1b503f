/// One answer that was wrong, as evidence.
package struct BodyViolation: Sendable, Equatable {
    /// The ways in which an answer is wrong.
    package enum Kind: String, Sendable, CaseIterable {
        case corrupted, swapped, truncated, wrongLength = "wrong length", wrongStatus = "wrong status"
    }

    package var kind: Kind
    /// The target of the request: "/bytes/64?seed=7".
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
