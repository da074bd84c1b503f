internal import Measurements

/// The caches that the clients of one loop use, by the `CacheOwnership` of the time.
final class LoopCaches {
    private var ownership: CacheOwnership
    /// Caches that new connections use together; nil when each client has its own.
    private var common: Caches?
    /// Those, and those that were common before: older connections still use and count them.
    private var allCommon: [CacheScope: Caches] = [:]
    /// The counts of clients' own caches that are no longer in use.
    private var ended = ClientSample()

    init(_ ownership: CacheOwnership) {
        self.ownership = ownership
        setOwnership(ownership)
    }

    /// From now on new connections use caches of this ownership; those that were made for it before, if any.
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
        ended.caches.strings.forgetGauges()
        ended.caches.buffers.forgetGauges()
        ended.caches.sessions.forgetGauges()
    }

    /// Adds all counts but those of clients' own caches that are in use.
    func add(to sample: inout ClientSample) {
        sample.caches.strings.merge(ended.caches.strings)
        sample.caches.buffers.merge(ended.caches.buffers)
        sample.caches.sessions.merge(ended.caches.sessions)
        for caches in allCommon.values { caches.add(to: &sample) }
    }
}

extension CacheSample {
    /// Leaves the counts: the contents went with the cache.
    fileprivate mutating func forgetGauges() {
        entries = 0
        entryLimit = 0
        bytes = 0
        byteLimit = 0
    }
}
