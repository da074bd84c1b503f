internal import Measurements

/// The keys of a scenario file. Every key is the long flag with `_` for `-`.
enum ScenarioKeys {
    static let top: [ScenarioKey<ScenarioDraft>] = [
        .init("version", .count(1...1), "Of this format: 1", isRequired: true) { value, reader, draft in
            draft.version = reader.count(value, 1...1)
        },
        .name("name", "What the run is called") { $0.name = $1 },
        .text("description", "One line on what it shows") { $0.summary = $1 },
        .init("server", .map(server.map(\.description)), "The embedded server") { value, reader, draft in
            var own = ServerDraft()
            guard reader.map(value, server, into: &own) else { return }
            draft.server = own.finished(&reader, value.place)
            draft.hasConnectionLimit = own.hasConnectionLimit
            draft.serverPlace = value.place
        },
        .init("target", .text, "Somebody else's server: http://HOST:PORT") { value, reader, draft in
            draft.target = reader.parse(value, TargetURL.init)
        },
        .map("client", client, "The clients", { ClientPlan() }) { draft, client, _ in draft.client = client },
        .init("requests", .list(of: .map(RequestDraft.keys.map(\.description))), "What is asked for, in turn") {
            RequestDraft.read($0, &$1, &$2)
        },
        .init("phases", .list(of: .map(PhaseDraft.keys.map(\.description))), "The load, one part after the other") {
            PhaseDraft.read($0, &$1, &$2)
        },
        .init("events", .list(of: .map(EventDraft.keys.map(\.description))), "What happens at times of its own") {
            EventDraft.read($0, &$1, &$2)
        },
        .init(
            "thresholds",
            .list(of: .either([.threshold, .named(.either([.threshold, .map(ThresholdDraft.keys.map(\.description))]))])),
            "What the run has to come to: '- PHASE: CONDITION', or all: for every phase"
        ) { ThresholdDraft.read($0, &$1, &$2) },
        .init("trials", .list(of: .map(TrialDraft.keys.map(\.description))), "The same several times, each in a process of its own, and compared") {
            TrialDraft.read($0, &$1, &$2)
        },
        .duration("duration", .milliseconds(10)...(.seconds(86_400 * 366)), "Of all phases together: they are stretched or shrunk to it") {
            $0.duration = $1
        },
        .duration("drain", .zero...(.seconds(3_600)), "Most time for the end") { $0.drain = $1 },
        .count("seed", 0...Int.max, "For what is random: the same seed, the same run") { $0.seed = $1 },
        .map("record", record, "A recording of the run", { RecordDraft() }) { draft, record, _ in
            draft.recordFile = record.file
            draft.interval = record.interval
        },
    ]

    struct RecordDraft {
        var file: String?
        var interval: Duration?
    }

    static let record: [ScenarioKey<RecordDraft>] = [
        .text("file", "Where to; trials have one each, with the trial's name in it") { $0.file = $1 },
        .duration("interval", .milliseconds(10)...(.seconds(3_600)), "Between two samples") { $0.interval = $1 },
    ]

    struct ServerDraft {
        var plan = ServerPlan()
        var hasConnectionLimit = false
        var tls = TLSDraft()

        struct TLSDraft {
            var isOn = false
            var address: ListenAddress?
            var certificate: String?
            var key: String?
        }

        /// With what the TLS keys say together. Errors: only one of two files.
        func finished(_ reader: inout ScenarioReader, _ place: ScenarioPlace) -> ServerPlan {
            var plan = plan
            if (tls.certificate == nil) != (tls.key == nil) { reader.note(place, "'cert' and 'key' go together") }
            guard tls.isOn || tls.address != nil || tls.certificate != nil else { return plan }
            plan.tls = ServerTLSPlan(host: tls.address?.host ?? plan.host, port: tls.address?.port ?? 0)
            if let certificate = tls.certificate, let key = tls.key { plan.tls?.files = .init(certificate: certificate, key: key) }
            return plan
        }
    }

    private static let serverTimeouts: ClosedRange<Duration> = .milliseconds(10)...(.seconds(86_400))

