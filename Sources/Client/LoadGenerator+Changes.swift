internal import Load
internal import Measurements

// The load under the fingers: what changes while it runs.
extension LoadGenerator {
    /// Requests per second of this loop from now on. Without effect on a closed load.
    package func setRate(_ rate: Double) {
        refreshNow()
        schedule?.setRate(isPaused ? 0 : rate, atNanoseconds: nowNanoseconds)
        lookAtSchedule()
    }

    /// Stops asking, or goes on. A pause of an open load does not pile up requests.
    package func setPaused(_ paused: Bool, rate: Double) {
        isPaused = paused
        setRate(rate)
        if !paused { refillAll() }
    }

    /// Most streams that each client opens from now on.
    package func setStreams(_ count: Int) {
        configuration.streams = count
        refreshNow()
        refillAll()
    }

    /// Clients of this loop from now on: new ones connect, surplus ones finish what they have in flight.
    package func setConnections(_ count: Int) {
        guard !isStopping else { return }
        configuration.connections = count
        refreshNow()
        let active = clients.filter { !$0.isRetiring }
        for client in active.dropFirst(count) { client.retire() }
        for _ in active.count..<max(count, active.count) { addClient() }
    }

    /// Closes connections under their requests, as a network does that fails; their clients connect again.
    package func dropConnections(_ count: Int) {
        refreshNow()
        for client in clients.filter({ $0.state == .ready }).prefix(count) { client.drop(.closed) }
    }

    /// Has every client leave its connection for another, once what it has in flight is answered.
    package func renewConnections() {
        refreshNow()
        for client in Array(clients) { client.renew() }
    }

    /// The same targets with answers of other sizes.
    ///
    /// - Parameters:
    ///   - paths: as many as there were.
    ///   - checked: of each what its answer has to be, where answers are checked.
    package func setTargets(_ paths: [String], checked: [CheckedTarget?]) {
        precondition(paths.count == configuration.kinds.count, "as many targets as before")
        for (index, path) in paths.enumerated() where path != configuration.kinds[index].path {
            configuration.kinds[index].path = path
            templates.all[index].setPath(text: path)
        }
        checker?.setTargets(checked)
    }

    /// Who owns the caches of connections that are made from now on. Those that are there keep theirs.
    package func setCaches(_ new: CacheOwnership) {
        configuration.caches = new
        cacheChoice += 1
        useCaches(new)
        // Whether a server is asked for sessions at all is in the context. What could be made once can be again.
        do { tlsContext = try LoadGenerator.makeContext(configuration, loop) } catch { lastConnectError = error }
    }

    /// Makes what new clients share, or takes what was made for it before.
    func useCaches(_ ownership: CacheOwnership) {
        commonCaches = ownership.isPerClient ? nil : allCommonCaches[ownership.scope] ?? Caches(ownership, .many)
        if let commonCaches { allCommonCaches[ownership.scope] = commonCaches }
    }

    /// Asks every client whether it has room for more.
    func refillAll() {
        // What a client sends can end it.
        for client in Array(clients) { client.refill() }
    }
}
