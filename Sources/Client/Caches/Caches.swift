internal import Glibc
internal import Measurements
internal import TLS

/// The caches as a client uses them, in each of the ways to own them (`CacheOwnership`).
///
/// With a set of its own a look-up costs one comparison more than the cache alone: the way is a
/// constant. The other ways are there to be compared with that.
///
/// Belongs to a loop; the caches behind `shared` and `unguarded` belong to all loops.
///
/// `@safe`: lends its buffers for the length of a call.
@safe
final class Caches {
    private enum Way { case direct, locked, none, unguarded }
    private let way: Way
    /// Of a client or a loop. Unused in the other ways, where it has no buffers and no sessions.
    private let set: CacheSet
    private let strings: StringCache
    private let buffers: BufferCache
    private let shared: SharedCaches?
    private let unguarded: UnguardedCaches?
    /// Whether one client has these caches for itself.
    let isOneClients: Bool

    /// Look-ups where nothing is kept: all of them are misses.
    private var missedStrings: UInt64 = 0
    private var missedBuffers: UInt64 = 0
    private var missedSessions: UInt64 = 0

    /// - Parameter size: for how many clients, where the set is ours.
    init(_ ownership: CacheOwnership, _ size: CacheSet.Size) {
        set = CacheSet(size)
        isOneClients = size == .one
        strings = set.strings
        buffers = set.buffers
        switch ownership {
        case .client, .loop: (way, shared, unguarded) = (.direct, nil, nil)
        case .off: (way, shared, unguarded) = (.none, nil, nil)
        case .shared(let caches): (way, shared, unguarded) = (.locked, caches, nil)
        case .unguarded(let caches): (way, shared, unguarded) = (.unguarded, nil, caches)
        }
    }

    // MARK: Strings

    /// A number for `text`: the same as for the same text before. `none` where nothing is kept.
    func intern(_ text: UnsafeRawBufferPointer) -> StringCache.Handle {
        switch way {
        case .direct: return unsafe strings.intern(text)
        case .locked: return unsafe shared.unsafelyUnwrapped.intern(text)
        case .unguarded: return unsafe unguarded.unsafelyUnwrapped.intern(text)
        case .none:
            missedStrings &+= 1
            return .none
        }
    }

    /// The text that `handle` stands for; nil when it is kept no more.
    func text(of handle: StringCache.Handle) -> String? {
        switch way {
        case .direct: strings.text(of: handle)
        case .locked: unsafe shared.unsafelyUnwrapped.text(of: handle)
        case .unguarded: unsafe unguarded.unsafelyUnwrapped.text(of: handle)
        case .none: nil
        }
    }

    // MARK: Buffers

    /// Lends a buffer of at least `byteCount` bytes, at most the largest class, for the length of the call.
    func withBuffer<Result>(byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        let size = BufferCache.sizeClass(of: byteCount)
        let buffer: UnsafeMutableRawBufferPointer
        switch way {
        case .direct: unsafe buffer = unsafe buffers.take(size)
        case .locked: unsafe buffer = unsafe shared.unsafelyUnwrapped.takeBuffer(size)
        case .unguarded: unsafe buffer = unsafe unguarded.unsafelyUnwrapped.takeBuffer(size)
        case .none:
            missedBuffers &+= 1
            unsafe buffer = unsafe BufferCache.make(size)
        }
        defer {
            switch way {
            case .direct: unsafe buffers.give(buffer, size)
            case .locked: unsafe shared.unsafelyUnwrapped.giveBuffer(buffer, size)
            case .unguarded: unsafe unguarded.unsafelyUnwrapped.giveBuffer(buffer, size)
            case .none: unsafe buffer.deallocate()
            }
        }
        return unsafe body(buffer)
    }

    // MARK: TLS sessions

    /// A session to offer to this peer. `handshakeDidEnd` has to follow, also after nil.
    func takeSession(for origin: TLSOrigin) -> TLSSession? {
        let now = time(nil)
        switch way {
        case .direct: return set.sessions.take(origin, nowSeconds: now)
        case .locked: return unsafe shared.unsafelyUnwrapped.withSessions { $0.take(origin, nowSeconds: now) }
        case .unguarded: return unsafe unguarded.unsafelyUnwrapped.takeSession(for: origin, nowSeconds: now)
        case .none:
            missedSessions &+= 1
            return nil
        }
    }

    /// The handshake that `takeSession` came before is over. - Parameter isResumed: by the peer's word.
    func handshakeDidEnd(isResumed: Bool) {
        switch way {
        case .direct: set.sessions.handshakeDidEnd(isResumed: isResumed)
        case .locked: unsafe shared.unsafelyUnwrapped.withSessions { $0.handshakeDidEnd(isResumed: isResumed) }
        case .unguarded: unsafe unguarded.unsafelyUnwrapped.handshakeDidEnd(isResumed: isResumed)
        case .none: break
        }
    }

    /// Keeps a session that this peer gave.
    func store(_ session: TLSSession, for origin: TLSOrigin) {
        let now = time(nil)
        switch way {
        case .direct: set.sessions.store(session, for: origin, nowSeconds: now)
        case .locked: unsafe shared.unsafelyUnwrapped.withSessions { $0.store(session, for: origin, nowSeconds: now) }
        case .unguarded: unsafe unguarded.unsafelyUnwrapped.store(session, for: origin)
        case .none: break
        }
    }

    // MARK: Counts

    /// Adds the counts of caches that belong to this loop. Those that all loops share count for themselves.
    func add(to sample: inout ClientSample) {
        switch way {
        case .direct: set.add(to: &sample)
        case .locked, .unguarded: break
        case .none:
            func missed(_ count: UInt64, _ cache: inout CacheSample) {
                cache.lookups += count
                cache.misses += count
            }
            missed(missedStrings, &sample.caches.strings)
            missed(missedBuffers, &sample.caches.buffers)
            missed(missedSessions, &sample.caches.sessions)
        }
    }
}
