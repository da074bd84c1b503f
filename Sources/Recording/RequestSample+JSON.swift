package import Measurements

extension RequestSample {
    /// The member of the clients' part of a sample, and of a summary, that lists the requests by kind.
    package static let memberName = "by_request"

    /// As a recording has it. Latencies that are those of all requests are left out, and so are response times that are
    /// the service times.
    ///
    /// - Parameter total: of all requests; nil: nothing is left out.
    package func json(within total: ClientSample?, withHistograms: Bool = true) -> JSON {
        var json = JSON.object([.init("name", .string(name))])
        for (name, value) in RequestSample.table.values(of: self) {
            if case .number(let number) = value { json.set(.number(number), atPath: name) }
        }
        json.set(statusNumbers.json, atPath: NumberedStatus.memberName)
        if withHistograms, serviceTime != total?.serviceTime { json.set(serviceTime.json(encoded: true), atPath: "service_time") }
        if withHistograms, total == nil || responseTime != serviceTime { json.set(responseTime.json(encoded: true), atPath: "response_time") }
        return json
    }

    /// What `json` wrote. Numbers that it lacks stay zero.
    init(json: JSON, within total: ClientSample) throws(RecordingError.Cause) {
        guard let name = json["name"]?.string else { throw .missing("\(RequestSample.memberName).name") }
        self.init(name)
        for name in RequestSample.table.names {
            if let number = json[path: name]?.number { RequestSample.table.set(.number(number), named: name, of: &self) }
        }
        statusNumbers = [NumberedStatus](json: json[NumberedStatus.memberName])
        serviceTime = try RequestSample.latencies(json, "service_time") ?? total.serviceTime
        responseTime = try RequestSample.latencies(json, "response_time") ?? serviceTime
    }

    private static func latencies(_ json: JSON, _ name: String) throws(RecordingError.Cause) -> LatencyHistogram? {
        guard let text = json[name]?["hdr"]?.string else { return nil }
        do { return try LatencyHistogram(encodedText: text) } catch { throw .histogram("\(RequestSample.memberName).\(name)", error) }
    }
}

extension OriginSample {
    /// The member of the clients' part of a sample, and of a summary, that lists the servers of a load that has several.
    package static let memberName = "by_server"

    var json: JSON {
        var json = JSON.object([.init("name", .string(name))])
        for (name, value) in OriginSample.table.values(of: self) {
            if case .number(let number) = value { json.set(.number(number), atPath: name) }
        }
        return json
    }

    /// What `json` wrote; nil without a name.
    init?(json: JSON) {
        guard let name = json["name"]?.string else { return nil }
        self.init(name)
        for name in OriginSample.table.names {
            if let number = json[path: name]?.number { OriginSample.table.set(.number(number), named: name, of: &self) }
        }
    }
}

extension NumberedStatus {
    /// The member that has the responses by status: `{"200": 12, "503": 1}`.
    package static let memberName = "statuses"
}

extension [NumberedStatus] {
    package var json: JSON { .object(map { JSON.Member(String($0.status), .number(Double($0.count))) }) }

    /// Members whose names are no statuses are left out.
    package init(json: JSON?) {
        self = []
        guard case .object(let members)? = json else { return }
        merge(members.compactMap { member in
            guard let status = Int(member.name), (0..<1_000).contains(status), let count = member.value.number else { return nil }
            return NumberedStatus(status: status, count: Metric.whole(count))
        })
    }
}

extension ClientSample {
    /// The members that are no numbers: requests by kind, statuses, servers and reasons of failures, as far as there are any.
    ///
    /// - Parameters:
    ///   - ofWholeRun: each kind has its latencies, also where they are those of all.
    package func listsJSON(withHistograms: Bool = true, ofWholeRun: Bool = false) -> [JSON.Member] {
        var members: [JSON.Member] = []
        if !statusNumbers.isEmpty { members.append(.init(NumberedStatus.memberName, statusNumbers.json)) }
        if !byRequest.isEmpty {
            let rows = byRequest.map { $0.json(within: ofWholeRun ? nil : self, withHistograms: withHistograms) }
            members.append(.init(RequestSample.memberName, .array(rows)))
        }
        if !origins.isEmpty { members.append(.init(OriginSample.memberName, .array(origins.map(\.json)))) }
        if !failures.isEmpty { members.append(.init(FailureCount.memberName, .array(failures.map(\.json)))) }
        return members
    }

    /// Takes the same from a recording, whose numbers have been read.
    mutating func readLists(_ json: JSON) throws(RecordingError.Cause) {
        statusNumbers = [NumberedStatus](json: json[NumberedStatus.memberName])
        if case .array(let rows)? = json[RequestSample.memberName] {
            for row in rows.prefix(RequestSample.limit) { byRequest.append(try RequestSample(json: row, within: self)) }
        }
        if case .array(let rows)? = json[OriginSample.memberName] {
            origins = rows.prefix(OriginSample.limit).compactMap(OriginSample.init(json:))
        }
        if case .array(let failures)? = json[FailureCount.memberName] {
            self.failures = failures.compactMap(FailureCount.init(json:))
        }
    }
}
