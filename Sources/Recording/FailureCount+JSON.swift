package import Measurements

extension FailureCount {
    package var json: JSON {
        .object([
            .init("reason", .string(reason)), .init("count", .number(Double(count))), .init("example", .string(example)),
            .init("of", .string(subject.rawValue)),
        ] + (rhythm.map { [.init("rhythm", $0.json)] } ?? []) + (kinds.map { [.init("kinds", .array($0.map(\.json)))] } ?? [])
            + (afterAnswers > 0 ? [.init("after_answers", .number(Double(afterAnswers)))] : []))
    }

    /// nil when the object has no reason. Where it does not say what failed, an attempt to connect is known by its words.
    package init?(json: JSON) {
        guard let reason = json["reason"]?.string else { return nil }
        let subject = json["of"]?.string.flatMap(Subject.init(rawValue:)) ?? (reason.hasPrefix("not connected: ") ? .connection : .request)
        self.init(reason: reason, count: Metric.whole(json["count"]?.number ?? 0), example: json["example"]?.string ?? "", of: subject)
        rhythm = json["rhythm"].flatMap(FailureRhythm.Finding.init(json:))
        if case .array(let values)? = json["kinds"] { kinds = values.prefix(FailureCount.kindLimit).compactMap(Kind.init(json:)) }
        afterAnswers = Metric.whole(json["after_answers"]?.number ?? 0)
    }

    /// The member of the clients' part of a sample, and of a summary, that lists them.
    package static let memberName = "failures"
}

extension FailureCount.Kind {
    fileprivate var json: JSON { .object([.init("name", .string(name)), .init("count", .number(Double(count)))]) }

    fileprivate init?(json: JSON) {
        guard let name = json["name"]?.string, let count = json["count"]?.number else { return nil }
        self.init(name: name, count: Metric.whole(count))
    }
}

extension FailureRhythm.Finding {
    fileprivate var json: JSON {
        .object([
            .init("kind", .string(kind.rawValue)), .init("step", .number(Double(step))), .init("requests", .array(numbers.map { .number(Double($0)) })),
        ])
    }

    /// nil: it is of a kind that this version does not know, or has no step.
    fileprivate init?(json: JSON) {
        guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)), let step = json["step"]?.number.map({ Metric.whole($0) }) as UInt64?, step > 0
        else { return nil }
        var numbers: [UInt64] = []
        if case .array(let values)? = json["requests"] { numbers = values.prefix(FailureRhythm.namedLimit).compactMap { $0.number.map { Metric.whole($0) } } }
        self.init(kind: kind, step: step, numbers: numbers)
    }
}
