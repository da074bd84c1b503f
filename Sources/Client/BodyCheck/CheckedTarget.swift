package import Load

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

    /// nil: the answer cannot be predicted.
    package init?(_ kind: RequestKind) {
        guard kind.hasPredictableAnswer, let target = PredictableTarget(kind.path) else { return nil }
        self.init(head: target.head, tail: target.tail, byteCount: target.byteCount, seed: target.seed)
    }
}
