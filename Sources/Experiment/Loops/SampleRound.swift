internal import Dispatch
internal import Synchronization

/// One question to all loops at a time: which of them have answered.
///
/// The thread of the experiment asks and waits, the threads of the loops answer.
final class SampleRound: Sendable {
    private struct State {
        /// Loops whose thread has not ended.
        var alive: Set<String> = []
        /// Those that were asked this time and have not answered.
        var asked: Set<String> = []
        var askedCount = 0
        var askedNanoseconds: UInt64 = 0
    }

    private let state = Mutex(State())
    private let answered = DispatchSemaphore(value: 0)

    /// A loop's thread is about to begin.
    func add(_ loop: String) { state.withLock { _ = $0.alive.insert(loop) } }

    /// Before the question goes out. Each is asked at a later time than the one before.
    func ask(atNanoseconds now: UInt64) {
        state.withLock { state in
            state.askedNanoseconds = now
            state.asked = state.alive
            state.askedCount = state.alive.count
        }
    }

    /// Waits until all that were asked have answered or ended.
    ///
    /// - Returns: the loops that have not, in that time.
    func wait(seconds: Double) -> Set<String> {
        guard state.withLock({ $0.askedCount }) > 0 else { return [] }
        if answered.wait(timeout: .now() + seconds) == .success { return [] }
        return state.withLock { state in
            // Answered in this very moment: the signal must not end the next wait.
            if state.asked.isEmpty { answered.wait() }
            defer { state.asked = [] }
            return state.asked
        }
    }

    // MARK: On the threads of the loops

    /// A reading has been published for the question of that time.
    func answer(_ loop: String, askedNanoseconds: UInt64) {
        state.withLock { state in
            if askedNanoseconds == state.askedNanoseconds { tick(loop, off: &state) }
        }
    }

    /// A loop's thread ends; it will not answer again.
    func remove(_ loop: String) {
        state.withLock { state in
            state.alive.remove(loop)
            tick(loop, off: &state)
        }
    }

    /// The last one to answer ends the wait. Under the lock, so that a wait that gives up knows.
    private func tick(_ loop: String, off state: inout State) {
        if state.asked.remove(loop) != nil, state.asked.isEmpty { answered.signal() }
    }
}
