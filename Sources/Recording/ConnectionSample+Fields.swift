package import Measurements

extension ConnectionSample: Recorded {
    package static let fields: [RecordedField<ConnectionSample>] = [
        .whole("id", \.id), .whole("loop", \.loop), .text("peer", \.peer, isRequired: true),
        .choice("state", \.state), .choice("version", \.version),
        .whole("streams", \.streams), .whole("requests", \.requests),
        .whole("received_bytes", \.receivedBytes), .whole("sent_bytes", \.sentBytes),
        .whole("pending_bytes", \.pendingBytes), .seconds("oldest_age", \.oldestAgeNanoseconds),
        .secondsUnlessZero("oldest_request", \.oldestRequestNanoseconds),
        .whole("arena_used_bytes", \.arenaUsedBytes), .whole("arena_reserved_bytes", \.arenaReservedBytes),
        .whole("arena_high_water_bytes", \.arenaHighWaterBytes), .whole("arena_last_exchange_bytes", \.lastExchangeBytes), .seconds("age", \.ageNanoseconds),
        .object("kernel", \.kernel),
    ]

    /// As a recording has it, without the figures that its source cannot know.
    func json(without unknown: UnknownFigures) -> JSON {
        guard !unknown.isDisjoint(with: [.httpDetails, .arenas]), case .object(let members) = json else { return json }
        return .object(members.filter { member in
            !(unknown.contains(.httpDetails) && ConnectionSample.httpNames.contains(member.name))
                && !(unknown.contains(.arenas) && member.name.hasPrefix(ConnectionSample.arenaPrefix))
        })
    }

    private static let httpNames: Set = ["streams", "requests"]
    private static let arenaPrefix = "arena_"
}

extension ConnectionSample.KernelView: Recorded {
    package static let fields: [RecordedField<ConnectionSample.KernelView>] = [
        .whole("queued_bytes", \.queuedBytes), .whole("unsent_bytes", \.unsentBytes), .seconds("round_trip", \.roundTripNanoseconds),
        RecordedField(name: "window_limited") { .number($0.windowLimitedShare) } read: { view, json in
            view.windowLimitedShare = min(1, max(0, json?.number ?? 0))
            return true
        },
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
