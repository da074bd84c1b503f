/// The owner of the clients' caches.
package enum CacheScope: String, Codable, Sendable, CaseIterable {
    /// Each client owns its caches. Option 1 of seed 004, and the default.
    case client
    /// All clients use one set of caches behind one lock. Option 2 of seed 004.
    case shared
    /// Nothing is cached. Option 3 of seed 004.
    case off
    /// The clients of an event loop share a set; its thread is the only one there, so no lock is needed.
    case loop
    /// All clients use one set of caches without a lock, from many threads. The bug of seed 004.
    case unguarded

    /// May take the process down: only a worker process runs it.
    package var isUnsafe: Bool { self == .unguarded }
}
