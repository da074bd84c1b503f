internal import Synchronization

/// The reading that one thread published last, until another thread takes it.
///
/// One of the few places where threads meet: a worker publishes at a tick, never on its hot
/// path. A reading that was not taken is combined with the next, so that no value of its
/// histograms is lost.
package final class Latest<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let combine: @Sendable (_ older: Value, _ newer: Value) -> Value

    /// - Parameter combine: makes one reading of two, of which the first was never taken.
    package init(combine: @escaping @Sendable (_ older: Value, _ newer: Value) -> Value) {
        self.combine = combine
    }

    /// A new reading, from the one thread that makes them.
    package func publish(_ new: Value) {
        value.withLock { value in
            value = value.map { combine($0, new) } ?? new
        }
    }

    /// The reading, once; nil when there was none since the last time.
    package func take() -> Value? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}
