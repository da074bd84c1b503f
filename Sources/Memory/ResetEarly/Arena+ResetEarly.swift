extension Arena {
    /// The bug of seed 000: empties the arena, whoever still reads it, and leaves it to its owner.
    ///
    /// No lease is asked; one that is out will trap at its end. Only for an arena that is used
    /// without leases, in a process that may die of it.
    package func resetEarly() {
        unsafe header.pointee.pool._withUnsafeGuaranteedRef { $0.empty(self) }
    }
}
