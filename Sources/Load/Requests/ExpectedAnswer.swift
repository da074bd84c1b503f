/// The response that a request has to get. Parts that are left out may be anything.
package struct ExpectedAnswer: Sendable, Equatable {
    /// One of these.
    package var statuses: [ClosedRange<Int>] = []
    /// All of these, each with exactly this value.
    package var headers: [HeaderField] = []
    package var bodyByteCount: Int?
    /// The `grpc-status` of the trailers. An answer with another one, or without, is a failed request.
    package var grpcStatus: Int?
    /// CRC-32 of the body, as zlib and gzip have it.
    package var bodyChecksum: UInt32?

    package init() {}

    package var isEmpty: Bool { self == ExpectedAnswer() }

    /// Whether it says anything about the body.
    package var looksAtBody: Bool { bodyByteCount != nil || bodyChecksum != nil }

    /// Headers of one expectation: a bit for each is kept with the request.
    package static let headerLimit = 8
    /// Statuses of one.
    package static let statusLimit = 16

    /// "200" or "2xx"; nil for a text that is no status of a whole response.
    package static func statuses(_ text: String) -> ClosedRange<Int>? {
        if text.count == 3, text.hasSuffix("xx"), let hundreds = text.first?.wholeNumberValue, (2...5).contains(hundreds) {
            return hundreds * 100...hundreds * 100 + 99
        }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let status = Int(text), (200...599).contains(status) else { return nil }
        return status...status
    }

    /// "200", "2xx": as `statuses` reads it.
    package static func text(_ range: ClosedRange<Int>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound / 100)xx"
    }

    /// "200 or 2xx": for people.
    package var statusText: String { statuses.map(ExpectedAnswer.text).joined(separator: " or ") }

    /// Eight digits.
    package static func text(checksum: UInt32) -> String {
        let digits = String(checksum, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
