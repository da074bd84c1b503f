internal import Loop
internal import Measurements
internal import Memory

/// The exchanges that have begun on one connection and not ended.
///
/// `@safe`: its pointers are to exchanges, which live in arenas that it takes and gives back itself.
@safe
final class ExchangeList {
    private let memory: AnswerMemory
    private let loop: EventLoop

    // Private: the compiler then sees every access, and checks none of them at run time.
    /// The newest; each points to the next older one.
    private var newest: UnsafeMutablePointer<Exchange>?
    private var openCount = 0
    private var knownRequestCount: UInt64 = 0
    private var highWaterByteCount = 0
    private var last: EndedExchange?

    /// The memory of the exchange that ended last; nil until one has.
    var lastEnded: EndedExchange? { last }

    /// Set while the dashboard shows this connection in detail.
    var inspector: ConnectionInspector?

    init(_ memory: AnswerMemory) {
        self.memory = memory
        loop = memory.stream.loop
        unsafe newest = nil
    }

    /// Exchanges that are open.
    var count: Int { openCount }

    /// Requests that were answered, or are being answered.
    var requestCount: UInt64 { knownRequestCount }

    /// Most bytes that one exchange had in use when it ended, or all of them together at a sample.
    var arenaHighWaterByteCount: Int { highWaterByteCount }

    /// Begins an exchange in an arena of its own.
    /// - Parameter streamID: of HTTP/2; 0 with HTTP/1.1.
    func begin(_ streamID: Int32, on connection: Connection) -> UnsafeMutablePointer<Exchange> {
        let arena = memory.beginExchange(streamID == 0 ? knownRequestCount + 1 : UInt64(streamID))
        let exchange = unsafe Exchange.begin(in: arena, connection: connection, streamID: streamID)
        unsafe exchange.pointee.next = unsafe newest
        if let second = unsafe newest { unsafe second.pointee.previous = unsafe exchange }
        unsafe newest = unsafe exchange
        openCount += 1
        return unsafe exchange
    }

    /// The request is known, and will be answered.
    func countRequest() { knownRequestCount += 1 }

    /// Ends an exchange: gives back what it holds, its own memory last. Bytes still on their way to the
    /// peer stay: their writes have leases.
    func end(_ exchange: UnsafeMutablePointer<Exchange>) {
        let next = unsafe exchange.pointee.next
        let previous = unsafe exchange.pointee.previous
        if let next = unsafe next { unsafe next.pointee.previous = unsafe previous }
        if let previous = unsafe previous {
            unsafe previous.pointee.next = unsafe next
        } else {
            unsafe newest = unsafe next
        }
        openCount -= 1
        let arena = unsafe exchange.pointee.arena
        let ended = EndedExchange(usedBytes: arena.usedByteCount, reservedBytes: arena.reservedByteCount)
        highWaterByteCount = max(highWaterByteCount, ended.usedBytes)
        last = ended
        inspector?.note(ended)
        if let timer = unsafe exchange.pointee.timer { unsafe loop.giveTimer(timer.takeRetainedValue()) }
        if let part = unsafe exchange.pointee.partArena { memory.give(part) }
        if let lease = unsafe exchange.pointee.response.bodyLease { unsafe lease.deinitialize(count: 1) }
        memory.endExchange(arena)
    }

    /// Ends every exchange: the connection is over.
    func endAll() {
        while let exchange = unsafe newest { unsafe end(exchange) }
    }

    /// Has the target called with the exchange as the timer's token when the time has passed.
    func startTimer(_ exchange: UnsafeMutablePointer<Exchange>, nanoseconds: UInt64, for target: any TimerTarget) {
        let timer: Timer
        if let held = unsafe exchange.pointee.timer {
            timer = unsafe held.takeUnretainedValue()
        } else {
            timer = loop.takeTimer()
            unsafe exchange.pointee.timer = Unmanaged.passRetained(timer)
        }
        timer.target = target
        unsafe timer.token = UnsafeMutableRawPointer(exchange)
        timer.setDeadline(nanoseconds: EventLoop.monotonicNanoseconds() + nanoseconds)
    }

    // MARK: Walks over the exchanges: once a sample, or once a deadline

    /// Whether an exchange waits because its request asked for that: /delay and /drip bound themselves.
    var isWaitingOnPurpose: Bool {
        var isWaiting = false
        unsafe forEach { exchange in if unsafe exchange.pointee.isWaiting { isWaiting = true } }
        return isWaiting
    }

    /// Bytes handed out and held by the arenas of the open exchanges.
    var arenaBytes: (used: Int, reserved: Int) {
        var total = (used: 0, reserved: 0)
        unsafe forEach { exchange in
            unsafe total.used += exchange.pointee.arena.usedByteCount
            unsafe total.reserved += exchange.pointee.arena.reservedByteCount
        }
        return total
    }

    /// All open exchanges together have so many bytes in use.
    func noteArenaUse(_ byteCount: Int) { highWaterByteCount = max(highWaterByteCount, byteCount) }

    /// Calls `body` with each open exchange, newest first.
    func forEach(_ body: (UnsafeMutablePointer<Exchange>) -> Void) {
        var exchange = unsafe newest
        while let each = unsafe exchange {
            unsafe body(each)
            unsafe exchange = unsafe each.pointee.next
        }
    }
}
