internal import Loop
internal import Measurements
internal import Synchronization

/// Evidence from the servers' threads, as events.
///
/// Whoever must have it before the process may die takes it there and then; otherwise it waits for
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

    /// On a server's thread. An audit tells a few only, so this needs no limit of its own.
    func note(_ violation: Violation) {
        let event = Event(
            timeNanoseconds: EventLoop.monotonicNanoseconds() - startNanoseconds, level: .error, source: "audit",
            text: violation.sentence, violation: violation)
        if let listener { listener(event) } else { events.withLock { $0.append(event) } }
    }

    /// What has come since the last time; nothing where somebody listens.
    func takeEvents() -> [Event] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}
