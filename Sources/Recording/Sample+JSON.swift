package import Measurements

extension Sample {
    /// As a recording has it.
    package var json: JSON { json(connectionLimit: Sample.recordedConnectionLimit) }

    /// The members of a sample under their metrics' names, with so many of the fullest connections of the server, or of the clients.
    ///
    /// - Parameter withHistograms: false for a sample whose histograms have been dropped.
    package func json(connectionLimit: Int = Sample.recordedConnectionLimit, withHistograms: Bool = true) -> JSON {
        var members = MetricTree.all.members(of: self, withHistograms: withHistograms)
        // Behind the time, which readers look for in a line's first bytes.
        if let phase { members.append(.init("phase", .string(phase))) }
        if isWarmup { members.append(.init("warmup", .bool(true))) }
        // Those of the clients are known to be unknown by their absence.
        let unknown = unknown.intersection(.ofServer)
        if !unknown.isEmpty { members.append(.init(Sample.unknownName, .array(unknown.names.map { .string($0) }))) }
        if let client, let index = members.firstIndex(where: { $0.name == "client" }), case .object(var parts) = members[index].value {
            parts += client.listsJSON(withHistograms: withHistograms)
            if !client.connections.isEmpty {
                // Without an arena: a client has none.
                let rows = ConnectionSample.fullest(client.connections, connectionLimit).map { $0.json(without: .arenas) }
                parts.append(.init(Sample.connectionsName, .array(rows)))
            }
            members[index].value = .object(parts)
        }
        if !findingCounts.isEmpty, let index = members.firstIndex(where: { $0.name == "watch" }),
            case .object(var parts) = members[index].value {
            parts.append(.init(FindingCount.memberName, findingCounts.json))
            members[index].value = .object(parts)
        }
        if let server, let index = members.firstIndex(where: { $0.name == "server" }), case .object(var parts) = members[index].value {
            parts.append(.init(Sample.connectionsName, .array(ConnectionSample.fullest(server.connections, connectionLimit).map { $0.json(without: unknown) })))
            if !server.pendingWrites.isEmpty {
                let writes = server.pendingWrites.prefix(Sample.recordedPendingWriteLimit)
                parts.append(.init(Sample.pendingWritesName, .array(writes.map(\.json))))
            }
            if let inspection = server.inspection { parts.append(.init(Sample.inspectionName, inspection.json)) }
            members[index].value = .object(parts)
        }
        var json = JSON.object(members)
        for (path, field) in Sample.waitsInTurns {
            if let waited = watch?.longestTurn[keyPath: field], waited > 0, knows(.loopDetails) { json.set(.number(Metric.seconds(waited)), atPath: path) }
        }
        return json
    }

    /// Beside the turns to which they belong: with another turn they would say nothing, so they are no metrics.
    private static var waitsInTurns: [(path: String, field: WritableKeyPath<LongestTurn, UInt64>)] {
        [
            ("watch.loop.longest_turn_waited", \.everWaitedNanoseconds), ("watch.loop.longest_turn_in_interval_waited", \.newWaitedNanoseconds),
        ]
    }

    /// Rows of connections in one line of a recording. They fill a screen, and an hour of 10 000 connections
    /// stays at a few megabytes.
    package static let recordedConnectionLimit = 16

    /// Rows of pending writes in one line: those of the connections above, four each.
    package static let recordedPendingWriteLimit = 64

    /// Figures that the source could not know, and that the line therefore lacks.
    private static let unknownName = "unknown"
    private static let connectionsName = "fullest_connections"
    private static let inspectionName = "inspected_connection"
    private static let pendingWritesName = "pending_writes"
    /// Members that are rows of connections and writes.
    static let rowNames = [connectionsName, inspectionName, pendingWritesName]

    /// Numbers that the line lacks stay zero, or are unknown: an older version did not count them.
    ///
    /// - Parameter withRows: false: without rows of connections and writes.
    init(json: JSON, withRows: Bool = true) throws(RecordingError.Cause) {
        guard json["time"]?.number != nil, json["interval"]?.number != nil else { throw .missing("time") }
        self.init(timeNanoseconds: 0, intervalNanoseconds: 0, server: nil, client: nil, process: ProcessSample())
        phase = json["phase"]?.string
        isWarmup = json["warmup"] == .bool(true)
        if case .array(let names)? = json[Sample.unknownName] { unknown = UnknownFigures(names: names.compactMap(\.string)) }
        try MetricTree.all.read(json, into: &self)
        // Older recordings have the longest turn since the start alone.
        if watch != nil, json[path: "watch.loop.longest_turn_in_interval"] == nil { unknown.insert(.intervalTurns) }
        for (path, field) in Sample.waitsInTurns { watch?.longestTurn[keyPath: field] = json[path: path]?.number.map(Metric.nanoseconds) ?? 0 }
        // Before gaps were counted.
        if client != nil, json[path: "client.gaps.count"] == nil { unknown.insert(.gaps) }
        if let parts = json["client"] {
            try client?.readLists(parts)
            if withRows { client?.connections = try Sample.rows(parts, Sample.connectionsName) }
        }
        findingCounts = [FindingCount](json: json["watch"]?[FindingCount.memberName])
        guard withRows, let parts = json["server"] else { return }
        server?.inspection = parts[Sample.inspectionName].flatMap { try? ConnectionInspection(json: $0) }
        server?.connections = try Sample.rows(parts, Sample.connectionsName)
        server?.pendingWrites = try Sample.rows(parts, Sample.pendingWritesName)
    }

    private static func rows<Row: Recorded>(_ json: JSON, _ name: String) throws(RecordingError.Cause) -> [Row] {
        guard case .array(let values)? = json[name] else { return [] }
        var rows: [Row] = []
        for value in values {
            // The row's own error would not say which list it is in.
            guard let row = try? Row(json: value) else { throw .missing(name) }
            rows.append(row)
        }
        return rows
    }
}

extension ConnectionSample {
    /// The connections with the most pending bytes, at most `limit`; among equals, those whose request has waited longest,
    /// then those that have sent the most.
    package static func fullest(_ connections: [ConnectionSample], _ limit: Int) -> [ConnectionSample] {
        let sorted = connections.sorted {
            ($0.pendingBytes, $0.oldestRequestNanoseconds, $0.sentBytes) > ($1.pendingBytes, $1.oldestRequestNanoseconds, $1.sentBytes)
        }
        return Array(sorted.prefix(limit))
    }
}
