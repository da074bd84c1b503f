package import Measurements
internal import TLS

/// One set of caches for the clients of all loops, without a lock: the bug of seed 004, on purpose.
///
/// Only a worker process runs it: it corrupts itself, and may take the process down.
///
/// `@unchecked Sendable`: it is not safe to share, and is shared all the same: that is the bug.
package final class UnguardedCaches: @unchecked Sendable {
    private let strings = UnguardedLRU<Int>(entryLimit: StringCache.entryLimit)
    private let buffers = UnguardedBuffers()
    private let sessions = UnguardedLRU<[TLSSession]>(entryLimit: CacheSet.sessionsOfMany)
    // Counted by all threads at once, and so too low: the bug affects the counts as well.
    private var stringCounts = CacheSample()
    private var sessionCounts = CacheSample()

    /// Sessions of one peer: as many as a guarded set has of all peers.
    private static let sessionsPerPeer = CacheSet.sessionsOfMany

    package init() {}

    func intern(_ text: UnsafeRawBufferPointer) -> StringCache.Handle {
        stringCounts.lookups &+= 1
        guard text.count <= StringCache.stringByteLimit else {
            stringCounts.misses &+= 1
            return .none
        }
        let key = unsafe String(decoding: text, as: UTF8.self)
        let place: Int
        if let found = strings.find(key) {
            stringCounts.hits &+= 1
            place = found.place
        } else {
            stringCounts.misses &+= 1
            place = strings.insert(text.count, for: key)
        }
        return StringCache.Handle(slot: UInt16(truncatingIfNeeded: place), generation: 1)
    }

    func text(of handle: StringCache.Handle) -> String? { handle == .none ? nil : strings.key(at: Int(handle.slot)) }

    func takeBuffer(_ size: Int) -> UnsafeMutableRawBufferPointer { unsafe buffers.take(size) }

    func giveBuffer(_ buffer: UnsafeMutableRawBufferPointer, _ size: Int) { unsafe buffers.give(buffer, size) }

    func takeSession(for origin: TLSOrigin, nowSeconds: Int) -> TLSSession? {
        sessionCounts.lookups &+= 1
        let name = UnguardedCaches.name(origin)
        guard var pile = sessions.find(name)?.value else { return nil }
        while let session = pile.popLast() {
            guard session.expirySeconds > nowSeconds else { continue }
            if !session.isSingleUse { pile.append(session) }
            sessions.insert(pile, for: name)
            return session
        }
        sessions.remove(name)
        return nil
    }

    func handshakeDidEnd(isResumed: Bool) {
        if isResumed { sessionCounts.hits &+= 1 } else { sessionCounts.misses &+= 1 }
    }

    func store(_ session: TLSSession, for origin: TLSOrigin) {
        let name = UnguardedCaches.name(origin)
        var pile = sessions.find(name)?.value ?? []
        if pile.count >= UnguardedCaches.sessionsPerPeer { pile.removeFirst() }
        pile.append(session)
        sessions.insert(pile, for: name)
    }

    private static func name(_ origin: TLSOrigin) -> String { "\(origin.host):\(origin.port) \(origin.protocols.map(\.rawValue).joined(separator: ","))" }

    /// Adds the counts, and the faults found by now. Without a lock, as everything here.
    package func add(to sample: inout ClientSample) {
        var strings = stringCounts
        strings.entries = self.strings.count
        strings.entryLimit = StringCache.entryLimit
        strings.evictions = self.strings.evictionCount
        sample.caches.strings.merge(strings)
        buffers.add(to: &sample.caches.buffers)
        var sessions = sessionCounts
        sessions.entries = self.sessions.count
        sessions.entryLimit = CacheSet.sessionsOfMany
        sessions.evictions = self.sessions.evictionCount
        sample.caches.sessions.merge(sessions)
        sample.caches.corruptions += self.strings.corruptionCount() + self.sessions.corruptionCount() + buffers.lentTwiceCount
    }
}