    static let server: [ScenarioKey<ServerDraft>] = [
        .init("listen", .text, "HOST:PORT, or a port of loopback; 0 is any free one") { value, reader, draft in
            if let address = reader.parse(value, ListenAddress.init) {
                draft.plan.host = address.host
                draft.plan.port = address.port
            }
        },
        .count("loops", 1...256, "Event loops, a thread each") { $0.plan.loops = $1 },
        .count("connection_limit", 1...1_000_000, "Connections; those beyond are closed at once") {
            $0.plan.connectionLimit = $1
            $0.hasConnectionLimit = true
        },
        .size("unsent_limit", 1...(1 << 40), "Unsent bytes of a connection beyond which it is not read from") { $0.plan.unsentByteLimit = $1 },
        .size("body_limit", 0...(1 << 40), "Largest request body") { $0.plan.bodyByteLimit = $1 },
        .size("send_buffer", 1...(1 << 30), "The kernel's send buffer of accepted sockets") { $0.plan.sendBufferByteCount = $1 },
        .choice("write_policy", WritePolicy.self, "Who owns an answer's bytes until the kernel has them") { $0.plan.writePolicy = $1 },
        .flag("audit", "Watch arenas and pending writes for what must not happen") { $0.plan.audits = $1 },
        .flag("tls", "TLS on a port of its own, with a certificate made for the run; the clients then use it") { draft, isOn in
            if isOn { draft.tls.isOn = true }
        },
        .init("tls_listen", .text, "Where TLS is spoken: HOST:PORT, or a port of loopback; implies 'tls'") { value, reader, draft in
            if let address = reader.parse(value, ListenAddress.init) { draft.tls.address = address }
        },
        .text("cert", "The server's certificate and its chain, PEM; needs 'key'") { $0.tls.certificate = $1 },
        .text("key", "The certificate's private key, PEM") { $0.tls.key = $1 },
        .duration("handshake_timeout", serverTimeouts, "Most time for a TLS handshake") { $0.plan.handshakeTimeout = $1 },
        .duration("header_timeout", serverTimeouts, "Most time for the head of an HTTP/1.1 request") { $0.plan.headerTimeout = $1 },
        .duration("idle_timeout", serverTimeouts, "Most time that a connection may be idle") { $0.plan.idleTimeout = $1 },
        .duration("request_timeout", serverTimeouts, "Most time for a whole request to come") { $0.plan.requestTimeout = $1 },
    ]

    private static let clientTimeouts: ClosedRange<Duration> = .milliseconds(1)...(.seconds(600))

    static let client: [ScenarioKey<ClientPlan>] = [
        .count("connections", 1...64_000, "Clients, each with one connection") { $0.connections = $1 },
        .count("streams", 1...65_536, "Most streams that a client opens at once") { $0.streams = $1 },
        .count("threads", 1...256, "Event loops of the clients, a thread each") { $0.loops = $1 },
        .choice("cache_scope", CacheScope.self, "Who shares a client's caches") { $0.cacheScope = $1 },
        .init("reconnect", .text, "When a client leaves a good connection for another: never, always, 1000 requests, 30s") { value, reader, client in
            guard let text = reader.text(value) else { return }
            do { client.reconnect = try ReconnectPolicy(parsing: text) } catch { reader.note(value.place, "\(error)") }
        },
        .init("http", .choice(HTTPChoice.allCases.map(\.rawValue)), "Which HTTP: h1, h2, h2c; negotiated is what the server prefers") { value, reader, client in
            if let word = reader.choice(value, HTTPChoice.allCases.map(\.rawValue)), let choice = HTTPChoice(rawValue: word) { client.http = choice }
        },
        .flag("insecure", "Do not verify who the server is") { $0.tls.isInsecure = $1 },
        .text("cacert", "Trust these authorities, PEM, and no others") { $0.tls.authorityFile = $1 },
        .count("slow_readers", 0...1_000, "Clients beside the load that read at a trickle") { $0.slowReaders = $1 },
        .init("early_close", .either([.rate, .text]), "Of the requests, those whose connection is closed within the answer: 0.05 or 5%") { value, reader, client in
            if let share = reader.share(value) { client.earlyCloseShare = share }
        },
        .count("retries", 0...100, "How often a request that failed is sent again, if it may be sent twice") { $0.retries = $1 },
        .init("retry_budget", .either([.rate, .text]), "Retries as a share of the requests, beyond which none are made: 0.2 or 20%") { value, reader, client in
            if let share = reader.share(value) { client.retryBudget = share }
        },
        .init("circuit_breaker", .text, "After so many failures one after the other send nothing for so long: 5 failures, 10s") { value, reader, client in
            guard let text = reader.text(value) else { return }
            do { client.circuitBreaker = try BreakerPolicy(parsing: text) } catch { reader.note(value.place, "\(error)") }
        },
        .flag("half_close", "HTTP/1.1: a connection says its end behind its requests, and the next is made for the next") { $0.halfCloses = $1 },
        .flag("body_check", "Compare every answer to a predictable target with what it has to be") { $0.checksBodies = $1 },
        .duration("timeout", clientTimeouts, "Most time for one request") { $0.requestTimeout = $1 },
        .duration("connect_timeout", clientTimeouts, "Most time for one connection to be made") { $0.connectTimeout = $1 },
        .size("window", 65_535...Int(Int32.max), "HTTP/2 flow-control window of a stream and of a connection") { $0.windowByteCount = $1 },
    ]
}
