/// A request target whose answer can be predicted, with a place for the seed.
package struct CheckedTarget: Sendable, Equatable {
    /// The text before the seed and behind it: "/bytes/64?seed=", "".
    package var head: String
    package var tail: String
    /// Bytes of the answer's body.
    package var byteCount: Int
    /// The same seed for every request. nil: each has its own.
    package var seed: UInt64?

    package init(head: String, tail: String = "", byteCount: Int, seed: UInt64? = nil) {
        self.head = head
        self.tail = tail
        self.byteCount = byteCount
        self.seed = seed
    }
}
