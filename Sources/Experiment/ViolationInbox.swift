internal import Loop
internal import Measurements
internal import Synchronization

/// Evidence from the servers' threads, as events.
///
/// A process that may die of the bug has a listener, which is called at once; otherwise evidence waits for
/// the next sample.
final class ViolationInbox: Sendable {
    private let events = Mutex<[Event]>([])
    private let startNanoseconds: UInt64
    private let listener: (@Sendable (Event) -> Void)?

    /// - Parameter startNanoseconds: time 0 on the monotonic clock.
    init(startNanoseconds: UInt64, listener: (@Sendable (Event) -> Void)?) {
        self.startNanoseconds = startNanoseconds
        self.listener = listener
    }

    /// On a server's thread. Needs no limit of its own: an audit tells a few pieces only.
    func note(_ violation: Violation) {
        let event = Event(
            timeNanoseconds: EventLoop.monotonicNanoseconds() - startNanoseconds, level: .error, source: "audit",
            text: violation.sentence, violation: violation)
        if let listener { listener(event) } else { events.withLock { $0.append(event) } }
    }

    /// The evidence since the last time; empty where there is a listener.
    func takeEvents() -> [Event] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}
