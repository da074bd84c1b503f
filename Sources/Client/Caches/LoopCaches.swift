internal import Measurements

/// The caches that the clients of one loop use, as `CacheOwnership` has it at the time.
final class LoopCaches {
    private var ownership: CacheOwnership
    /// What new clients use together; nil when each has its own.
    private var common: Caches?
    /// That and what was common before, which older connections still use and which counts on.
    private var allCommon: [CacheScope: Caches] = [:]
    /// What clients' own caches counted that are no longer in use.
    private var ended = ClientSample()

    init(_ ownership: CacheOwnership) {
        self.ownership = ownership
        setOwnership(ownership)
    }

    /// From now on new connections use caches of this ownership. What was made for it before is used again.
    func setOwnership(_ new: CacheOwnership) {
        ownership = new
        common = new.isPerClient ? nil : allCommon[new.scope] ?? Caches(new, .many)
        if let common { allCommon[new.scope] = common }
    }

    /// The caches of a client.
    func make() -> Caches { common ?? Caches(ownership, .one) }

    /// Whether a new connection may go on using these.
    func isCurrent(_ caches: Caches) -> Bool {
        if let common { common === caches } else { caches.isOneClients }
    }

    /// A client has no more use for these.
    func give(_ caches: Caches) {
        guard caches.isOneClients else { return }
        caches.add(to: &ended)
        ended.strings.forgetGauges()
        ended.buffers.forgetGauges()
        ended.sessions.forgetGauges()
    }

    /// Adds all counts but those of clients' own caches that are in use.
    func add(to sample: inout ClientSample) {
        sample.strings.merge(ended.strings)
        sample.buffers.merge(ended.buffers)
        sample.sessions.merge(ended.sessions)
        for caches in allCommon.values { caches.add(to: &sample) }
    }
}

extension CacheSample {
    /// Leaves the counts: what was in the cache went with it.
    fileprivate mutating func forgetGauges() {
        entries = 0
        entryLimit = 0
        bytes = 0
        byteLimit = 0
    }
}
