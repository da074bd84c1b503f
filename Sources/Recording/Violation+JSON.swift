internal import Measurements

extension Violation {
    var json: JSON {
        var members: [JSON.Member] = [.init("kind", .string(kind.rawValue)), .init("write", write.json)]
        if let overwriter {
            members.append(.init("overwriter", .object([
                .init("connection", .number(Double(overwriter.connection))),
                .init("exchange", .number(Double(overwriter.exchange))),
                .init("request", .string(overwriter.request)),
            ])))
        }
        members += [
            .init("found_generation", .number(Double(foundGeneration))),
            .init("address", .string(Violation.hex(requestAddress))),
            .init("expected", expectedRequest.json), .init("found", foundRequest.json),
        ]
        if let changeOffset {
            members += [
                .init("change_offset", .number(Double(changeOffset))),
                .init("expected_bytes", .string(Violation.digits(expectedBytes))),
                .init("found_bytes", .string(Violation.digits(foundBytes))),
            ]
        }
        return .object(members)
    }

    /// nil when the object lacks what a violation has, or has it in words that we do not know.
    init?(json: JSON) {
        guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)), let write = json["write"],
            let address = json["address"]?.string.flatMap(Violation.number),
            let expected = json["expected"].flatMap(RequestFields.init(json:)),
            let found = json["found"].flatMap(RequestFields.init(json:))
        else { return nil }
        let overwriter = json["overwriter"].map { json in
            Overwriter(
                connection: Metric.whole(json["connection"]?.number ?? 0), exchange: Metric.whole(json["exchange"]?.number ?? 0),
                request: json["request"]?.string ?? "")
        }
        self.init(
            kind: kind, write: PendingWriteSample(json: write), overwriter: overwriter,
            foundGeneration: Metric.whole(json["found_generation"]?.number ?? 0), requestAddress: address,
            expectedRequest: expected, foundRequest: found,
            changeOffset: json["change_offset"]?.number.map { Metric.whole($0) },
            expectedBytes: Violation.bytes(json["expected_bytes"]?.string ?? ""),
            foundBytes: Violation.bytes(json["found_bytes"]?.string ?? ""))
    }

    fileprivate static func number(_ text: String) -> UInt64? { UInt64(text.dropFirst(2), radix: 16) }

    private static func digits(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ text: String) -> [UInt8] {
        let digits = Array(text.utf8)
        return stride(from: 0, to: digits.count - digits.count % 2, by: 2).map { index in
            UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) ?? 0
        }
    }
}

extension Violation.RequestFields {
    fileprivate var json: JSON {
        .object([
            .init("cb", .string(Violation.hex(callback))), .init("bufs", .string(Violation.hex(buffers))),
            .init("nbufs", .number(Double(bufferCount))),
        ])
    }

    fileprivate init?(json: JSON) {
        guard let callback = json["cb"]?.string.flatMap(Violation.number),
            let buffers = json["bufs"]?.string.flatMap(Violation.number)
        else { return nil }
        self.init(callback: callback, buffers: buffers, bufferCount: Metric.whole(json["nbufs"]?.number ?? 0))
    }
}

extension PendingWriteSample {
    var json: JSON {
        .object([
            .init("loop", .number(Double(loop))), .init("connection", .number(Double(connection))),
            .init("exchange", .number(Double(exchange))), .init("arena", .number(Double(arena))),
            .init("generation", .number(Double(generation))), .init("offset", offset.map { .number(Double($0)) } ?? .null),
            .init("bytes", .number(Double(byteCount))), .init("age", .number(Metric.seconds(ageNanoseconds))),
            .init("direct", .bool(isDirect)), .init("reset", .bool(isReset)),
        ])
    }

    /// What the object lacks is zero, as everywhere in a recording.
    init(json: JSON) {
        func whole<I: FixedWidthInteger>(_ name: String) -> I { Metric.whole(json[name]?.number ?? 0) }
        self.init(
            loop: whole("loop"), connection: whole("connection"), exchange: whole("exchange"), arena: whole("arena"),
            generation: whole("generation"), offset: json["offset"]?.number.map { Metric.whole($0) }, byteCount: whole("bytes"),
            ageNanoseconds: Metric.nanoseconds(json["age"]?.number ?? 0), isDirect: json["direct"] == .bool(true),
            isReset: json["reset"] == .bool(true))
    }
}
