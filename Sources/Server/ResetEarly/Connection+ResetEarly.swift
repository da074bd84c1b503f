internal import Loop
internal import Memory

/// The bug of seed 000, where it is wanted: one arena for a connection, its exchanges and its
/// writes, emptied when no exchange is open, whatever libuv still holds.
///
/// "Answered" is taken for "written". Below 1024 ready sockets that is so often enough for nobody
/// to notice: libuv calls back before it reads again. Above, or with a slow reader, it is not.
extension Connection {
    /// In the write's callback, and when the next request begins.
    func resetArenaEarly() {
        guard let arena = connectionArena, openExchangeCount == 0 else { return }
        arena.resetEarly()
    }

    /// When the next request's answer is made, and while it can still be named: libuv may go on with
    /// what it overwrote, and that may be the end.
    func lookAtEarlyWrites() {
        if connectionArena != nil { stream.lookAtWrites() }
    }

    func flushEarly() {
        guard let arena = connectionArena else { return }
        // Half a request overwrites as well, and is never answered.
        stream.lookAtWrites()
        stream.flushInArena(batch, arena)
    }
}
