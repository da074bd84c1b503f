internal import Client
internal import HTTP2
internal import Load
internal import Loop
package import Measurements
internal import Workload

// The load under the fingers: what a run is told while it goes. Each change is an event.
extension Experiment {
    /// Requests per second that may be asked for; more than any machine has sent.
    private static let rateLimit = 1e8

    /// Streams of a connection that the embedded server takes over HTTP/2.
    package static let serverStreamLimit = Int(SessionSettings().maxConcurrentStreams)

    /// Requests per second of all clients together, from now on. Only with an open load.
    package func setRate(_ new: Double) {
        guard rate != nil, plan.phases.isEmpty else { return }
        let new = Experiment.allowedRate(new)
        rate = new
        for worker in clients { worker.mailbox.post(.setRate(new / Double(clients.count))) }
        note(.info, source: "load", "rate \(Figure.threeDigits(new))/s")
    }

    /// A rate that clients can be asked for.
    static func allowedRate(_ rate: Double) -> Double { rate.isFinite ? min(max(rate, 0), rateLimit) : 0 }

    /// Clients of all loops together, from now on; at least one a loop.
    package func setConnections(_ new: Int) {
        connections = max(new, clients.count)
        for (number, worker) in clients.enumerated() {
            worker.mailbox.post(.setConnections(Experiment.share(of: connections, loop: number, of: clients.count)))
        }
        note(.info, source: "load", "\(connections) connections")
    }

    /// Most streams of each client, from now on.
    package func setStreams(_ new: Int) {
        streams = max(new, 1)
        for worker in clients { worker.mailbox.post(.setStreams(streams)) }
        note(.info, source: "load", "\(streams) streams per connection")
    }

    /// Stops asking, or goes on; connections stay.
    package func setLoadPaused(_ paused: Bool) {
        guard plan.phases.isEmpty else { return note(.info, source: "load", "the phases say when to ask") }
        isLoadPaused = paused
        for worker in clients {
            worker.mailbox.post(.setPaused(paused, rate: (rate ?? 0) / Double(clients.count)))
        }
        note(.info, source: "load", paused ? "paused" : "resumed")
    }

    /// Who owns the answers of the server's connections that are accepted from now on.
    /// - Returns: false where there is no server, or where that may take the process down.
    package func setWritePolicy(_ new: WritePolicy) -> Bool {
        guard let server = plan.server, server.allowsUnsafe || !new.isUnsafe else { return false }
        writePolicy = new
        for worker in servers { worker.mailbox.post(.setWritePolicy(new)) }
        note(.info, source: "server", "write policy \(new.rawValue) for new connections")
        return true
    }

    /// Answers so many times as large as the plan wants, where the targets name a size.
    package func setBodyScale(_ new: Double) {
        guard let kinds = plan.client?.kinds, new.isFinite, new > 0 else { return }
        let targets = SizedTarget.scale(kinds.map(\.path), by: new)
        guard targets != kinds.map(\.path) || bodyScale != 1 else { return note(.info, source: "load", "no target names a size") }
        bodyScale = new
        let checked = zip(kinds, targets).map { kind, target in
            var kind = kind
            kind.path = target
            return CheckedTarget(kind)
        }
        for worker in clients { worker.mailbox.post(.setTargets(targets, checked: checked)) }
        var told: [String] = []
        for target in targets where SizedTarget(target) != nil && !told.contains(target) { told.append(target) }
        note(.info, source: "load", "bodies: \(told.joined(separator: ", "))")
    }

    /// Who owns the caches of the clients' connections that are made from now on.
    /// - Returns: false where there are no clients, or where that may take the process down.
    package func setCacheScope(_ new: CacheScope) -> Bool {
        guard plan.client != nil, plan.isAllowed(new) else { return false }
        cacheScope = new
        let ownership = caches[new] ?? CacheOwnership(new)
        caches[new] = ownership
        for worker in clients { worker.mailbox.post(.setCaches(ownership)) }
        note(.info, source: "client", "cache scope \(new.rawValue) for new connections")
        return true
    }

    /// Each client leaves its connection for another, once what it has in flight is answered.
    package func renewConnections() {
        guard !clients.isEmpty else { return }
        for worker in clients { worker.mailbox.post(.renewConnections) }
        note(.info, source: "load", "all connections anew")
    }

    /// The server closes one of its connections under its requests.
    package func closeConnection(loop: Int, id: UInt64) {
        guard servers.indices.contains(loop) else { return }
        servers[loop].mailbox.post(.closeConnection(id))
        note(.warning, source: "server", "connection \(id) closed by hand")
    }
}
