internal import Measurements
internal import Workload

extension Plan {
    /// The plan as a recording's header has it: every name is the long flag's, with `_` for `-`.
    var json: JSON {
        var members: [JSON.Member] = []
        if let server { members.append(.init("server", server.json)) }
        if let client { members.append(.init("client", client.json)) }
        members.append(.init("duration", duration.map { .number($0.inSeconds) } ?? .null))
        members.append(.init("interval", .number(interval.inSeconds)))
        members.append(.init("drain", .number(drainTime.inSeconds)))
        return .object(members)
    }

    /// The plan with the port that the system chose where it asked for any.
    ///
    /// - Parameters:
    ///   - address: "127.0.0.1:41231": where the server listens; nil without one.
    ///   - secureAddress: the same for TLS.
    func listening(at address: String?, secureAddress: String?) -> Plan {
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
}

extension ServerPlan {
    fileprivate var json: JSON {
        .object([
            .init("listen", .string(TargetURL.authority(host: host, port: port))),
            .init("loops", .number(Double(loops))),
            .init("connection_limit", .number(Double(connectionLimit))),
            .init("unsent_limit", .number(Double(unsentByteLimit))),
            .init("body_limit", .number(Double(bodyByteLimit))),
            .init("write_policy", .string(writePolicy.rawValue)),
            .init("audit", audits.map { .bool($0) } ?? .null),
            .init("tls_listen", tls.map { .string(TargetURL.authority(host: $0.host, port: $0.port)) } ?? .null),
            .init("cert", tls?.files.map { .string($0.certificate) } ?? .null),
            .init("handshake_timeout", .number(handshakeTimeout.inSeconds)),
            .init("header_timeout", .number(headerTimeout.inSeconds)),
            .init("idle_timeout", .number(idleTimeout.inSeconds)),
            .init("request_timeout", .number(requestTimeout.inSeconds)),
            .init("send_buffer", sendBufferByteCount.map { .number(Double($0)) } ?? .null),
        ])
    }
}

extension ClientPlan {
    fileprivate var json: JSON {
        .object([
            .init("target", .string(TargetURL.authority(host: host, port: port))),
            .init("tls", .bool(isSecure)),
            .init("http", .string(http.rawValue)),
            .init("insecure", .bool(tls.isInsecure)),
            .init("cacert", tls.authorityFile.map { .string($0) } ?? .null),
            .init("connect_to", connectTo.map { .string(TargetURL.authority(host: $0.host, port: $0.port)) } ?? .null),
            .init("path", .array(paths.map { .string($0) })),
            .init("method", .string(method)),
            .init("header", .array(headers.map { .string("\($0.name): \($0.value)") })),
            .init("data_bytes", .number(Double(body.count))),
            .init("slow_readers", .number(Double(slowReaders))),
            .init("early_close", .number(earlyCloseShare)),
            .init("half_close", .bool(halfCloses)),
            .init("body_check", .bool(checksBodies)),
            .init("connections", .number(Double(connections))),
            .init("streams", .number(Double(streams))),
            .init("threads", .number(Double(loops))),
            .init("rate", rate.map { .number($0) } ?? .null),
            .init("requests", requests.map { .number(Double($0)) } ?? .null),
            .init("timeout", .number(requestTimeout.inSeconds)),
            .init("connect_timeout", .number(connectTimeout.inSeconds)),
            .init("window", .number(Double(windowByteCount))),
            .init("cache_scope", .string(cacheScope.rawValue)),
            .init("reconnect", .string(reconnect.text)),
        ])
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
