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
    /// How many of each kind of request failed for it, in no order; nil: there is one kind, or too many failed to tell them.
    package var kinds: [Kind]?
    /// Of requests: those on a connection that had answered others.
    package var afterAnswers: UInt64 = 0

    /// Requests of one kind.
    package struct Kind: Sendable, Equatable {
        /// As the table of requests has it.
        package var name: String
        package var count: UInt64

        package init(name: String, count: UInt64) {
            self.name = name
            self.count = count
        }
    }

    /// Kinds that are told for one reason: with more of them the reason is not theirs.
    package static let kindLimit = 3

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

    /// The words of a reason where the connection ended and nothing of the answer had come.
    package static let silenceWords = "before anything of the answer came"
    package var isSilentEnd: Bool { reason.contains(FailureCount.silenceWords) }

    /// How a reason ends where no connection had been made yet: a server that is not listening yet is no failing one.
    package static let startWords = " (before a first connection was made)"
    package var isAtStart: Bool { reason.hasSuffix(FailureCount.startWords) }

    /// The reason with its regularity and its example: "status 500, every 97th request: 97, 194, 291 ... (first: GET /, request
    /// 97 of the run)".
    package var text: String { text([]) }

    /// The same with what else is known of it, before the example.
    package func text(_ clauses: [String]) -> String {
        ([reason] + (rhythm.map { [$0.text] } ?? []) + clauses).joined(separator: ", ") + (example.isEmpty ? "" : " (first: \(example))")
    }
}

extension FailureCount {
    /// nil: of one of them it is not known, or there are more than are told.
    fileprivate static func merged(_ left: [Kind]?, _ right: [Kind]?) -> [Kind]? {
        guard var kinds = left, let right else { return nil }
        for kind in right {
            if let index = kinds.firstIndex(where: { $0.name == kind.name }) {
                kinds[index].count = Metric.Merge.sum.of(kinds[index].count, kind.count)
            } else {
                kinds.append(kind)
            }
        }
        return kinds.count > kindLimit ? nil : kinds
    }

    fileprivate static func subtracting(_ earlier: [Kind], from kinds: [Kind]) -> [Kind] {
        kinds.compactMap { kind in
            let before = earlier.first { $0.name == kind.name }?.count ?? 0
            return kind.count > before ? Kind(name: kind.name, count: kind.count - before) : nil
        }
    }
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
            self[index].afterAnswers = Metric.Merge.sum.of(self[index].afterAnswers, other.afterAnswers)
            self[index].rhythm = nil
            self[index].kinds = FailureCount.merged(self[index].kinds, other.kinds)
            if self[index].example.isEmpty { self[index].example = other.example }
        }
    }

    /// Those since an earlier reading.
    package func subtracting(_ earlier: [FailureCount]) -> [FailureCount] {
        compactMap { failure in
            var rest = failure
            guard let before = earlier.first(where: { $0.isSame(as: failure) }) else { return rest.count > 0 ? rest : nil }
            rest.count -= Swift.min(before.count, failure.count)
            rest.afterAnswers -= Swift.min(before.afterAnswers, failure.afterAnswers)
            rest.kinds = failure.kinds.flatMap { kinds in before.kinds.map { FailureCount.subtracting($0, from: kinds) } }
            return rest.count > 0 ? rest : nil
        }
    }
}
