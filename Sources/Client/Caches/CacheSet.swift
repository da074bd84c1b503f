internal import Measurements
internal import TLS

/// The three caches that go together: one owner, one lock if any.
final class CacheSet {
    let strings: StringCache
    let buffers: BufferCache
    let sessions: TLSSessionCache<TLSSession>

    /// How many clients use a set.
    enum Size {
        /// One client, with one peer and one connection.
        case one
        /// Many clients, on one loop or on many.
        case many
    }

    /// TLS sessions kept for one client. A server gives two with each handshake (OpenSSL's
    /// default) and one is used: the others are for peers that refuse one.
    static let sessionsOfOneClient = 8

    /// TLS sessions kept for many. As many clients as a server takes by default would need 10 000; when
    /// they all connect again at once, those without a session make a full handshake.
    static let sessionsOfMany = 4096

    /// Bytes of a session with the chain of its peer's certificates: eight of them take 4 KiB each.
    static let sessionByteCount = 4 * 1024

    init(_ size: Size) {
        strings = StringCache()
        switch size {
        case .one:
            buffers = BufferCache()
            sessions = TLSSessionCache(
                entryLimit: CacheSet.sessionsOfOneClient,
                byteLimit: CacheSet.sessionsOfOneClient * CacheSet.sessionByteCount)
        case .many:
            // Two for each of as many threads as machines have.
            buffers = BufferCache(depth: 16 * BufferCache.buffersPerClass)
            sessions = TLSSessionCache(
                entryLimit: CacheSet.sessionsOfMany, byteLimit: CacheSet.sessionsOfMany * CacheSet.sessionByteCount)
        }
    }

    /// Adds the counts of the three.
    func add(to sample: inout ClientSample) {
        sample.caches.strings.merge(strings.counts)
        sample.caches.buffers.merge(buffers.counts)
        sample.caches.sessions.merge(sessions.counts)
    }
}

extension TLSSession: ResumableSession {}
