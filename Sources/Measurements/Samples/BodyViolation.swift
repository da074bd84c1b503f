/// One answer that was wrong, as evidence.
package struct BodyViolation: Sendable, Equatable {
    /// The ways in which an answer is wrong.
    package enum Kind: String, Sendable, CaseIterable {
        case corrupted, swapped, truncated, wrongLength = "wrong length", wrongStatus = "wrong status"

        /// As the reason of a failed request.
        package var words: String {
            switch self {
            case .corrupted: "bytes that belong to no request"
            case .swapped: "the bytes of another request's"
            case .truncated: "truncated"
            case .wrongLength: "another length than was asked for"
            case .wrongStatus: "another status than 200"
            }
        }
    }

    /// How a reason for the failure of a request begins where its body was wrong.
    package static let title = "wrong body"

    package var kind: Kind
    /// The target of the request: "/bytes/64?seed=7".
    package var target: String
    package var status: Int
    /// Bytes that the body has, that came, and that the answer announced (nil: it did not).
    package var expectedByteCount: Int
    package var receivedByteCount: Int
    package var announcedByteCount: Int?
    /// The seed of the body that was asked for.
    package var seed: UInt64?
    /// Where the first wrong byte is, or the next response begins; nil when all that came were right.
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

    /// `truncated at 2807764 of 4194304: the next response begins there`; `out of order: seed 40 got the body of seed 41`.
    package var finding: String {
        switch kind {
        case .swapped where (offset ?? 0) < BodyViolation.wordByteCount:
            return "out of order: " + (seed.map { "seed \($0) got" } ?? "it got") + " the body of " + otherText
        case .swapped: return "from byte \(offset ?? 0) of \(expectedByteCount) on the body of \(otherText)"
        case .corrupted:
            return "corrupted at \(offset ?? 0) of \(expectedByteCount): expected \(BodyViolation.hex(expected)), found \(BodyViolation.hex(found))"
        case .truncated where offset != nil:
            return "truncated at \(offset ?? 0) of \(expectedByteCount): the next response begins there"
        case .truncated: return "truncated at \(receivedByteCount) of \(expectedByteCount)" + announcedText
        case .wrongLength: return "\(Figure.counted(receivedByteCount, "byte")) came, not \(expectedByteCount)" + announcedText
        case .wrongStatus: return "status \(status), not 200"
        }
    }

    /// The answer was an error, which has a status that says more than its body.
    package var isErrorStatus: Bool { kind == .wrongStatus && status >= 400 }

    /// With the request, and where it was: for an event.
    package var sentence: String {
        "\(BodyViolation.title): \(target): \(finding) (connection \(connection)\(stream > 0 ? ", stream \(stream)" : ""))"
    }

    /// Of the bytes that name their seed; a swap that begins within the first of them begins with the body.
    private static let wordByteCount = 8

    private var otherText: String { otherSeed.map { "seed \($0)" } ?? "another seed" }

    private var announcedText: String {
        announcedByteCount.map { $0 == expectedByteCount ? "" : " (content-length \($0))" } ?? ""
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
