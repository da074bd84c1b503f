internal import Loop
internal import Memory

/// The bug of seed 000, kept on purpose: one arena for a connection, its exchanges and its writes, which is
/// emptied when no exchange is open, although libuv may still read it.
///
/// "Answered" is taken for "written". Below 1024 ready sockets that holds so often that the bug stays unseen:
/// libuv calls back before it reads again. Above, or with a slow reader, it does not hold.
final class EarlyResetAnswers: AnswerMemory {
    private let arena: Arena
    private var openExchangeCount = 0

    override init(_ stream: TCPStream) {
        arena = stream.loop.arenas.take()
        super.init(stream)
    }

    deinit { arena.retire() }

    override func beginExchange(_ exchange: UInt64) -> Arena {
        resetIfIdle()
        openExchangeCount += 1
        name(arena, exchange)
        return arena
    }

    override func endExchange(_ arena: Arena) { openExchangeCount -= 1 }

    override func takeArena(_ exchange: UInt64) -> Arena { arena }

    override func give(_ arena: Arena) {}

    override func lease(_ arena: Arena) {}

    override var leases: Bool { false }

    override func flush() {
        // Half a request overwrites as well, and is never answered.
        stream.lookAtWrites()
        stream.flushInArena(batch, arena)
    }

    /// The overwriting request can still be named now. Soon libuv may follow the overwritten memory, which may end the process.
    override func answerWillBeSent() { stream.lookAtWrites() }

    /// The arena that the next request empties holds this answer too.
    override func answerDidEnd() { flush() }

    override func writeDidEnd() { resetIfIdle() }

    private func resetIfIdle() {
        if openExchangeCount == 0 { arena.resetEarly() }
    }
}
