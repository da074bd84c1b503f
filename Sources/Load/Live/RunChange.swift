package import Measurements

/// One thing that a run can be told while it goes.
///
/// The same value all the way: the dashboard makes it of a key, a phase or a planned event of the
/// plan, `SampleSource.apply` takes it, a worker process gets it as a line of JSON, and each event
/// loop gets its share of it. `LoadState.applying` has its effect on the load.
package enum RunChange: Codable, Sendable, Equatable {
    /// Requests per second of all clients together. Only an open load has a rate.
    case rate(Double)
    /// Clients of all loops together, each with one connection.
    case connections(Int)
    /// Most streams that each client opens at once.
    case streams(Int)
    /// Answers this many times as large as the plan wants, where the targets name a size (`SizedTarget`).
    case bodyScale(Double)
    /// The owner of the answers of the server's connections that are accepted from now on.
    case writePolicy(WritePolicy)
    /// The owner of the caches of the clients' connections that are made from now on.
    case cacheScope(CacheScope)
    /// Each client leaves its connection for another, once its requests in flight are answered: a choice
    /// for new connections then holds for all.
    case reconnectAll
    /// The clients stop asking, or go on; their connections stay.
    case hold(Bool)
    /// One client joins that reads its answers at a trickle, and leaves after this time. It is no part of the load.
    case slowReader(seconds: Double)
    /// This many connections are closed under their requests; their clients connect again.
    case dropConnections(Int)
    /// The server closes one connection under its requests.
    case closeConnection(ConnectionIdentity)
    /// The server takes no more connections and ends when those that are open have ended, as on SIGTERM.
    case drainServer
    /// Samples tell more of this connection of the server, and of no other; nil: of none.
    case inspect(ConnectionIdentity?)

    /// The loops that make the change.
    package enum Side {
        case clients, server
        /// The run as a whole does.
        case run
    }

    package var side: Side {
        switch self {
        case .rate, .connections, .streams, .bodyScale, .cacheScope, .reconnectAll, .hold, .dropConnections: .clients
        case .writePolicy, .closeConnection, .inspect: .server
        case .slowReader, .drainServer: .run
        }
    }

    /// May take the process down that makes it: only one that may be lost does.
    package var isUnsafe: Bool {
        switch self {
        case .writePolicy(let policy): policy.isUnsafe
        case .cacheScope(let scope): scope.isUnsafe
        default: false
        }
    }

    /// The part of one of the loops of its side.
    ///
    /// - Parameter load: with the change in it.
    package func share(in load: LoadState, loop: Int, of loops: Int) -> RunChange {
        let share = RunShare(loop, of: loops)
        return switch self {
        case .rate: .rate((load.rate ?? 0) / Double(loops))
        case .connections: .connections(share.count(among: load.connections))
        case .streams: .streams(load.streams)
        case .dropConnections(let count): .dropConnections(share.count(among: count))
        case .bodyScale, .writePolicy, .cacheScope, .reconnectAll, .hold, .slowReader, .closeConnection, .drainServer, .inspect: self
        }
    }

    /// The part of one origin of what a loop has of it.
    package func part(_ origin: OriginPart) -> RunChange {
        if origin.isWhole { return self }
        return switch self {
        case .rate(let rate): .rate(rate * origin.share)
        case .connections(let count): .connections(origin.connections(among: count))
        case .dropConnections(let count): .dropConnections(origin.count(among: count))
        case .streams, .bodyScale, .writePolicy, .cacheScope, .reconnectAll, .hold, .slowReader, .closeConnection, .drainServer, .inspect: self
        }
    }

    /// Its line in the list of events; nil where the run says more than this, or nothing.
    ///
    /// - Parameter load: with the change in it.
    package func event(in load: LoadState) -> (level: Event.Level, source: String, text: String)? {
        switch self {
        case .rate: (.info, "load", "rate \(Figure.threeDigits(load.rate ?? 0))/s")
        case .connections: (.info, "load", Figure.counted(load.connections, "connection"))
        case .streams: (.info, "load", Figure.counted(load.streams, "stream") + " per connection")
        case .writePolicy(let policy): (.info, "server", "write policy \(policy.rawValue) for new connections")
        case .cacheScope(let scope): (.info, "client", "cache scope \(scope.rawValue) for new connections")
        case .reconnectAll: (.info, "load", "all clients reconnect")
        case .hold(let isHeld): (.info, "load", isHeld ? "paused" : "resumed")
        case .dropConnections(let count): (.warning, "load", Figure.counted(count, "connection") + " dropped")
        case .closeConnection(let connection): (.warning, "server", "connection \(connection.id) closed by hand")
        case .drainServer: (.warning, "server", "drains, as on SIGTERM")
        case .bodyScale, .slowReader, .inspect: nil
        }
    }
}
