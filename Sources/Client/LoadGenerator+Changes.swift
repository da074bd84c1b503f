// Live load control: what changes while the load runs.
extension LoadGenerator {
    /// Requests per second of this loop from now on. Without effect on a closed load.
    package func setRate(_ rate: Double) {
        clock.refresh()
        schedule.setRate(rate, atNanoseconds: clock.nowNanoseconds)
        lookAtSchedule()
    }

    /// Stops asking, or goes on at this rate. A pause of an open load does not pile up requests.
    package func setPaused(_ paused: Bool, rate: Double) {
        clock.refresh()
        schedule.setPaused(paused, rate: rate, atNanoseconds: clock.nowNanoseconds)
        lookAtSchedule()
        if !paused { refillAll() }
    }

    /// Most streams that each client opens from now on.
    package func setStreams(_ count: Int) {
        clients.streamLimit = count
        clock.refresh()
        refillAll()
    }

    /// Clients of this loop from now on: new ones connect, surplus ones finish their requests in flight.
    package func setConnections(_ count: Int) {
        guard !isStopping else { return }
        clock.refresh()
        clients.setCount(count, of: self)
    }

    /// Closes so many connections under their requests, as a network does that fails; their clients connect again.
    package func dropConnections(_ count: Int) {
        clock.refresh()
        for client in clients.ready(count) { client.drop() }
    }

    /// Reconnects all clients, each once its requests in flight are answered.
    package func renewConnections() {
        clock.refresh()
        clients.forEach { $0.renew() }
    }

    /// The same targets with answers of other sizes.
    ///
    /// - Parameters:
    ///   - paths: as many as there were.
    ///   - checked: the predicted answer to each, where answers are checked.
    package func setTargets(_ paths: [String], checked: [CheckedTarget?]) {
        requests.setTargets(paths, checked: checked)
    }

    /// How the caches of connections that are made from now on are owned. Open connections keep theirs.
    package func setCaches(_ new: CacheOwnership) {
        caches.setOwnership(new)
        // The context says whether servers are asked for sessions. It could be made once, and can be again.
        do { tls = try ClientTLS(configuration, new, loop) } catch { lastConnectError = error }
    }
}
