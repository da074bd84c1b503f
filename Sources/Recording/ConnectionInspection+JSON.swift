internal import Measurements

extension ConnectionInspection {
    var json: JSON {
        .object([
            .init("id", .number(Double(id))), .init("loop", .number(Double(loop))),
            .init("open", .number(Double(openCount))), .init("ended", .number(Double(endedCount))),
            .init("retired_used_bytes", .number(Double(retiredUsedBytes))),
            .init("retired_reserved_bytes", .number(Double(retiredReservedBytes))),
            .init("arenas", .array(arenas.map(\.json))),
            .init("ended_used_bytes", .array(ended.map { .number(Double($0.usedBytes)) })),
            .init("ended_reserved_bytes", .array(ended.map { .number(Double($0.reservedBytes)) })),
        ])
    }

    /// nil when it is not said which connection it is.
    init?(json: JSON) {
        guard let id = json["id"]?.number, let loop = json["loop"]?.number else { return nil }
        self.init(id: Metric.whole(id), loop: Metric.whole(loop))
        func whole<I: FixedWidthInteger>(_ name: String) -> I { Metric.whole(json[name]?.number ?? 0) }
        openCount = whole("open")
        endedCount = whole("ended")
        retiredUsedBytes = whole("retired_used_bytes")
        retiredReservedBytes = whole("retired_reserved_bytes")
        if case .array(let rows)? = json["arenas"] {
            arenas = rows.prefix(ConnectionInspection.arenaLimit).map { ArenaReading(json: $0) }
        }
        if case .array(let used)? = json["ended_used_bytes"], case .array(let reserved)? = json["ended_reserved_bytes"] {
            ended = zip(used, reserved).prefix(ConnectionInspection.endedLimit).map {
                EndedExchange(usedBytes: Metric.whole($0.number ?? 0), reservedBytes: Metric.whole($1.number ?? 0))
            }
        }
    }
}

extension ArenaReading {
    var json: JSON {
        .object([
            .init("stream", .number(Double(streamID))), .init("target", .string(target)),
            .init("answered", .bool(isAnswered)), .init("head_bytes", .number(Double(headBytes))),
            .init("body_bytes", .number(Double(bodyBytes))), .init("response_bytes", .number(Double(responseBytes))),
            .init("used_bytes", .number(Double(usedBytes))), .init("reserved_bytes", .number(Double(reservedBytes))),
            .init("leases", .number(Double(leases))),
        ])
    }

    init(json: JSON) {
        func whole<I: FixedWidthInteger>(_ name: String) -> I { Metric.whole(json[name]?.number ?? 0) }
        var isAnswered = false
        if case .bool(let value)? = json["answered"] { isAnswered = value }
        self.init(
            streamID: whole("stream"), target: json["target"]?.string ?? "", isAnswered: isAnswered,
            headBytes: whole("head_bytes"), bodyBytes: whole("body_bytes"), responseBytes: whole("response_bytes"),
            usedBytes: whole("used_bytes"), reservedBytes: whole("reserved_bytes"), leases: whole("leases"))
    }
}
