package import Measurements

extension Plan {
    /// The plan as a recording's header has it: every name is the long flag's, with `_` for `-`.
    package var json: JSON {
        var members: [JSON.Member] = []
        if let server { members.append(.init("server", PlanField.json(of: server, ServerPlan.fields))) }
        if let client { members.append(.init("client", PlanField.json(of: client, ClientPlan.fields))) }
        return .object(members + Plan.fields.map { .init($0.name, $0.read(self)) })
    }

    /// The plan that `json` says; what it lacks is as if nobody had asked for it.
    package init(json: JSON) throws(PlanError) {
        guard case .object = json else { throw PlanError(name: "plan") }
        self.init(server: nil, client: nil)
        if let part = json["server"] {
            var server = ServerPlan()
            try PlanField.fill(&server, from: part, ServerPlan.fields, "server.")
            self.server = server
        }
        if let part = json["client"] {
            var client = ClientPlan()
            try PlanField.fill(&client, from: part, ClientPlan.fields, "client.")
            self.client = client
        }
        try PlanField.fill(&self, from: json, Plan.fields, "")
    }

    /// The plan with the port that the system chose where it asked for any.
    ///
    /// - Parameter address: "127.0.0.1:41231": where the server listens; nil without one.
    package func listening(at address: String?) -> Plan {
        guard let port = address?.split(separator: ":").last.flatMap({ Int($0) }), server != nil else { return self }
        var plan = self
        plan.server?.port = port
        plan.client?.host = server?.host ?? ""
        plan.client?.port = port
        return plan
    }

    /// Beside `server` and `client`.
    static let fields: [PlanField<Plan>] = [
        .time("duration", \.duration),
        .time("interval", \.interval),
        .time("drain", \.drainTime),
        .flag("isolate", \.isIsolated),
    ]
}

/// A plan in JSON that nobody can run.
package struct PlanError: Error, Equatable, CustomStringConvertible {
    /// "client.connections": what has no value that it could have.
    package var name: String

    package init(name: String) { self.name = name }

    package var description: String { "\(name): not what a plan can have there" }
}

extension ServerPlan {
    static let fields: [PlanField<ServerPlan>] = [
        .address("listen", host: \.host, port: \.port),
        .count("loops", \.loops),
        .count("connection_limit", \.connectionLimit),
        .count("unsent_limit", \.unsentByteLimit),
        .count("body_limit", \.bodyByteLimit),
        .time("header_timeout", \.headerTimeout),
        .time("idle_timeout", \.idleTimeout),
        .time("request_timeout", \.requestTimeout),
        .count("send_buffer", \.sendBufferByteCount),
        .choice("write_policy", \.writePolicy),
        .flag("audit", \.audits),
    ]
}

extension ClientPlan {
    static let fields: [PlanField<ClientPlan>] = [
        .address("target", host: \.host, port: \.port),
        .texts("path", \.paths),
        .text("method", \.method),
        .texts("header", \.headerLines),
        .text("data", \.bodyText),
        .flag("body_check", \.checksBodies),
        .count("connections", \.connections),
        .count("streams", \.streams),
        .count("threads", \.loops),
        .number("rate", \.rate),
        .count("requests", \.requests),
        .choice("cache_scope", \.cacheScope),
        PlanField(name: "reconnect") { .string($0.reconnect.text) } write: { plan, json in
            guard let policy = json.string.flatMap({ try? ReconnectPolicy(parsing: $0) }) else { return false }
            plan.reconnect = policy
            return true
        },
        .time("timeout", \.requestTimeout),
        .time("connect_timeout", \.connectTimeout),
        .count("window", \.windowByteCount),
    ]

    /// "name: value"; a name has no colon.
    private var headerLines: [String] {
        get { headers.map { "\($0.name): \($0.value)" } }
        set {
            headers = newValue.compactMap { line in
                guard let colon = line.firstRange(of: ": ") else { return nil }
                return HeaderField(name: String(line[..<colon.lowerBound]), value: String(line[colon.upperBound...]))
            }
        }
    }

    /// Bodies come from command lines and scenarios, which are text.
    private var bodyText: String {
        get { String(decoding: body, as: UTF8.self) }
        set { body = Array(newValue.utf8) }
    }
}

extension PlanField {
    /// "host:port", in two properties.
    fileprivate static func address(_ name: String, host: Path<String>, port: Path<Int>) -> PlanField {
        PlanField(name: name) { .string(TargetURL.authority(host: $0[keyPath: host], port: $0[keyPath: port])) } write: { part, json in
            guard let text = json.string, let colon = text.lastIndex(of: ":"), let number = Int(text[text.index(after: colon)...])
            else { return false }
            let name = text[..<colon]
            part[keyPath: host] = String(name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name)
            part[keyPath: port] = number
            return true
        }
    }

    fileprivate static func json(of part: Part, _ fields: [PlanField]) -> JSON {
        .object(fields.map { .init($0.name, $0.read(part)) })
    }

    fileprivate static func fill(
        _ part: inout Part, from json: JSON, _ fields: [PlanField], _ prefix: String
    ) throws(PlanError) {
        for field in fields {
            guard let value = json[field.name] else { continue }
            guard field.write(&part, value) else { throw PlanError(name: prefix + field.name) }
        }
    }
}
