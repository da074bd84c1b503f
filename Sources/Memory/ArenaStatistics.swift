/// The counts of an arena pool, since it was made unless they say "now".
package struct ArenaStatistics: Sendable, Equatable {
    /// Arenas taken, and how many of those came warm from the idle list.
    package var takenCount: UInt64 = 0
    package var reusedCount: UInt64 = 0
    /// Resets: an arena went back empty.
    package var resetCount: UInt64 = 0
    /// Resets of an arena that libuv had not finished reading. Only an audit counts them.
    package var unsafeResetCount: UInt64 = 0
    /// Bytes that had been handed out by the arenas reset so far.
    package var recycledByteCount: UInt64 = 0
    /// Arenas with an owner or a lease, now and at most.
    package var inUseCount = 0
    package var inUseHighWater = 0
    /// Arenas that are retired and still leased, now.
    package var retiredCount = 0
    /// Arenas waiting to be taken, now.
    package var idleCount = 0
    /// Leases out, now.
    package var leaseCount = 0
    /// Bytes of the chunks of all arenas, idle ones included, now and at most.
    package var reservedByteCount = 0
    package var reservedHighWaterByteCount = 0
    /// The most that one exchange has used.
    package var arenaHighWaterByteCount = 0
    /// Bytes the pool has from the system, now.
    package var mappedByteCount = 0

    package init() {}
}
