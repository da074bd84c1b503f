import Synchronization

/// Passes one value from a thread to another that joins it.
final class Handover<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func give(_ new: Value) { value.withLock { $0 = new } }

    func take() -> Value? { value.withLock { $0 } }
}

/// Takes something to another thread, which is the only one to use it until it is joined.
struct Sending<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
