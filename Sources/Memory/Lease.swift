/// The right to the bytes of one arena for as long as they are still read.
///
/// An arena with a lease out is never reset: retiring it only marks it, and the
/// last lease to end recycles it. Bytes go to libuv together with a lease, which
/// ends when the write's callback has run.
///
/// `@safe`: holds an `Arena`, and by existing keeps that arena's memory as it is.
@safe
package struct Lease: ~Copyable {
    /// The arena that the lease keeps.
    package let arena: Arena
    private let generation: UInt32

    /// Takes a lease on `arena`, which must not have been retired.
    package init(on arena: Arena) {
        unsafe assert(!arena.header.pointee.isRetired, "lease taken on a retired arena")
        self.arena = arena
        generation = arena.generation
        unsafe arena.header.pointee.leaseCount &+= 1
        unsafe arena.header.pointee.pool._withUnsafeGuaranteedRef { $0.leaseDidStart() }
    }

    /// A further lease beside one that is out: allowed on a retired arena, which it keeps retired.
    fileprivate init(extending other: borrowing Lease) {
        arena = other.arena
        generation = other.generation
        unsafe arena.header.pointee.leaseCount &+= 1
        unsafe arena.header.pointee.pool._withUnsafeGuaranteedRef { $0.leaseDidStart() }
    }

    deinit {
        // A generation that moved on means that the arena was reset under the lease.
        precondition(arena.generation == generation, "arena was reset while a lease was out")
        unsafe arena.header.pointee.leaseCount &-= 1
        let isLast = unsafe arena.header.pointee.leaseCount == 0 && arena.header.pointee.isRetired
        unsafe arena.header.pointee.pool._withUnsafeGuaranteedRef { pool in
            pool.leaseDidEnd()
            if isLast { pool.recycleRetired(arena) }
        }
    }
}

extension Lease {
    /// One more lease on the same arena, which may have been retired since.
    package borrowing func another() -> Lease { Lease(extending: self) }
}
