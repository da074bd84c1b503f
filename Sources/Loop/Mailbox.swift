internal import Synchronization

/// Messages from other threads to one loop, in order.
package final class Mailbox<Message: Sendable>: Sendable {
    /// nil once the mailbox is closed.
    private let messages = Mutex<[Message]?>([])
    private let wakeup = Mutex<Wakeup?>(nil)

    package init() {}

    /// Delivers on the loop's thread from now on, messages posted earlier included.
    /// Before the loop runs.
    package func open(on loop: EventLoop, deliver: @escaping (Message) -> Void) throws(LoopError) {
        let wakeup = try Wakeup(loop: loop) {
            // Holds the mailbox until `close`.
            let batch = self.messages.withLock { messages in
                defer { if messages != nil { messages = [] } }
                return messages ?? []
            }
            for message in batch { deliver(message) }
        }
        self.wakeup.withLock { $0 = wakeup }
        wakeup.send()
    }

    /// From any thread. Without effect once the mailbox is closed.
    package func post(_ message: Message) {
        messages.withLock { $0?.append(message) }
        wakeup.withLock { $0?.send() }
    }

    /// On the loop's thread: no more deliveries, and the loop can end.
    package func close() {
        messages.withLock { $0 = nil }
        wakeup.withLock { wakeup in
            wakeup?.close()
            wakeup = nil
        }
    }
}
