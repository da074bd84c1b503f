internal import Synchronization

/// The end of the load, when every loop's share of it is through: for a thread that polls.
final class LoadEnd: Sendable {
    private let waker = PollWaker()
    private let missing: Mutex<Int>
    private let loops: Int

    /// - Parameter loops: loops of clients, each with a share; without any the load has no end.
    init(loops: Int) {
        self.loops = loops
        missing = Mutex(loops)
    }

    /// Becomes readable then, and stays so.
    var descriptor: Int32 { waker.descriptor }

    var isReached: Bool { loops > 0 && missing.withLock { $0 } == 0 }

    /// One loop's share is through. On that loop's thread, once.
    func finishShare() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { waker.wake() }
    }
}
