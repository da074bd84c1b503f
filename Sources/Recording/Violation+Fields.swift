package import Measurements

extension Violation: Recorded {
    package static let fields: [RecordedField<Violation>] = [
        .choice("kind", \.kind), .object("write", \.write), .object("overwriter", \.overwriter),
        .whole("found_generation", \.foundGeneration), .address("address", \.requestAddress),
        .object("expected", \.expectedRequest), .object("found", \.foundRequest),
        .whole("change_offset", \.changeOffset),
        .bytes("expected_bytes", \.expectedBytes, unless: { $0.changeOffset == nil }),
        .bytes("found_bytes", \.foundBytes, unless: { $0.changeOffset == nil }),
    ]
}

extension Violation.Overwriter: Recorded {
    package static let fields: [RecordedField<Violation.Overwriter>] = [
        .whole("connection", \.connection), .whole("exchange", \.exchange), .text("request", \.request),
    ]
}

extension Violation.RequestFields: Recorded {
    package static let fields: [RecordedField<Violation.RequestFields>] = [
        .address("cb", \.callback), .address("bufs", \.buffers), .whole("nbufs", \.bufferCount),
    ]
}

extension PendingWriteSample: Recorded {
    package static let fields: [RecordedField<PendingWriteSample>] = [
        .whole("loop", \.loop), .whole("connection", \.connection), .whole("exchange", \.exchange), .whole("arena", \.arena),
        .whole("generation", \.generation),
        RecordedField(name: "offset") { $0.offset.map { .number(Double($0)) } ?? .null } read: { write, json in
            write.offset = json?.number.map { Metric.whole($0) }
            return true
        },
        .whole("bytes", \.byteCount), .seconds("age", \.ageNanoseconds), .flag("direct", \.isDirect), .flag("reset", \.isReset),
    ]
}
