package import Measurements

extension Violation: Recorded {
    package static let fields: [RecordedField<Violation>] = [
        .choice("kind", \.kind), .object("write", \.write), .object("overwriter", \.overwriter),
        .whole("found_generation", \.foundGeneration), .address("address", \.requestAddress),
        .object("expected", \.expectedRequest), .object("found", \.foundRequest),
        RecordedField(name: "change_offset") { $0.changeOffset.map { .number(Double($0)) } } read: { violation, json in
            violation.changeOffset = json?.number.map { Metric.whole($0) }
            return true
        },
        .bytes("expected_bytes", \.expectedBytes), .bytes("found_bytes", \.foundBytes),
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

extension RecordedField {
    /// `0x00007f…`: 64 bits do not fit JSON's numbers.
    fileprivate static func address(_ name: String, _ path: Path<UInt64>) -> RecordedField {
        RecordedField(name: name) { .string(Violation.hex($0[keyPath: path])) } read: { value, json in
            guard let number = json?.string.flatMap({ UInt64($0.dropFirst(2), radix: 16) }) else { return false }
            value[keyPath: path] = number
            return true
        }
    }
}

extension RecordedField<Violation> {
    /// Two hexadecimal digits a byte; left out where no byte has changed.
    fileprivate static func bytes(_ name: String, _ path: Path<[UInt8]>) -> RecordedField {
        RecordedField(name: name) { violation in
            violation.changeOffset == nil ? nil : .string(violation[keyPath: path].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        } read: { violation, json in
            let digits = Array((json?.string ?? "").utf8)
            violation[keyPath: path] = stride(from: 0, to: digits.count - digits.count % 2, by: 2).map { index in
                UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) ?? 0
            }
            return true
        }
    }
}
