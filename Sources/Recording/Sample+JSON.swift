package import Measurements

extension Sample {
    /// As a recording has it.
    package var json: JSON { json(connectionLimit: Sample.recordedConnectionLimit) }

    /// The members of a sample under their metrics' names, with so many of the server's fullest connections.
    ///
    /// - Parameter withHistograms: false for a sample whose histograms nobody has kept.
    package func json(connectionLimit: Int = Sample.recordedConnectionLimit, withHistograms: Bool = true) -> JSON {
        var json = JSON.object([])
        for metric in Metric.all where withHistograms || metric.kind != .histogram {
            switch metric.read(self) {
            case .number(let number): json.set(.number(number), atPath: metric.name)
            case .histogram(let histogram): json.set(histogram.json(encoded: true), atPath: metric.name)
            case nil: continue
            }
        }
        // Behind the time, which readers look for in a line's first bytes.
        if let phase { json.set(.string(phase), atPath: "phase") }
        if isWarmup { json.set(.bool(true), atPath: "warmup") }
        if let server {
            let rows = server.fullestConnections(connectionLimit)
            json.set(.array(rows.map(\.json)), atPath: "server.\(Sample.connectionsName)")
            if !server.pendingWrites.isEmpty {
                let writes = server.pendingWrites.prefix(Sample.recordedPendingWriteLimit)
                json.set(.array(writes.map(\.json)), atPath: "server.\(Sample.pendingWritesName)")
            }
            if let inspection = server.inspection { json.set(inspection.json, atPath: "server.\(Sample.inspectionName)") }
        }
        return json
    }

    /// Rows of connections in one line of a recording: what fits a screen, and keeps an
    /// hour of 10 000 connections at a few megabytes.
    package static let recordedConnectionLimit = 16

    static let connectionsName = "fullest_connections"
    static let inspectionName = "inspected_connection"

    /// Rows of pending writes in one line: those of the connections above, four each.
    package static let recordedPendingWriteLimit = 64

    static let pendingWritesName = "pending_writes"

    /// Numbers that the line lacks stay zero: an older version did not count them.
    init(json: JSON) throws(RecordingError.Cause) {
        guard json["time"]?.number != nil, json["interval"]?.number != nil else { throw .missing("time") }
        self.init(timeNanoseconds: 0, intervalNanoseconds: 0, server: nil, client: nil, process: ProcessSample())
        phase = json["phase"]?.string
        isWarmup = json["warmup"] == .bool(true)
        for metric in Metric.all {
            guard let value = json[path: metric.name] else { continue }
            if metric.kind == .histogram {
                guard let text = value["hdr"]?.string else { throw .missing("\(metric.name).hdr") }
                do {
                    metric.write(&self, .histogram(try LatencyHistogram(encodedText: text)))
                } catch {
                    throw .histogram(metric.name, error)
                }
            } else {
                guard let number = value.number else { throw .missing(metric.name) }
                metric.write(&self, .number(number))
            }
        }
        server?.inspection = json[path: "server.\(Sample.inspectionName)"].flatMap { ConnectionInspection(json: $0) }
        if case .array(let rows)? = json[path: "server.\(Sample.connectionsName)"] {
            for row in rows {
                guard let connection = ConnectionSample(json: row) else { throw .missing(Sample.connectionsName) }
                server?.connections.append(connection)
            }
        }
        if case .array(let rows)? = json[path: "server.\(Sample.pendingWritesName)"] {
            server?.pendingWrites = rows.map(PendingWriteSample.init(json:))
        }
    }
}

extension ServerSample {
    /// The connections with the most pending bytes, at most `limit`; among equals, those that have sent the most.
    package func fullestConnections(_ limit: Int) -> [ConnectionSample] {
        let sorted = connections.sorted { ($0.pendingBytes, $0.sentBytes) > ($1.pendingBytes, $1.sentBytes) }
        return Array(sorted.prefix(limit))
    }
}

extension ConnectionSample {
    var json: JSON {
        .object([
            .init("id", .number(Double(id))), .init("loop", .number(Double(loop))), .init("peer", .string(peer)),
            .init("state", .string(state.rawValue)), .init("version", .string(version.rawValue)),
            .init("streams", .number(Double(streams))), .init("requests", .number(Double(requests))),
            .init("received_bytes", .number(Double(receivedBytes))), .init("sent_bytes", .number(Double(sentBytes))),
            .init("pending_bytes", .number(Double(pendingBytes))),
            .init("oldest_age", .number(Metric.seconds(oldestAgeNanoseconds))),
            .init("arena_used_bytes", .number(Double(arenaUsedBytes))),
            .init("arena_reserved_bytes", .number(Double(arenaReservedBytes))),
            .init("arena_high_water_bytes", .number(Double(arenaHighWaterBytes))),
            .init("age", .number(Metric.seconds(ageNanoseconds))),
        ])
    }

    /// nil when the row says no state or version that we know.
    init?(json: JSON) {
        guard let peer = json["peer"]?.string,
            let state = json["state"]?.string.flatMap(State.init(rawValue:)),
            let version = json["version"]?.string.flatMap(Version.init(rawValue:))
        else { return nil }
        func whole<I: FixedWidthInteger>(_ name: String) -> I { Metric.whole(json[name]?.number ?? 0) }
        func nanoseconds(_ name: String) -> UInt64 { Metric.nanoseconds(json[name]?.number ?? 0) }
        self.init(
            id: whole("id"), loop: whole("loop"), peer: peer, state: state, version: version,
            streams: whole("streams"), requests: whole("requests"), receivedBytes: whole("received_bytes"),
            sentBytes: whole("sent_bytes"), pendingBytes: whole("pending_bytes"),
            oldestAgeNanoseconds: nanoseconds("oldest_age"), arenaUsedBytes: whole("arena_used_bytes"),
            arenaReservedBytes: whole("arena_reserved_bytes"), arenaHighWaterBytes: whole("arena_high_water_bytes"),
            ageNanoseconds: nanoseconds("age"))
    }
}

extension Event {
    package var json: JSON {
        .object([
            .init("time", .number(Metric.seconds(timeNanoseconds))), .init("level", .string(level.rawValue)),
            .init("source", .string(source)), .init("text", .string(text)),
        ] + (violation.map { [.init("violation", $0.json)] } ?? []))
    }

    init(json: JSON) throws(RecordingError.Cause) {
        guard let time = json["time"]?.number, let level = json["level"]?.string.flatMap(Level.init(rawValue:)),
            let source = json["source"]?.string, let text = json["text"]?.string
        else { throw .missing("time, level, source or text") }
        self.init(timeNanoseconds: Metric.nanoseconds(time), level: level, source: source, text: text,
            violation: json["violation"].flatMap(Violation.init(json:)))
    }
}
