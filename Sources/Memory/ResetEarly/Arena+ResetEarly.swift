extension Arena {
    /// The bug of seed 000: empties the arena although it may still be read, and leaves it to its owner.
    ///
    /// Leases are not looked at; one that is out will trap at its end. Only for an arena that is used
    /// without leases, in a process that may die of it.
    package func resetEarly() {
        unsafe header.pointee.pool._withUnsafeGuaranteedRef { $0.empty(self) }
    }
}
