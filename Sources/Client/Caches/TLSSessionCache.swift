package import Measurements

/// The properties of a TLS session that its cache needs.
package protocol ResumableSession: AnyObject {
    /// Bytes of its encoded form.
    var byteCount: Int { get }
    /// Whether it may be offered once only, as a TLS 1.3 ticket (RFC 8446, C.4).
    var isSingleUse: Bool { get }
    /// When it ends: seconds since 1970.
    var expirySeconds: Int { get }
}

/// TLS sessions for the next handshake; the least recently used is evicted first.
///
/// A session that may be used once leaves the cache when it is taken, so no two connections
/// offer the same ticket. The newest session of a peer is taken first: it lives longest.
///
/// A look-up is a hit when the peer has resumed the handshake, not when a session was found: `take`
/// counts the look-up, `handshakeDidEnd` whether it was a hit.
package final class TLSSessionCache<Session: ResumableSession> {
    /// One session: in the list of all by last use, and in the pile of those of its peer.
    private struct Slot {
        var key: TLSOrigin
        /// nil: the slot is free.
        var session: Session?
        var byteCount = 0
        var older = none
        var newer = none
        var below = none
        var above = none
    }
    private static var none: Int { -1 }

    private let entryLimit: Int
    private let byteLimit: Int
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    /// The newest session of each peer.
    private var tops: [TLSOrigin: Int] = [:]
    private var oldest = none
    private var newest = none

    package private(set) var counts = CacheSample()

    /// - Parameters: sessions, and bytes of their encoded form, beyond which the oldest goes.
    package init(entryLimit: Int, byteLimit: Int) {
        self.entryLimit = entryLimit
        self.byteLimit = byteLimit
        counts.entryLimit = entryLimit
        counts.byteLimit = byteLimit
    }

    /// A session to offer to this peer; nil when no session of its is still good.
    /// - Parameter nowSeconds: since 1970.
    package func take(_ key: TLSOrigin, nowSeconds: Int) -> Session? {
        counts.lookups += 1
        while let slot = tops[key], let session = slots[slot].session {
            if session.expirySeconds <= nowSeconds {
                // Not counted as an eviction: there was room.
                remove(slot)
                continue
            }
            if session.isSingleUse { remove(slot) } else { moveToNewest(slot) }
            return session
        }
        return nil
    }

    /// The handshake after a look-up is over.
    /// - Parameter isResumed: by the peer's word (SSL_session_reused).
    package func handshakeDidEnd(isResumed: Bool) {
        if isResumed { counts.hits += 1 } else { counts.misses += 1 }
    }

    /// Keeps a session for later. One that is larger than the cache is dropped.
    package func store(_ session: Session, for key: TLSOrigin, nowSeconds: Int) {
        let byteCount = session.byteCount
        guard entryLimit > 0, byteCount <= byteLimit, session.expirySeconds > nowSeconds else { return }
        // A session that may be used again and again needs no second one beside it.
        if !session.isSingleUse, let slot = tops[key] { remove(slot) }
        while counts.entries >= entryLimit || counts.bytes + byteCount > byteLimit {
            counts.evictions += 1
            remove(oldest)
        }
        let slot = freeSlots.popLast() ?? slots.count
        let below = tops[key] ?? TLSSessionCache.none
        let entry = Slot(key: key, session: session, byteCount: byteCount, below: below)
        if slot == slots.count { slots.append(entry) } else { slots[slot] = entry }
        if below != TLSSessionCache.none { slots[below].above = slot }
        tops[key] = slot
        counts.entries += 1
        counts.bytes += byteCount
        append(slot)
    }

    /// Adds time that a thread has waited for the lock around this cache.
    func addWait(nanoseconds: UInt64) { counts.waitedNanoseconds += nanoseconds }

    private func remove(_ slot: Int) {
        let entry = slots[slot]
        unlink(slot)
        if entry.above != TLSSessionCache.none {
            slots[entry.above].below = entry.below
        } else if entry.below != TLSSessionCache.none {
            tops[entry.key] = entry.below
        } else {
            tops[entry.key] = nil
        }
        if entry.below != TLSSessionCache.none { slots[entry.below].above = entry.above }
        slots[slot].session = nil
        freeSlots.append(slot)
        counts.entries -= 1
        counts.bytes -= entry.byteCount
    }

    private func moveToNewest(_ slot: Int) {
        guard newest != slot else { return }
        unlink(slot)
        append(slot)
    }

    private func append(_ slot: Int) {
        slots[slot].older = newest
        slots[slot].newer = TLSSessionCache.none
        if newest != TLSSessionCache.none { slots[newest].newer = slot } else { oldest = slot }
        newest = slot
    }

    private func unlink(_ slot: Int) {
        let (older, newer) = (slots[slot].older, slots[slot].newer)
        if older != TLSSessionCache.none { slots[older].newer = newer } else { oldest = newer }
        if newer != TLSSessionCache.none { slots[newer].older = older } else { newest = older }
    }
}
