internal import Client
internal import Dispatch
internal import Glibc
internal import Synchronization

/// What the workers tell the experiment: that they have answered, are done, have ended, or failed.
final class Answers: Sendable {
    private struct State {
        /// Workers that have not ended.
        var alive: Set<Int> = []
        /// Of those: asked, in the round that waits now, and not answered.
        var asked: Set<Int> = []
        var askedCount = 0
        var round: UInt64 = 0
        /// Workers whose load is through.
        var finishedLoads = 0
        var endedServers = 0
        var endedClients = 0
        var endedSlowReaders = 0
        /// Numbers of those whose end nobody has taken notice of.
        var newlyEndedSlowReaders: [Int] = []
        var failures: [String] = []
        var lastConnectError: ConnectError?
    }

    private let state = Mutex(State())
    private let answered = DispatchSemaphore(value: 0)
    private let listening = DispatchSemaphore(value: 0)
    private let loadCount: Int
    /// The end of a pipe that becomes readable when every load is through, for `poll`.
    let doneDescriptor: Int32
    private let doneWriter: Int32

    /// - Parameter loadCount: client workers that will finish their load.
    init(loadCount: Int) {
        self.loadCount = loadCount
        var ends: [Int32] = [-1, -1]
        // Without descriptors left `poll` ignores -1, and the tick still sees `isDone`.
        unsafe _ = pipe(&ends)
        doneDescriptor = ends[0]
        doneWriter = ends[1]
    }

    deinit {
        close(doneDescriptor)
        close(doneWriter)
    }

    // MARK: On the workers' threads

    /// A server listens.
    func ready() { listening.signal() }

    /// A reading has been published, in answer to this round's question.
    func answer(_ worker: Int, round: UInt64) {
        state.withLock { state in
            if round == state.round { remove(worker, &state) }
        }
    }

    /// A server's thread ends; it will not answer again.
    func endServer(_ worker: Int) {
        state.withLock { state in
            state.endedServers += 1
            state.alive.remove(worker)
            remove(worker, &state)
        }
        listening.signal()
    }

    /// A thread of clients ends; it will not answer again.
    func endClient(_ worker: Int) {
        state.withLock { state in
            state.endedClients += 1
            state.alive.remove(worker)
            remove(worker, &state)
        }
    }

    /// The last one to answer ends the wait. Under the lock, so that a wait that gives up knows.
    private func remove(_ worker: Int, _ state: inout State) {
        if state.asked.remove(worker) != nil, state.asked.isEmpty { answered.signal() }
    }

    /// A thread of slow readers ends. Nobody waits for its readings.
    func endSlowReader(_ number: Int) {
        state.withLock { state in
            state.endedSlowReaders += 1
            state.newlyEndedSlowReaders.append(number)
        }
    }

    func finishLoad() {
        let isLast = state.withLock { state in
            state.finishedLoads += 1
            return state.finishedLoads == loadCount
        }
        if isLast { unsafe _ = write(doneWriter, "!", 1) }
    }

    func fail(_ error: any Error) { state.withLock { $0.failures.append("\(error)") } }

    func note(_ error: ConnectError) { state.withLock { $0.lastConnectError = error } }

    // MARK: On the experiment's thread

    /// Waits until `count` servers listen, or not all of them in time.
    func waitUntilReady(_ count: Int, seconds: Double) {
        let deadline = DispatchTime.now() + seconds
        for _ in 0..<count where listening.wait(timeout: deadline) == .timedOut { return }
    }

    /// A worker's thread is about to begin.
    func begin(_ worker: Int) { state.withLock { _ = $0.alive.insert(worker) } }

    /// A question to all workers begins: before it is asked.
    ///
    /// - Parameter round: greater than those before.
    func ask(round: UInt64) {
        state.withLock { state in
            state.round = round
            state.asked = state.alive
            state.askedCount = state.alive.count
        }
    }

    /// Waits until all that were asked have answered or ended.
    ///
    /// - Returns: the workers that have not, in that time.
    func wait(seconds: Double) -> Set<Int> {
        guard state.withLock({ $0.askedCount }) > 0 else { return [] }
        if answered.wait(timeout: .now() + seconds) == .success { return [] }
        return state.withLock { state in
            // Answered in this very moment: the signal is not for the next wait.
            if state.asked.isEmpty { answered.wait() }
            defer { state.asked = [] }
            return state.asked
        }
    }

    var isDone: Bool { loadCount > 0 && state.withLock { $0.finishedLoads } == loadCount }

    var endedServers: Int { state.withLock { $0.endedServers } }
    var endedClients: Int { state.withLock { $0.endedClients } }
    var endedSlowReaders: Int { state.withLock { $0.endedSlowReaders } }

    /// Numbers of the slow readers that have ended since the last time.
    func takeEndedSlowReaders() -> [Int] {
        state.withLock { state in
            defer { state.newlyEndedSlowReaders = [] }
            return state.newlyEndedSlowReaders
        }
    }

    var failures: [String] { state.withLock { $0.failures } }

    var lastConnectError: ConnectError? { state.withLock { $0.lastConnectError } }
}
