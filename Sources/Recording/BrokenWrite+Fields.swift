package import Measurements

extension BrokenWrite: Recorded {
    /// Places of a stack that are read: more than a probe tells, with functions that were inlined.
    private static let placeLimit = 128

    package static let fields: [RecordedField<BrokenWrite>] = [
        .choice("kind", \.kind), .whole("number", \.number),
        RecordedField(name: "count") { $0.count == 1 ? nil : .number(Double($0.count)) } read: { finding, json in
            finding.count = json?.number.map { Metric.whole($0) } ?? 1
            return true
        },
        .whole("process", \.process), .text("peer", \.peer),
        RecordedField(name: "descriptor") { $0.descriptor < 0 ? nil : .number(Double($0.descriptor)) } read: { finding, json in
            finding.descriptor = json?.number.map { Metric.whole($0) } ?? -1
            return true
        },
        .whole("bytes", \.byteCount), .seconds("age", \.ageNanoseconds), .flag("latent", \.isLatent), .flag("unmapped", \.memory.isUnmapped),
        .address("address", \.requestAddress), .object("expected", \.expectedRequest, unless: { $0.expectedRequest == .init() }),
        .object("found", \.foundRequest, unless: { !$0.kind.hasFoundRequest }),
        .whole("change_offset", \.changeOffset),
        .bytes("expected_bytes", \.expectedBytes, unless: { $0.changeOffset == nil }),
        .bytes("found_bytes", \.foundBytes, unless: { $0.changeOffset == nil }),
        .choice("trap", \.trap), .object("again", \.memory.again), .choice("next_write", \.memory.nextWrite), .flag("not_freed", \.memory.isNotFreed),
        .texts("write_places", \.writePlaces, limit: placeLimit), .texts("found_places", \.foundPlaces, limit: placeLimit),
        .texts("freed_places", \.memory.freedPlaces, limit: placeLimit),
    ]
}

extension BrokenWrite.Again: Recorded {
    package static let fields: [RecordedField<BrokenWrite.Again>] = [.text("place", \.place, isRequired: true), .flag("same_connection", \.isOnSameConnection)]
}

extension BrokenWrite.RequestFields: Recorded {
    package static let fields: [RecordedField<BrokenWrite.RequestFields>] = [
        .address("cb", \.callback), .address("handle", \.handle), .whole("nbufs", \.bufferCount),
    ]
}
