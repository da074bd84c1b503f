internal import CProcess
internal import Glibc

/// Wakes a thread that polls, from any other thread. Owns a pipe.
final class PollWaker: Sendable {
    /// The end that becomes readable. -1, which `poll` leaves out, where no descriptor was left: the next tick sees to it.
    let descriptor: Int32
    private let writer: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        if unsafe hw_pipe(&ends) != 0 { ends = [-1, -1] }
        // A full pipe wakes as well as another byte would, and clearing an empty one must not wait.
        for end in ends where end >= 0 { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (descriptor, writer) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    func wake() { unsafe _ = write(writer, "!", 1) }

    /// It is not readable until `wake` is called again.
    func clear() {
        unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { room in
            while unsafe read(descriptor, room.baseAddress, room.count) == room.count {}
        }
    }
}
