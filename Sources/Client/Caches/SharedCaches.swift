package import Measurements
internal import TLS

/// One set of caches for the clients of all loops, behind one lock. Option 2 of seed 004.
///
/// `@unchecked Sendable`: the set is touched under the lock only. Numbers and strings leave it, and
/// buffers and sessions that belong to the taker alone.
package final class SharedCaches: @unchecked Sendable {
    private let lock = CacheLock()
    private let set = CacheSet(.many)

    package init() {}

    func intern(_ text: UnsafeRawBufferPointer) -> StringCache.Handle {
        let waited = lock.lock()
        defer { lock.unlock() }
        if waited > 0 { set.strings.addWait(nanoseconds: waited) }
        return unsafe set.strings.intern(text)
    }

    func text(of handle: StringCache.Handle) -> String? {
        let waited = lock.lock()
        defer { lock.unlock() }
        if waited > 0 { set.strings.addWait(nanoseconds: waited) }
        return set.strings.text(of: handle)
    }

    func takeBuffer(_ size: Int) -> UnsafeMutableRawBufferPointer {
        let waited = lock.lock()
        defer { lock.unlock() }
        if waited > 0 { set.buffers.addWait(nanoseconds: waited) }
        return unsafe set.buffers.take(size)
    }

    func giveBuffer(_ buffer: UnsafeMutableRawBufferPointer, _ size: Int) {
        let waited = lock.lock()
        defer { lock.unlock() }
        if waited > 0 { set.buffers.addWait(nanoseconds: waited) }
        unsafe set.buffers.give(buffer, size)
    }

    /// Does something with the sessions, under the lock.
    func withSessions<Result>(_ body: (TLSSessionCache<TLSSession>) -> Result) -> Result {
        let waited = lock.lock()
        defer { lock.unlock() }
        if waited > 0 { set.sessions.addWait(nanoseconds: waited) }
        return body(set.sessions)
    }

    /// Adds the counts of all clients together, from any thread. Takes the lock for that long.
    package func add(to sample: inout ClientSample) {
        // Not counted: no client waited here.
        _ = lock.lock()
        defer { lock.unlock() }
        set.add(to: &sample)
    }
}
