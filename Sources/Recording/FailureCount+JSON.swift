package import Measurements

extension FailureCount {
    package var json: JSON {
        .object([.init("reason", .string(reason)), .init("count", .number(Double(count))), .init("example", .string(example))])
    }

    /// nil when the object has no reason.
    init?(json: JSON) {
        guard let reason = json["reason"]?.string else { return nil }
        self.init(reason: reason, count: Metric.whole(json["count"]?.number ?? 0), example: json["example"]?.string ?? "")
    }

    /// The member of the clients' part of a sample, and of a summary, that lists them.
    package static let memberName = "failures"
}
