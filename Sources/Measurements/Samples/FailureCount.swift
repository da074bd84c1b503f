/// How often something failed for one reason, and the first example of it.
package struct FailureCount: Sendable, Equatable {
    /// What failed.
    package enum Subject: String, Sendable {
        /// A request. The counts of all reasons are the failed requests: each has one reason.
        case request
        /// An attempt of a request that was sent again (`--retries`): the request has not failed by it.
        case attempt
        /// A connection with no request in flight, or an attempt to make one.
        case connection
    }

    /// "stream reset by the server: REFUSED_STREAM".
    package var reason: String
    package var count: UInt64
    /// Which request it was first, and what had come: "GET /health, request 12 of the run". One line of printable ASCII.
    package var example: String
    package var subject: Subject
    /// Which requests failed for it, where that is regular; nil: it is not, or cannot be told.
    package var rhythm: FailureRhythm.Finding?

    /// Reasons that a loop tells apart; those met later count as one.
    package static let limit = 32

    package init(reason: String, count: UInt64, example: String, of subject: Subject = .request) {
        self.subject = subject
        self.reason = reason
        self.count = count
        self.example = example
    }

    fileprivate func isSame(as other: FailureCount) -> Bool { reason == other.reason && subject == other.subject }

    /// The answer was there, and `--body-check` found its body wrong.
    package var isWrongBody: Bool { reason.hasPrefix(BodyViolation.title) }

    /// An answer from 500 on: the server's own word that it failed.
    package var isServerError: Bool { reason.hasPrefix("status 5") }

    /// How a reason ends where no connection had been made yet: a server that is not listening yet is no failing one.
    package static let startWords = " (before a first connection was made)"
    package var isAtStart: Bool { reason.hasSuffix(FailureCount.startWords) }

    /// The reason with its regularity and its example: "status 500, every 97th request: 97, 194, 291 ... (first: GET /, request
    /// 97 of the run)".
    package var text: String { reason + (rhythm.map { ", \($0.text)" } ?? "") + (example.isEmpty ? "" : " (first: \(example))") }
}

extension [FailureCount] {
    /// Those of one subject.
    package func of(_ subject: FailureCount.Subject) -> [FailureCount] { filter { $0.subject == subject } }

    /// Adds another loop's. Numbers of several loops are in no order.
    package mutating func merge(_ others: [FailureCount]) {
        for other in others {
            guard let index = firstIndex(where: { $0.isSame(as: other) }) else {
                append(other)
                continue
            }
            // Recordings may say anything.
            self[index].count = Metric.Merge.sum.of(self[index].count, other.count)
            self[index].rhythm = nil
            if self[index].example.isEmpty { self[index].example = other.example }
        }
    }

    /// Those since an earlier reading.
    package func subtracting(_ earlier: [FailureCount]) -> [FailureCount] {
        compactMap { failure in
            var rest = failure
            let before = earlier.first { $0.isSame(as: failure) }?.count ?? 0
            rest.count -= Swift.min(before, failure.count)
            return rest.count > 0 ? rest : nil
        }
    }
}
