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

    func flushEarly() {
        guard let arena = connectionArena else { return }
        // Before libuv goes on: what it finds there may be its end.
        stream.lookAtWrites()
        stream.flushInArena(batch, arena)
    }
}
