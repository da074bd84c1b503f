package import Measurements

/// One thing that a run can be told while it goes.
///
/// The same value all the way: the dashboard makes it of a key, a phase or a planned event of the
/// plan, `SampleSource.apply` takes it, a worker process gets it as a line of JSON, and each event
/// loop gets its share of it.
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

    /// May take the process down that makes it: only one that may be lost does.
    package var isUnsafe: Bool {
        switch self {
        case .writePolicy(let policy): policy.isUnsafe
        case .cacheScope(let scope): scope.isUnsafe
        case .rate, .connections, .streams, .bodyScale, .reconnectAll, .hold, .slowReader, .dropConnections, .closeConnection, .drainServer, .inspect: false
        }
    }
}
