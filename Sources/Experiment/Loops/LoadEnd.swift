internal import Glibc
internal import Synchronization

/// The end of the load, when every loop's share of it is through: for a thread that polls.
final class LoadEnd: Sendable {
    /// The end of a pipe that becomes readable then, and stays so.
    let descriptor: Int32
    private let writer: Int32
    private let missing: Mutex<Int>
    private let loops: Int

    /// - Parameter loops: loops of clients, each with a share; without any the load has no end.
    init(loops: Int) {
        self.loops = loops
        missing = Mutex(loops)
        var ends: [Int32] = [-1, -1]
        // Without descriptors left `poll` ignores -1, and the next tick still sees `isReached`.
        unsafe _ = pipe(&ends)
        descriptor = ends[0]
        writer = ends[1]
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    var isReached: Bool { loops > 0 && missing.withLock { $0 } == 0 }

    /// One loop's share is through. On that loop's thread, once.
    func finishShare() {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { unsafe _ = write(writer, "!", 1) }
    }
}
