internal import Loop
internal import Measurements
internal import Memory

/// The exchanges that have begun on a connection and not ended.
extension Connection {
    func beginExchange(streamID: Int32) -> UnsafeMutablePointer<Exchange> {
        resetArenaEarly()
        let arena = takeArena()
        own(arena, exchange: streamID == 0 ? requestCount + 1 : UInt64(streamID))
        let exchange = unsafe Exchange.begin(in: arena, connection: self, streamID: streamID)
        unsafe exchange.pointee.next = unsafe firstExchange
        if let first = unsafe firstExchange { unsafe first.pointee.previous = unsafe exchange }
        unsafe firstExchange = unsafe exchange
        openExchangeCount += 1
        return unsafe exchange
    }

    /// Bytes in use by all open exchanges: the high-water mark, as far as samples see it.
    func noteArenaUse(_ byteCount: Int) { arenaHighWaterByteCount = max(arenaHighWaterByteCount, byteCount) }

    func endExchange(_ exchange: UnsafeMutablePointer<Exchange>) {
        let next = unsafe exchange.pointee.next
        let previous = unsafe exchange.pointee.previous
        if let next = unsafe next { unsafe next.pointee.previous = unsafe previous }
        if let previous = unsafe previous {
            unsafe previous.pointee.next = unsafe next
        } else {
            unsafe firstExchange = unsafe next
        }
        openExchangeCount -= 1
        let arena = unsafe exchange.pointee.arena
        arenaHighWaterByteCount = max(arenaHighWaterByteCount, arena.usedByteCount)
        if let inspector {
            inspector.note(EndedExchange(usedBytes: arena.usedByteCount, reservedBytes: arena.reservedByteCount))
        }
        unsafe Exchange.end(exchange, connection: self)
    }

    /// Calls back through `timerDidFire` with the exchange.
    func startTimer(_ exchange: UnsafeMutablePointer<Exchange>, nanoseconds: UInt64) {
        let timer: Timer
        if let held = unsafe exchange.pointee.timer {
            timer = unsafe held.takeUnretainedValue()
        } else {
            timer = loop.takeTimer()
            unsafe exchange.pointee.timer = Unmanaged.passRetained(timer)
        }
        timer.target = self
        unsafe timer.token = UnsafeMutableRawPointer(exchange)
        timer.setDeadline(nanoseconds: EventLoop.monotonicNanoseconds() + nanoseconds)
    }

    func endAllExchanges() {
        unsafe current = nil
        carriedArena?.retire()
        carriedArena = nil
        carriedBytes = .empty
        while let exchange = unsafe firstExchange { unsafe endExchange(exchange) }
    }
}
