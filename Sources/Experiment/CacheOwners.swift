internal import Client
internal import Measurements
internal import Synchronization

/// The caches of a run's clients by their scope. A set that all loops share is made once, and counts on
/// when another scope is chosen.
///
/// The loops' threads take from here, the experiment's thread reads the counts.
final class CacheOwners: Sendable {
    private let made = Mutex<[CacheScope: CacheOwnership]>([:])

    /// The caches of a scope.
    func ownership(_ scope: CacheScope) -> CacheOwnership {
        made.withLock { made in
            let ownership = made[scope] ?? CacheOwnership(scope)
            made[scope] = ownership
            return ownership
        }
    }

    /// Adds the counts of the sets that all loops share: no loop has them in its own reading.
    func add(to sample: inout ClientSample) {
        for ownership in made.withLock({ Array($0.values) }) { ownership.add(to: &sample) }
    }
}
