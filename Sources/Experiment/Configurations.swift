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
    /// The part of the plan that falls to one of its loops.
    init(
        _ plan: ClientPlan, address: SocketAddress, authority: String, caches: CacheOwnership, loop: Int, of loops: Int
    ) {
        self.init(address: address, authority: authority)
        httpVersion = HTTPVersion(plan.http)
        kinds = plan.kinds
        connections = Experiment.share(of: plan.connections, loop: loop, of: loops)
        streams = plan.streams
        requests = plan.requests.map { Experiment.share(of: $0, loop: loop, of: loops) }
        connectTimeoutNanoseconds = plan.connectTimeout.nanoseconds
        requestTimeoutNanoseconds = plan.requestTimeout.nanoseconds
        windowByteCount = plan.windowByteCount
        self.caches = caches
        renewal = ConnectionRenewal(plan.reconnect)
        if plan.retries > 0 { retries = .init(limit: plan.retries, budget: plan.retryBudget) }
        // Loops do not draw the same pauses.
        retrySeed = UInt64(loop)
        circuitBreaker = plan.circuitBreaker.map {
            .init(failureLimit: $0.failures, openNanoseconds: $0.pause.nanoseconds)
        }
        manners.earlyCloseShare = plan.earlyCloseShare
        if plan.halfCloses {
            // HTTP/2 has no half-close.
            manners.halfCloses = true
            httpVersion = .http1
        }
        // No two loops ask for the same.
        firstSeed = UInt64(loop)
        seedStride = UInt64(loops)
        if plan.checksBodies { checkedTargets = plan.kinds.map { CheckedTarget($0) } }
    }
}

extension ClientConfiguration {
    /// When the run's load begins and ends, and its phases as far as they are this loop's.
    ///
    /// - Parameter startNanoseconds: when the first phase begins.
    mutating func take(timesOf plan: Plan, startNanoseconds: UInt64, loop: Int, of loops: Int) {
        // Loops take different random numbers.
        requestSeed = plan.seed
        seed = plan.seed &+ UInt64(loop) &* 0xD1B5_4A32_D192_ED03
        durationNanoseconds = plan.duration?.nanoseconds
        guard let first = plan.phases.first else { return }
        phases = plan.phases.map { $0.share(of: loops) }
        self.startNanoseconds = startNanoseconds
        if let count = first.connections { connections = Experiment.share(of: count, loop: loop, of: loops) }
        if let count = first.streams { streams = count }
    }
}

extension Phase {
    /// One loop's part.
    fileprivate func share(of loops: Int) -> Phase {
        var share = self
        if case .open(let open) = load { share.load = .open(open.share(of: loops)) }
        return share
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
