package import Measurements

extension ConnectionSample: Recorded {
    package static let fields: [RecordedField<ConnectionSample>] = [
        .whole("id", \.id), .whole("loop", \.loop), .text("peer", \.peer, isRequired: true),
        .choice("state", \.state), .choice("version", \.version),
        .whole("streams", \.streams), .whole("requests", \.requests),
        .whole("received_bytes", \.receivedBytes), .whole("sent_bytes", \.sentBytes),
        .whole("pending_bytes", \.pendingBytes), .seconds("oldest_age", \.oldestAgeNanoseconds),
        .whole("arena_used_bytes", \.arenaUsedBytes), .whole("arena_reserved_bytes", \.arenaReservedBytes),
        .whole("arena_high_water_bytes", \.arenaHighWaterBytes), .seconds("age", \.ageNanoseconds),
    ]
}

extension ConnectionInspection: Recorded {
    package static let fields: [RecordedField<ConnectionInspection>] = [
        .identity("id", \.id), .identity("loop", \.loop), .whole("open", \.openCount), .whole("ended", \.endedCount),
        .whole("retired_used_bytes", \.retiredUsedBytes), .whole("retired_reserved_bytes", \.retiredReservedBytes),
        .list("arenas", \.arenas, limit: arenaLimit),
        .column("ended_used_bytes", \.usedBytes), .column("ended_reserved_bytes", \.reservedBytes),
    ]
}

extension RecordedField<ConnectionInspection> {
    /// One number of each exchange that ended. As columns, since an object for each would be mostly names.
    fileprivate static func column(_ name: String, _ path: any WritableKeyPath<EndedExchange, Int> & Sendable) -> RecordedField {
        RecordedField(name: name) { .array($0.ended.map { .number(Double($0[keyPath: path])) }) } read: { inspection, json in
            guard case .array(let numbers)? = json else { return true }
            for (index, number) in numbers.prefix(ConnectionInspection.endedLimit).enumerated() {
                if index == inspection.ended.count { inspection.ended.append(EndedExchange(usedBytes: 0, reservedBytes: 0)) }
                inspection.ended[index][keyPath: path] = Metric.whole(number.number ?? 0)
            }
            return true
        }
    }
}

extension ArenaReading: Recorded {
    package static let fields: [RecordedField<ArenaReading>] = [
        .whole("stream", \.streamID), .text("target", \.target), .flag("answered", \.isAnswered),
        .whole("head_bytes", \.headBytes), .whole("body_bytes", \.bodyBytes), .whole("response_bytes", \.responseBytes),
        .whole("used_bytes", \.usedBytes), .whole("reserved_bytes", \.reservedBytes), .whole("leases", \.leases),
    ]
}
