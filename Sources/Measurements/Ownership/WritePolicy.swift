/// The owner of a response's bytes until the kernel has taken them.
package enum WritePolicy: String, Codable, Sendable, CaseIterable {
    /// The write holds a lease on the exchange's arena. Ours, and the default.
    case lease
    /// The answer is copied to memory of its own, which the callback frees; the arena is reset
    /// before the write. The fix in seed 000.
    case copy
    /// One arena for the connection, the write request and its bytes inside it, reset while
    /// writes are pending. The bug of seed 000.
    case resetEarly = "reset-early"

    /// May take the process down: only a worker process runs it.
    package var isUnsafe: Bool { self == .resetEarly }
}
