package import Measurements

extension AnswerGap: Recorded {
    package static let fields: [RecordedField<AnswerGap>] = [
        .seconds("duration", \.durationNanoseconds), .whole("requests", \.requestCount), .whole("answered", \.answeredCount),
    ]
}
