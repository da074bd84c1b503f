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

    /// Asks every client whether it has room for more.
    func refillAll() {
        // What a client sends can end it.
        for client in Array(clients) { client.refill() }
    }
}
