/// How often something failed for one reason, and the first example of it.
package struct FailureCount: Sendable, Equatable {
    /// "stream reset by the server: REFUSED_STREAM".
    package var reason: String
    package var count: UInt64
    /// Which request it was first, and what had come: "GET /health, request 12". One line of printable ASCII.
    package var example: String

    /// Reasons that a loop tells apart; those met later count as one.
    package static let limit = 32

    package init(reason: String, count: UInt64, example: String) {
        self.reason = reason
        self.count = count
        self.example = example
    }

    /// The reason with its example.
    package var text: String { example.isEmpty ? reason : "\(reason) (first: \(example))" }
}

extension [FailureCount] {
    /// Adds another loop's.
    package mutating func merge(_ others: [FailureCount]) {
        for other in others {
            guard let index = firstIndex(where: { $0.reason == other.reason }) else {
                append(other)
                continue
            }
            // Recordings may say anything.
            self[index].count = Metric.Merge.sum.of(self[index].count, other.count)
        }
    }

    /// Those since an earlier reading.
    package func subtracting(_ earlier: [FailureCount]) -> [FailureCount] {
        compactMap { failure in
            var rest = failure
            let before = earlier.first { $0.reason == failure.reason }?.count ?? 0
            rest.count -= Swift.min(before, failure.count)
            return rest.count > 0 ? rest : nil
        }
    }
}
