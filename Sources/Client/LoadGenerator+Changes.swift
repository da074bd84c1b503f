package import Load

// Live load control.
extension LoadGenerator {
    /// Makes this loop's share of a change of the run, one of the clients' side.
    package func apply(_ change: RunChange) {
        clock.refresh()
        switch change {
        case .rate(let rate):
            schedule.setRate(rate, atNanoseconds: clock.nowNanoseconds)
            lookAtSchedule()
        case .hold(let isHeld):
            schedule.setPaused(isHeld, atNanoseconds: clock.nowNanoseconds)
            lookAtSchedule()
            if !isHeld { refillAll() }
        case .streams(let count):
            clients.streamLimit = count
            refillAll()
        case .connections(let count): setConnections(count)
        // As a network does that fails.
        case .dropConnections(let count): for client in clients.ready(count) { client.drop() }
        case .reconnectAll: clients.forEach { $0.renew() }
        case .bodyScale(let scale): requests.setBodyScale(scale)
        case .cacheScope(let scope): setCaches(configuration.cacheOwners.ownership(scope))
        default: preconditionFailure("\(change) is no change of the clients'")
        }
    }

    /// New clients connect, surplus ones finish their requests in flight.
    func setConnections(_ count: Int) {
        guard !isStopping else { return }
        clients.setCount(count, of: self)
    }

    private func setCaches(_ new: CacheOwnership) {
        caches.setOwnership(new)
        // The context says whether servers are asked for sessions. It could be made once, and can be again.
        do { tls = try ClientTLS(configuration, new, loop) } catch { lastConnectError = error }
    }
}
