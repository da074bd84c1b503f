package import Load
package import Measurements
package import Reports

/// A run as it is asked for: a server, clients, or both, for how long and how hard.
///
/// A plain value that the command line (and a scenario file) fills; the `Experiment` runs it.
package struct Plan: Sendable, Equatable {
    /// Of the scenario; nil: it has none, or there is none.
    package var name: String?
    /// nil: no server of ours; `client.target` names another one.
    package var server: ServerPlan?
    /// A server that is not ours, which is watched; nil: none, or only as the clients' target.
    package var watch: WatchPlan?
    /// nil: no clients; the server serves its visitors.
    package var client: ClientPlan?
    /// The load, part by part. Empty: the client's, all the time.
    package var phases: [Phase] = []
    /// What happens at planned times.
    package var events: [PlannedEvent] = []
    /// What the run has to come to.
    package var thresholds: [Threshold] = []
    /// Which part of the run this process is, where several share it; nil: all of it. What else the plan says is of the whole.
    package var share: PartChoice?
    /// When the run begins; nil: at once.
    package var startTime: StartTime?
    /// For what is random: arrivals, values in requests.
    package var seed: UInt64 = 1
    /// End after this long. nil: until the requests are done, or a signal or a key stops it.
    package var duration: Duration?
    /// Between two samples.
    package var interval: Duration = .seconds(1)
    /// How long the end may take: requests in flight finish, connections drain.
    package var drainTime: Duration = .seconds(15)
    /// In a process of its own, whatever the choices.
    package var isIsolated = false
    /// We are the process that may be lost: what is unsafe on purpose runs here and nowhere else.
    package var isInWorker = false

    /// Loops of this process's clients: no more than it has clients for at the start.
    package var clientLoopCount: Int {
        guard let client else { return 0 }
        let connections = part.count(among: phases.first?.connections ?? client.connections)
        return min(client.loops, max(connections / client.leastConnectionsOfLoop, min(1, connections)))
    }

    /// Clients at the most, in whichever phase.
    package var mostConnections: Int { max(client?.connections ?? 0, phases.compactMap(\.connections).max() ?? 0) }

    /// Whether the clients speak TLS, with one of their servers at least.
    package var clientsUseTLS: Bool { client.map { $0.origins.contains(where: usesTLS) } ?? false }

    /// Whether the clients speak TLS with this server.
    package func usesTLS(_ origin: Origin) -> Bool {
        guard let client, client.http != .clearHTTP2 else { return false }
        return server.map { $0.tls != nil } ?? origin.isSecure
    }

    package init() {}

    package init(server: ServerPlan?, client: ClientPlan?, duration: Duration? = nil) {
        self.server = server
        self.client = client
        self.duration = duration
    }

    /// One of the choices may take the process down that it runs in.
    package var isUnsafe: Bool {
        server?.writePolicy.isUnsafe == true || client?.cacheScope.isUnsafe == true
            || events.contains { if case .writePolicy(let policy) = $0.action { policy.isUnsafe } else { false } }
    }

    /// Whether this process may run the scope. The unsafe one may take it down with it.
    package func isAllowed(_ scope: CacheScope) -> Bool { isInWorker || !scope.isUnsafe }
}

extension Plan {
    /// Fills in what depends on other choices. The last step of making a plan.
    package mutating func settle() {
        let count = max(ServerPlan.usualConnectionLimit, mostConnections + (client?.slowReaders ?? 0))
        if server?.chosenConnectionLimit == nil { server?.connectionLimit = count }
    }

    /// The plan with the port that the system chose where it asked for any.
    ///
    /// - Parameters:
    ///   - address: "127.0.0.1:41231": where the server listens; nil without one.
    ///   - secureAddress: the same for TLS.
    package func listening(at address: String?, secureAddress: String?) -> Plan {
        guard let server else { return self }
        var plan = self
        if let port = Plan.port(of: address) {
            plan.server?.port = port
            plan.client?.host = server.host
            plan.client?.port = port
        }
        guard let tls = server.tls, let securePort = Plan.port(of: secureAddress) else { return plan }
        plan.server?.tlsAddress = ListenAddress(host: tls.host, port: securePort)
        plan.client?.isSecure = clientsUseTLS
        if clientsUseTLS {
            plan.client?.host = tls.host
            plan.client?.port = securePort
        }
        return plan
    }

