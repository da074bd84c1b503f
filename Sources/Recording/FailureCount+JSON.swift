package import Measurements

extension FailureCount {
    package var json: JSON {
        .object([
            .init("reason", .string(reason)), .init("count", .number(Double(count))), .init("example", .string(example)),
            .init("of", .string(subject.rawValue)),
        ])
    }

    /// nil when the object has no reason. Where it does not say what failed, an attempt to connect is known by its words.
    init?(json: JSON) {
        guard let reason = json["reason"]?.string else { return nil }
        let subject = json["of"]?.string.flatMap(Subject.init(rawValue:)) ?? (reason.hasPrefix("not connected: ") ? .connection : .request)
        self.init(reason: reason, count: Metric.whole(json["count"]?.number ?? 0), example: json["example"]?.string ?? "", of: subject)
    }

    /// The member of the clients' part of a sample, and of a summary, that lists them.
    package static let memberName = "failures"
}
