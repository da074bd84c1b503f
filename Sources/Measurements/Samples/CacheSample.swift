/// One of a client's caches, or all of that kind merged.
package struct CacheSample: Sendable, Equatable {
    package var lookups: UInt64 = 0
    package var hits: UInt64 = 0
    package var misses: UInt64 = 0
    package var evictions: UInt64 = 0
    /// Now, and at most.
    package var entries = 0
    package var entryLimit = 0
    package var bytes = 0
    package var byteLimit = 0
    /// Time spent waiting for the cache's lock, nanoseconds. Zero where there is no lock.
    package var waitedNanoseconds: UInt64 = 0

    package init() {}

    /// Hits in look-ups, 0 to 1; nil before the first look-up.
    package var hitRate: Double? {
        lookups == 0 ? nil : Double(hits) / Double(lookups)
    }
}

extension CacheSample: SamplePart {
    package static let table = MetricTable<CacheSample>([
        .counter("lookups", .lookup, \.lookups, "Look-ups"),
        .counter("hits", .lookup, \.hits, "Look-ups that found an entry"),
        .counter("misses", .lookup, \.misses, "Look-ups that did not"),
        .counter("evictions", .eviction, \.evictions, "Entries thrown out for want of room"),
        .gauge("entries", .entry, \.entries, "Entries now"),
        .gauge("entry_limit", .entry, \.entryLimit, "Entries at most"),
        .gauge("bytes", .bytes, \.bytes, "Bytes held now"),
        .gauge("byte_limit", .bytes, \.byteLimit, "Bytes at most"),
        .timeCounter("waited", \.waitedNanoseconds, better: .lower, "Time spent waiting for the lock"),
        .ratio("hit_rate", "Hits in look-ups") { $0.hitRate },
    ])
}

/// The caches of the clients.
package struct ClientCacheSamples: Sendable, Equatable {
    package var strings = CacheSample()
    package var buffers = CacheSample()
    /// TLS sessions: a hit is a handshake that the peer resumed.
    package var sessions = CacheSample()
    /// Faults found in caches that no lock guards.
    package var corruptions: UInt64 = 0

    package init() {}
}