    /// The plan with the origin of the figures of another server, where some are known.
    package func watching(_ origin: String?) -> Plan {
        guard let origin else { return self }
        var plan = self
        plan.watch = watch ?? WatchPlan()
        plan.watch?.origin = origin
        return plan
    }

    private static func port(of address: String?) -> Int? { address?.split(separator: ":").last.flatMap { Int($0) } }
}

extension Plan: SettingPart {
    package static let settings = parts + courseSettings + partSettings + endSettings

    private static let parts: [Setting<Plan>] = [
        .init("name", \.name, .name, "What the scenario calls the run.", in: .plan),
        .part("server", \.server, "The embedded server."), .part("watch", \.watch, "A server that is not ours."),
        .part("client", \.client, "The clients."),
        .init(member: "events", "What happens at planned times.") {
            .array($0.events.map { EventDraft($0).shortJSON })
        } read: { (json, plan) throws(SettingError) in
            plan.events = try json.elements { (json) throws(SettingError) in try EventDraft(json: json).checkedEvent() }
        },
        // Not read here: a run is judged where it was made, or where its parts are merged.
        .init(member: "thresholds", "What the run has to come to.") {
            .array($0.thresholds.map { .string($0.namedText) })
        } read: { _, _ in },
    ]

    /// How long the run takes, and how its load goes.
    package static let courseSettings = lengthSettings + phaseSettings

    package static let lengthSettings: [Setting<Plan>] = [
        .init(
            "duration", \.duration, .time(.milliseconds(1)...Phase.longestDuration), "End after so long (500ms, 30s, 1m30s; a bare number is seconds).",
            in: [.flag, .plan], letters: "dzD", standard: "10s for record and load without -n; else no end")
    ]

    package static let phaseSettings: [Setting<Plan>] = [
        .init(
            "phase", \.phases, .phases,
            "The load part by part, connections kept: 30s:500, climb=20s:500..20k, 10s:closed, 5s:pause. Options after a comma: poisson, steps=5, warmup, connections=8, streams=4. May be repeated.",
            in: .flag),
        .init(member: "phases", "The load, one part after the other.") {
            .array($0.phases.map { PhaseDraft($0).shortJSON })
        } read: { (json, plan) throws(SettingError) in
            plan.phases = try json.elements { (json) throws(SettingError) in try Phase(json: json) }
        },
        .init("seed", \.seed, .seed, "For what is random: the same seed, the same values."),
    ]

    /// Which part of a run in several processes this is.
    package static let partSettings: [Setting<Plan>] = [
        .init(
            "share", \.share, .partChoice,
            "This process is one part of several of the same run: 3/8 is the third of eight. Rates, requests and connections are divided so that the parts add up to them exactly. auto: as Slurm says (SLURM_PROCID, SLURM_NTASKS); auto/8 where only the number of this process is known (JOB_COMPLETION_INDEX of Kubernetes).",
            in: [.flag, .plan], placeholder: "i/n"),
        .init(
            "start_at", \.startTime, .startTime,
            "Begin at this time, so that parts on several machines begin together: 2026-12-01T12:00:00Z, or +30s from now.",
            in: [.flag, .plan], placeholder: "time", standard: "at once"),
    ]

    /// How the run is sampled, and how it ends.
    package static let endSettings: [Setting<Plan>] = [
        .init(
            "interval", \.interval, .time(.milliseconds(10)...(.seconds(3_600))), "The time between two samples.",
            standard: "1s; on the dashboard 500ms"),
        .init(
            "drain", \.drainTime, .time(.zero...(.seconds(3_600))), "The most time for the end: requests in flight finish, connections drain."),
        .init(
            "isolate", \.isIsolated, .flag,
            "Run in a process of its own, whose death is an event, and no more. Always so with reset-early and unguarded.", in: [.flag, .plan]),
    ]
}
