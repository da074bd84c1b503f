internal import Load
package import Measurements
internal import Reports

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
    /// - Parameters:
    ///   - address: "127.0.0.1:41231": where the server listens; nil without one.
    ///   - secureAddress: the same for TLS.
    package func listening(at address: String?, secureAddress: String?) -> Plan {
        guard let port = Plan.port(of: address), let server else { return self }
        var plan = self
        plan.server?.port = port
        plan.client?.host = server.host
        plan.client?.port = port
        guard let tls = server.tls, let securePort = Plan.port(of: secureAddress) else { return plan }
        plan.server?.tls?.port = securePort
        plan.client?.isSecure = clientsUseTLS
        if clientsUseTLS {
            plan.client?.host = tls.host
            plan.client?.port = securePort
        }
        return plan
    }

    private static func port(of address: String?) -> Int? { address?.split(separator: ":").last.flatMap { Int($0) } }

    /// Beside `server` and `client`.
    static let fields: [PlanField<Plan>] = [
        .list("phases", \.phases, \.json, Phase.init(json:)),
        .list("events", \.events, \.json, PlannedEvent.init(json:)),
        // For readers: a run is judged where it was made.
        PlanField(name: "thresholds") { .array($0.thresholds.map { .string("\($0.phase ?? "all"): \($0.text)") }) } write: { _, _ in true },
        PlanField(name: "seed") { .number(Double($0.seed)) } write: { plan, json in
            guard let seed = json.number.flatMap({ UInt64(exactly: $0) }) else { return false }
            plan.seed = seed
            return true
        },
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
        .address("tls_listen", { $0.tls.map { ($0.host, $0.port) } }) { plan, address in
            plan.tls = address.map { ServerTLSPlan(host: $0.host, port: $0.port) }
        },
        // After where it listens; and the key after its certificate.
        .path("cert", { $0.tls?.files?.certificate }) { plan, path in
            plan.tls?.files = path.map { ServerTLSPlan.Files(certificate: $0, key: "") }
        },
        .path("key", { $0.tls?.files?.key }) { plan, path in
            if let path { plan.tls?.files?.key = path }
        },
        .time("handshake_timeout", \.handshakeTimeout),
    ]
}

extension ClientPlan {
    static let fields: [PlanField<ClientPlan>] = [
        .address("target", host: \.host, port: \.port),
        .flag("tls", \.isSecure),
        .choice("http", \.http),
        .flag("insecure", \.tls.isInsecure),
        .path("cacert", { $0.tls.authorityFile }) { $0.tls.authorityFile = $1 },
        .path("key_log", { $0.tls.keyLogPath }) { $0.tls.keyLogPath = $1 },
        .address("connect_to", { $0.connectTo.map { ($0.host, $0.port) } }) { plan, address in
            plan.connectTo = address.flatMap { try? ConnectTarget(TargetURL.authority(host: $0.host, port: $0.port)) }
        },
        .texts("path", \.paths),
        .text("method", \.method),
        .texts("header", \.headerLines),
        .text("data", \.bodyText),
        // After the four above, which say the same where all requests are alike.
        PlanField(name: "request_kinds") { .array($0.kinds.map(\.json)) } write: { plan, json in
            guard case .array(let parts) = json else { return false }
            let kinds = parts.compactMap(RequestKind.init)
            guard !kinds.isEmpty, kinds.count == parts.count else { return false }
            plan.kinds = kinds
            return true
        },
        .flag("body_check", \.checksBodies),
        .count("slow_readers", \.slowReaders),
        .share("early_close", \.earlyCloseShare),
        .flag("half_close", \.halfCloses),
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
        .count("retries", \.retries),
        .share("retry_budget", \.retryBudget),
        PlanField(name: "circuit_breaker") { $0.circuitBreaker.map { .string($0.text) } ?? .null } write: { plan, json in
            plan.circuitBreaker = json.string.flatMap { try? BreakerPolicy(parsing: $0) }
            return json == .null || plan.circuitBreaker != nil
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

    /// Of one body for all requests; others are told kind by kind.
    private var bodyText: String {
        get { String(decoding: body, as: UTF8.self) }
        set { body = Array(newValue.utf8) }
    }
}

extension PlanField {
    /// "host:port", in two properties.
    fileprivate static func address(_ name: String, host: Path<String>, port: Path<Int>) -> PlanField {
        address(name, { ($0[keyPath: host], $0[keyPath: port]) }) { part, address in
            guard let address else { return }
            part[keyPath: host] = address.host
            part[keyPath: port] = address.port
        }
    }

    /// "host:port"; null: none.
    fileprivate static func address(
        _ name: String, _ get: @escaping @Sendable (Part) -> (host: String, port: Int)?,
        set: @escaping @Sendable (inout Part, (host: String, port: Int)?) -> Void
    ) -> PlanField {
        PlanField(name: name) { get($0).map { .string(TargetURL.authority(host: $0.host, port: $0.port)) } ?? .null } write: { part, json in
            if json == .null {
                set(&part, nil)
                return true
            }
            guard let text = json.string, let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
            else { return false }
            let host = text[..<colon]
            set(&part, (String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host), port))
            return true
        }
    }

    /// The name of a file; null: none.
    fileprivate static func path(
        _ name: String, _ get: @escaping @Sendable (Part) -> String?, set: @escaping @Sendable (inout Part, String?) -> Void
    ) -> PlanField {
        PlanField(name: name) { get($0).map { .string($0) } ?? .null } write: { part, json in
            guard json == .null || json.string != nil else { return false }
            set(&part, json.string)
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
