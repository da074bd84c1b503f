internal import Memory

/// The bodies of seeds that many requests ask for: made once a loop, never changed, and sent under leases.
///
/// A seed's bodies are beginnings of each other, so one arena a seed serves all sizes. It is made when a seed is
/// asked for a second time, among the seeds asked for last; until then each request makes its own. The seeds used
/// longest ago give way; their arenas stay until the last lease on them has ended. One loop's thread.
final class SharedBodies {
    /// Seeds whose bodies are kept, and bytes of all of them.
    static let seedLimit = 4
    static let byteLimit = 16 << 20
    /// Seeds that are remembered after one request.
    private static let candidateLimit = 8

    private struct Kept {
        let seed: UInt64
        let arena: Arena
        let bytes: ArenaBytes
        /// The number of the look-up that found it last.
        var lastUse: UInt64
    }

    /// Not the loop's: these arenas are no exchange's, and stay until the server ends.
    private let pool: ArenaPool
    private var kept: [Kept] = []
    private var keptByteCount = 0
    private var candidates: [UInt64] = []
    private var lookUpCount: UInt64 = 0

    init(isAudited: Bool) {
        pool = ArenaPool(idleByteLimit: 0, isAudited: isAudited)
        kept.reserveCapacity(SharedBodies.seedLimit)
        candidates.reserveCapacity(SharedBodies.candidateLimit)
    }

    /// Leases must have ended: the loop's writes have.
    deinit { removeAll() }

    /// Keeps none any longer; those that are on their way to a peer stay until they are there.
    func removeAll() {
        while !kept.isEmpty { forget(at: kept.count - 1) }
        candidates.removeAll(keepingCapacity: true)
    }

    /// Bytes of the bodies that are kept.
    var byteCount: Int { keptByteCount }

    /// Leases on bodies that are out, now.
    var leaseCount: Int { pool.currentStatistics.leaseCount }

    /// A body, and the arena to take a lease on before anything else is done; nil: the request makes its own.
    func body(seed: UInt64, count: Int) -> (bytes: ArenaBytes, arena: Arena)? {
        guard count <= SharedBodies.byteLimit else { return nil }
        lookUpCount &+= 1
        for index in kept.indices where kept[index].seed == seed && kept[index].bytes.count >= count {
            kept[index].lastUse = lookUpCount
            return (kept[index].bytes[0..<count], kept[index].arena)
        }
        guard isKnown(seed) else {
            if candidates.count == SharedBodies.candidateLimit { candidates.removeFirst() }
            candidates.append(seed)
            return nil
        }
        return keep(seed, count)
    }

    private func isKnown(_ seed: UInt64) -> Bool {
        candidates.contains(seed) || kept.contains { $0.seed == seed }
    }

    private func keep(_ seed: UInt64, _ count: Int) -> (bytes: ArenaBytes, arena: Arena) {
        candidates.removeAll { $0 == seed }
        // A seed that is asked for ever longer bodies is made a few times, not once a length.
        var roomy = count
        if let index = kept.firstIndex(where: { $0.seed == seed }) {
            roomy = max(count, min(2 * kept[index].bytes.count, SharedBodies.byteLimit))
            forget(at: index)
        }
        while kept.count == SharedBodies.seedLimit || keptByteCount + roomy > SharedBodies.byteLimit,
            let oldest = kept.indices.min(by: { kept[$0].lastUse < kept[$1].lastUse }) {
            forget(at: oldest)
        }
        let arena = pool.take()
        let bytes = SeededBody(seed: seed).bytes(count: roomy, in: arena)
        kept.append(Kept(seed: seed, arena: arena, bytes: bytes, lastUse: lookUpCount))
        keptByteCount += roomy
        return (bytes[0..<count], arena)
    }

    private func forget(at index: Int) {
        let gone = kept.remove(at: index)
        keptByteCount -= gone.bytes.count
        gone.arena.retire()
    }
}
