internal import HTTP2
package import Load
internal import Measurements
internal import Workload

// Live load control: what a run is told while it goes. All that is done, or refused, is an event.
extension Experiment {
    /// Streams of a connection that the embedded server takes over HTTP/2.
    package static let serverStreamLimit = Int(SessionSettings().maxConcurrentStreams)

    package func apply(_ change: RunChange) {
        let before = load
        do throws(ChangeRefusal) { load = try load.applying(change) } catch {
            return note(.info, source: "load", error.description)
        }
        switch change {
        case .rate:
            let rate = load.rate ?? 0
            clients.apply(.rate(rate))
            note(.info, source: "load", "rate \(Figure.threeDigits(rate))/s")
        case .connections:
            clients.apply(.connections(load.connections))
            note(.info, source: "load", "\(load.connections) connections")
        case .streams:
            clients.apply(.streams(load.streams))
            note(.info, source: "load", "\(load.streams) streams per connection")
        case .bodyScale:
            let targets = (plan.client?.paths ?? []).compactMap { SizedTarget($0)?.scaled(by: load.bodyScale).text }
            guard !targets.isEmpty else {
                load = before
                return note(.info, source: "load", "no target names a size")
            }
            clients.apply(.bodyScale(load.bodyScale))
            var distinct: [String] = []
            for target in targets where !distinct.contains(target) { distinct.append(target) }
            note(.info, source: "load", "bodies: \(distinct.joined(separator: ", "))")
        case .hold(let isHeld):
            clients.apply(change)
            note(.info, source: "load", isHeld ? "paused" : "resumed")
        case .reconnectAll:
            clients.apply(change)
            note(.info, source: "load", "all clients reconnect")
        case .dropConnections(let count):
            clients.apply(change)
            note(.warning, source: "load", "\(count) connections dropped")
        case .cacheScope(let scope):
            clients.apply(change)
            note(.info, source: "client", "cache scope \(scope.rawValue) for new connections")
        case .writePolicy(let policy):
            servers.apply(change)
            note(.info, source: "server", "write policy \(policy.rawValue) for new connections")
        case .closeConnection(let connection):
            servers.apply(change)
            note(.warning, source: "server", "connection \(connection.id) closed by hand")
        case .inspect: servers.apply(change)
        case .drainServer:
            note(.warning, source: "server", "drains, as on SIGTERM")
            drainServer()
        case .slowReader(let seconds): startSlowReader(seconds: seconds)
        }
    }

    private func startSlowReader(seconds: Double) {
        guard hasRoomForSlowReader else {
            return note(.warning, source: "load", "no more than \(SlowReaders.limit) slow readers")
        }
        let seconds = seconds.isFinite ? min(max(seconds, 0), SlowReaders.longestSeconds) : 0
        guard addSlowReaders(1, seconds: seconds) else { return }
        note(.info, source: "load", "a slow reader, for \(Figure.fixed(seconds, decimals: seconds == seconds.rounded() ? 0 : 1)) s")
    }
}
