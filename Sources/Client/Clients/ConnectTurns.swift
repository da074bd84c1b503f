internal import Loop

/// Lets the clients of one loop begin to connect in turns, so that the loop comes to everything else in between.
///
/// To connect is a call that looks for a free port, and takes milliseconds where most ports of the machine are taken.
/// Where 19 000 clients begin one after the other, the loop sees no connection that was made for ten seconds, and then
/// takes all of them for timed out.
///
/// Owned by the load generator, which closes it after the last client has ended.
final class ConnectTurns: PreciseTimerTarget {
    /// How long clients begin in one turn: little beside the five milliseconds after which a request counts as late.
    private static let turnNanoseconds: UInt64 = 2_000_000

    /// Comes when the turn is over and the loop has looked at its sockets. One of `Timer` would not wait for that:
    /// libuv calls those that are due one after the other, also what has become due meanwhile.
    private let timer: PreciseTimer
    /// In the order in which they came, from `first` on.
    private var waiting: [HTTPClient] = []
    private var first = 0
    /// nil: there is no turn.
    private var endNanoseconds: UInt64?

    init(loop: EventLoop) throws(LoopError) {
        timer = try PreciseTimer(loop: loop)
        timer.target = self
    }

    /// Whether a client may connect now. If not, its `connectInTurn` is called later.
    func begin(_ client: HTTPClient) -> Bool {
        let now = EventLoop.monotonicNanoseconds()
        if now < endNanoseconds ?? startTurn(now) { return true }
        waiting.append(client)
        return false
    }

    /// - Returns: when it is over.
    private func startTurn(_ now: UInt64) -> UInt64 {
        let end = now + ConnectTurns.turnNanoseconds
        endNanoseconds = end
        timer.setDeadline(nanoseconds: end)
        return end
    }

    func deadlineDidPass(of timer: PreciseTimer) {
        endNanoseconds = nil
        guard first < waiting.count else { return }
        let end = startTurn(EventLoop.monotonicNanoseconds())
        repeat {
            waiting[first].connectInTurn()
            first += 1
        } while first < waiting.count && EventLoop.monotonicNanoseconds() < end
        guard first == waiting.count else { return }
        waiting.removeAll()
        first = 0
    }

    /// Forgets those that wait: they have ended, and keep the generator, which keeps this.
    func close() {
        timer.close()
        waiting.removeAll()
    }
}
