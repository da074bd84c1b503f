package import Measurements
internal import Synchronization

/// The caches of a run's clients by their scope. A set that all loops share is made once, and counts on
/// when another scope is chosen.
///
/// The loops' threads take from here, the thread that samples reads the counts.
package final class CacheOwners: Sendable {
    private let made = Mutex<[CacheScope: CacheOwnership]>([:])

    package init() {}

    /// The caches of a scope.
    package func ownership(_ scope: CacheScope) -> CacheOwnership {
        made.withLock { made in
            let ownership = made[scope] ?? CacheOwners.make(scope)
            made[scope] = ownership
            return ownership
        }
    }

    /// Adds the counts of the sets that all loops share: no loop has them in its own reading.
    package func add(to sample: inout ClientSample) {
        for ownership in made.withLock({ Array($0.values) }) {
            switch ownership {
            case .client, .loop, .off: break
            case .shared(let caches): caches.add(to: &sample)
            case .unguarded(let caches): caches.add(to: &sample)
            }
        }
    }

    private static func make(_ scope: CacheScope) -> CacheOwnership {
        switch scope {
        case .client: .client
        case .loop: .loop
        case .off: .off
        case .shared: .shared(SharedCaches())
        case .unguarded: .unguarded(UnguardedCaches())
        }
    }
}
