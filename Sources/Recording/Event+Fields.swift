package import Measurements

extension Event: Recorded {
    package static let fields: [RecordedField<Event>] = [
        RecordedField(name: "time") { .number(Metric.seconds($0.timeNanoseconds)) } read: { event, json in
            event.timeNanoseconds = Metric.nanoseconds(json?.number ?? 0)
            return json?.number != nil
        },
        .choice("level", \.level), .text("source", \.source, isRequired: true), .text("text", \.text, isRequired: true),
        .object("violation", \.violation), .object("finding", \.brokenWrite), .object("answer_gap", \.answerGap),
    ]
}
