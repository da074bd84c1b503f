internal import Client
internal import Dispatch
internal import Glibc
internal import Synchronization

/// What the workers tell the experiment: that they have answered, are done, have ended, or failed.
final class Answers: Sendable {
    private struct State {
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

    /// A reading has been published.
    func count() { answered.signal() }

    /// A server's thread ends; it will not answer again.
    func endServer() {
        state.withLock { $0.endedServers += 1 }
        listening.signal()
        answered.signal()
    }

    /// A thread of clients ends; it will not answer again.
    func endClient() {
        state.withLock { $0.endedClients += 1 }
        answered.signal()
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

    /// Waits until `count` workers have answered, or not all of them in time.
    func wait(for count: Int, seconds: Double) {
        let deadline = DispatchTime.now() + seconds
        for _ in 0..<count where answered.wait(timeout: deadline) == .timedOut { return }
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
