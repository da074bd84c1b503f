internal import Client
internal import Load
internal import Loop
internal import Measurements
internal import Server
internal import Workload

extension ServerConfiguration {
    init(_ plan: ServerPlan) {
        self.init()
        connectionLimit = max(1, plan.connectionLimit / max(1, plan.loops))
        unsentByteLimit = plan.unsentByteLimit
        sendBufferByteCount = plan.sendBufferByteCount
        bodyByteLimit = plan.bodyByteLimit
        writePolicy = plan.writePolicy
        allowsUnsafe = plan.allowsUnsafe
        handshakeTimeoutNanoseconds = plan.handshakeTimeout.nanoseconds
        headerTimeoutNanoseconds = plan.headerTimeout.nanoseconds
        idleTimeoutNanoseconds = plan.idleTimeout.nanoseconds
        requestTimeoutNanoseconds = plan.requestTimeout.nanoseconds
    }
}

extension ClientConfiguration {
    /// What a plan of the whole run wants of one loop, for one origin.
    ///
    /// - Parameter share: the loop's.
    init(_ origin: OriginSetup, caches: CacheOwnership, share: RunShare) {
        self.init(addresses: origin.addresses, authority: origin.authority)
        let plan = origin.clients
        self.origin = origin.part
        tls = origin.tls
        proxy = origin.proxy
        httpVersion = HTTPVersion(plan.http)
        kinds = plan.kinds
        self.share = share
        connections = origin.part.connections(among: share.count(among: plan.connections))
        streams = plan.streams
        requests = plan.requests.map { share.count(among: $0) }
        rate = plan.rate.map { min($0 * origin.part.pace, Schedule.rateLimit) }
        options = plan.options
        windowByteCount = plan.windowByteCount
        self.caches = caches
        renewal = ConnectionRenewal(plan.reconnect)
        if plan.retries > 0 { retries = .init(limit: plan.retries, budget: plan.retryBudget) }
        circuitBreaker = plan.circuitBreaker.map {
            .init(failureLimit: $0.failures, openNanoseconds: $0.pause.nanoseconds)
        }
        // HTTP/2 has no half-close.
        if options.halfCloses { httpVersion = .http1 }
        // A proxy forwards requests in the clear over HTTP/1.1.
        if let proxy, proxy.tunnelRequest == nil { httpVersion = .http1 }
        if plan.checksBodies { checkedTargets = plan.kinds.map { CheckedTarget($0) } }
    }
}

extension ClientConfiguration {
    /// When the run's load begins and ends, and its phases.
    ///
    /// - Parameter startNanoseconds: when the first phase begins.
    mutating func take(timesOf plan: Plan, startNanoseconds: UInt64) {
        seed = plan.seed
        durationNanoseconds = plan.duration?.nanoseconds
        guard let first = plan.phases.first else { return }
        phases = origin.isWhole ? plan.phases : plan.phases.map { phase in
            guard case .open(let open) = phase.load else { return phase }
            var phase = phase
            phase.load = .open(open.scaled(by: origin.pace))
            return phase
        }
        self.startNanoseconds = startNanoseconds
        if let count = first.connections { connections = origin.connections(among: share.count(among: count)) }
        if let count = first.streams { streams = count }
    }
}

extension ConnectionRenewal {
    init(_ policy: ReconnectPolicy) {
        switch policy {
        case .never: self = .never
        case .always: self = .requests(1)
        case .requests(let count): self = .requests(count)
        case .after(let duration): self = .nanoseconds(duration.nanoseconds)
        }
    }
}
