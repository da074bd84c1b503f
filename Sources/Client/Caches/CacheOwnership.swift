internal import Measurements

/// How the caches of a loop's clients are owned.
package enum CacheOwnership: Sendable {
    /// Each client has a set of its own.
    case client
    /// The clients of the loop have a set together.
    case loop
    /// Nothing is kept.
    case off
    /// All loops have this set together, behind its lock.
    case shared(SharedCaches)
    /// All loops have this set together, without a lock: only in a worker process.
    case unguarded(UnguardedCaches)

    /// Whether TLS sessions are kept: otherwise no server need be asked for one.
    var keepsSessions: Bool {
        switch self {
        case .off: false
        case .client, .loop, .shared, .unguarded: true
        }
    }

    /// The name of this way.
    var scope: CacheScope {
        switch self {
        case .client: .client
        case .loop: .loop
        case .off: .off
        case .shared: .shared
        case .unguarded: .unguarded
        }
    }

    var isPerClient: Bool {
        switch self {
        case .client: true
        case .loop, .off, .shared, .unguarded: false
        }
    }
}
