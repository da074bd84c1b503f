package import Load
package import Measurements
package import Reports

/// What to run: a server, clients, or both, for how long and how hard.
///
/// A plain value that the command line (and a scenario file) fills; the `Experiment` runs it.
package struct Plan: Sendable, Equatable {
    /// nil: no server of ours; `client.target` names somebody else's.
    package var server: ServerPlan?
    /// nil: no clients; the server serves whoever comes.
    package var client: ClientPlan?
    /// The load, part by part. Empty: the client's, all the time.
    package var phases: [Phase] = []
    /// What happens at times of its own.
    package var events: [PlannedEvent] = []
    /// What the run has to come to.
    package var thresholds: [Threshold] = []
    /// For what is random: arrivals, values in requests.
    package var seed: UInt64 = 1
    /// End after this long. nil: until the requests are done, or somebody stops it.
    package var duration: Duration?
    /// Between two samples.
    package var interval: Duration = .seconds(1)
    /// How long the end may take: requests in flight finish, connections drain.
    package var drainTime: Duration = .seconds(15)
    /// In a process of its own, whatever the choices.
    package var isIsolated = false
    /// We are the process that may be lost: what is unsafe on purpose runs here and nowhere else.
    package var isInWorker = false

    /// Loops of the clients: none without a client at the start.
    package var clientLoopCount: Int { client.map { min($0.loops, phases.first?.connections ?? $0.connections) } ?? 0 }

    /// Clients at the most, in whichever phase.
    package var mostConnections: Int { max(client?.connections ?? 0, phases.compactMap(\.connections).max() ?? 0) }

    /// Whether the clients speak TLS.
    package var clientsUseTLS: Bool {
        guard let client, client.http != .clearHTTP2 else { return false }
        return server.map { $0.tls != nil } ?? client.isSecure
    }

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

/// The embedded server.
package struct ServerPlan: Sendable, Equatable {
    /// Numeric address; loopback unless told otherwise.
    package var host = "127.0.0.1"
    /// 0: any free port.
    package var port = 0
    /// Event loops, a thread each.
    package var loops = 1
    /// Connections beyond are accepted and closed at once.
    package var connectionLimit = 10_000
    /// Unsent bytes per connection beyond which its reading stops.
    package var unsentByteLimit = 256 * 1024
    /// Largest request body that is buffered; beyond: 413.
    package var bodyByteLimit = 1 << 20
    /// Kernel send buffer (SO_SNDBUF) of accepted sockets, bytes. nil: the system's.
    package var sendBufferByteCount: Int?
    package var writePolicy = WritePolicy.lease
    /// Unsafe choices may be made: the process that runs this is expendable.
    package var allowsUnsafe = false
    /// Watch arenas and pending writes. nil: as the build does, debug ones always.
    package var audits: Bool?
    /// TLS on a port of its own; nil: none.
    package var tls: ServerTLSPlan?
    package var handshakeTimeout: Duration = .seconds(10)
    package var headerTimeout: Duration = .seconds(10)
    package var idleTimeout: Duration = .seconds(60)
    package var requestTimeout: Duration = .seconds(30)

    package init() {}
}

/// The clients.
package struct ClientPlan: Sendable, Equatable, AsksRequests {
    /// Whom to ask. With an embedded server the experiment puts that server's address here.
    package var host = "127.0.0.1"
    package var port = 80
    /// Whether to speak TLS; with an embedded server: whether that does.
    package var isSecure = false
    package var tls = ClientTLSPlan()
    package var http = HTTPChoice.negotiated
    /// Connect there instead; nil: to `host` and `port`.
    package var connectTo: ConnectTarget?
    /// What is asked for.
    package var kinds = [RequestKind()]
    /// Compare every answer to a predictable target with what it has to be: status, length, each byte.
    package var checksBodies = false
    /// Clients beside the load that read at a trickle.
    package var slowReaders = 0
    /// Of the requests, 0 to 1, those whose connection is closed within the answer.
    package var earlyCloseShare = 0.0
    /// HTTP/1.1: a connection says its end behind its requests, and the next is made for the next.
    package var halfCloses = false
    /// Clients, each with one connection.
    package var connections = 50
    /// Most streams that a client opens at once.
    package var streams = 1
    /// Event loops, a thread each.
    package var loops = 1
    /// Requests per second of all clients together (open load). nil: each stream asks again
    /// as soon as it was answered (closed load).
    package var rate: Double?
    /// Requests in all. nil: no end but the plan's duration.
    package var requests: Int?
    package var cacheScope = CacheScope.client
    /// When a client leaves a connection that is still good for another.
    package var reconnect = ReconnectPolicy.never
    /// Attempts after the first, for requests that failed and may be sent twice.
    package var retries = 0
    /// Retries for each request, on the whole.
    package var retryBudget = 0.2
    /// nil: requests are sent whatever became of those before.
    package var circuitBreaker: BreakerPolicy?
    package var connectTimeout: Duration = .seconds(5)
    package var requestTimeout: Duration = .seconds(30)
    /// Initial flow-control window of a stream and of the connection, bytes.
    package var windowByteCount = (1 << 30) - 1

    package init() {}
}
