internal import HTTP1
internal import HTTP2
internal import Loop
internal import Measurements
internal import Memory
internal import TLS
internal import Transport

/// One connection of the server: reads, has the protocol make exchanges of it, and sends
/// what they answer. HTTP/1.1 and HTTP/2 are in files of their own.
///
/// Owned by its server until the socket is closed. One loop's thread.
///
/// `@safe`: its pointers are to exchanges, which live in arenas that it retires itself.
@safe
final class Connection: TCPStreamOwner, TimerTarget {
    /// Retained, since a constant costs no counting; the server drops us when the socket is closed.
    let server: HTTPServer
    let stream: TCPStream
    /// nil: in the clear.
    let tls: TLSStream?
    // The loop's and the server's, here for the same reason.
    let loop: EventLoop
    let batch: WriteBatch
    let arenas: ArenaPool
    let fields: FieldList
    let writePolicy: WritePolicy
    /// All exchanges and writes of a connection that resets early; else each has its own.
    let connectionArena: Arena?
    let id: UInt64
    let openedNanoseconds: UInt64
    /// Where the server keeps us.
    var index = 0

    /// What the bytes on this connection are. Set by the first of them, and ended by `finish` or `close`.
    enum Phase {
        /// The TLS handshake is not done.
        case securing
        /// Nothing has come yet, or only the first letters of "PRI ".
        case sniffing
        case http1
        case http2
        /// Our last byte is queued; the peer's are dropped until it closes too.
        case finishing
        case closed
    }
    var phase: Phase
    /// Letters of the HTTP/2 preface that have come while sniffing.
    var sniffedByteCount = 0

    private let deadline: Timer
    /// Bytes went either way since the deadline was set.
    private var lastProgressNanoseconds: UInt64
    /// Bytes that were waiting in the socket's queue when we last looked for progress.
    private var unsentByteCount = 0

    // Exchanges that have begun and not ended
    var firstExchange: UnsafeMutablePointer<Exchange>?
    var openExchangeCount = 0
    var requestCount: UInt64 = 0
    var arenaHighWaterByteCount = 0
    /// Set while somebody looks at this connection.
    var inspector: ConnectionInspector?

    /// Reading has stopped because the peer does not read.
    private(set) var isPaused = false
    /// The server is going: no request after those begun.
    private(set) var isDraining = false

    // HTTP/1.1; see Connection+HTTP1
    /// Behind a pointer: as a stored property each look at the head would be checked for
    /// exclusive access at run time.
    var parser: RequestParser {
        _read { yield unsafe parserStorage.pointee }
        _modify { yield unsafe &parserStorage.pointee }
    }
    private let parserStorage: UnsafeMutablePointer<RequestParser>
    var current: UnsafeMutablePointer<Exchange>?
    var http1State = HTTP1State.reading
    var closesAfterResponse = false
    var isChunkedResponse = false
    /// The current request's head is complete and its body is not.
    var isReadingBody = false
    /// The peer will send no more.
    var hasInputEnded = false
    var carriedArena: Arena?
    var carriedBytes = ArenaBytes.empty

    // HTTP/2; see Connection+HTTP2
    var session: Session?
    /// Frames of the flush that is going on.
    var output: Arena?
    var isFlushing = false
    var lacksRoom = false
    var controlFrameBudget = ServerConfiguration.controlFrameBurstLimit
    var budgetNanoseconds: UInt64 = 0
    /// WINDOW_UPDATEs let through because we sent that many KiB.
    var controlFrameCredit: UInt64 = 0
    /// The peer has been told to calm down.
    var isCalmed = false

    /// - Parameter endpoint: our end of TLS; nil: in the clear.
    init(server: HTTPServer, stream: TCPStream, endpoint: TLSEndpoint?, id: UInt64) {
        self.server = server
        self.stream = stream
        tls = endpoint.map { TLSStream($0, on: stream) }
        phase = endpoint == nil ? .sniffing : .securing
        self.id = id
        unsafe parserStorage = .allocate(capacity: 1)
        unsafe parserStorage.initialize(to: RequestParser())
        loop = stream.loop
        batch = stream.loop.batch
        arenas = stream.loop.arenas
        fields = server.fields
        writePolicy = server.writePolicy
        connectionArena = writePolicy == .resetEarly ? arenas.take() : nil
        stream.number = id
        openedNanoseconds = EventLoop.monotonicNanoseconds()
        lastProgressNanoseconds = openedNanoseconds
        unsafe firstExchange = nil
        unsafe current = nil
        deadline = Timer(loop: stream.loop)
        deadline.target = self
        stream.setOwner(self)
        let patience = endpoint == nil
            ? server.configuration.headerTimeoutNanoseconds : server.configuration.handshakeTimeoutNanoseconds
        deadline.setDeadline(nanoseconds: openedNanoseconds + patience)
        stream.startReading()
    }

    /// "127.0.0.1", for the echo routes: made once, a request allocates nothing.
    private(set) lazy var peerHost: String = stream.peerAddress?.host ?? ""

    /// "127.0.0.1:51822", asked for once: samples show it at every tick.
    private(set) lazy var peer: String = stream.peerAddress?.description ?? "?"

    deinit { unsafe parserStorage.deallocate() }

    // MARK: Bytes come

    func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
        if let tls { unsafe receiveSealed(bytes, tls) } else { unsafe receive(bytes) }
    }

    /// Takes what the peer said.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        switch phase {
        case .http1: unsafe receiveHTTP1(bytes)
        case .http2: unsafe receiveHTTP2(bytes)
        case .sniffing: unsafe sniff(bytes)
        case .securing, .finishing, .closed: break
        }
    }

    // A peer that ends TLS without close_notify has cut off nothing that we would still want.
    func streamDidReachEnd() {
        switch phase {
        case .http1: endHTTP1Input()
        case .securing:
            server.counters.tls.countLostHandshake()
            close()
        case .http2, .sniffing, .finishing: close()
        case .closed: break
        }
    }

    func streamDidFail(_ error: LoopError) {
        if phase == .securing { server.counters.tls.countLostHandshake() }
        close()
    }

    func streamDidConnect(_ error: LoopError?) {}

    // MARK: Bytes go

    /// More than the limit waits to be sent: begin nothing that makes it worse.
    var isOverUnsentLimit: Bool {
        stream.pendingByteCount + batch.byteCount > server.configuration.unsentByteLimit
    }

    /// After a flush: stops reading when the peer does not keep up.
    func pauseIfNeeded() {
        guard !isPaused, stream.pendingByteCount > server.configuration.unsentByteLimit else { return }
        isPaused = true
        server.notePending(stream.pendingByteCount)
        server.counters.readPauses += 1
        server.counters.pausedConnections += 1
        stream.stopReading()
        noteUnsent()
        keepAlive(for: server.configuration.requestTimeoutNanoseconds)
    }

    func streamDidWrite() {
        resetArenaEarly()
        server.refreshNow()
        noteProgress()
        // Half the limit, so that a peer at the edge does not stop and start us at every packet.
        guard stream.pendingByteCount <= server.configuration.unsentByteLimit / 2 else { return }
        if isPaused { endPause() }
        switch phase {
        case .http1: continueHTTP1()
        case .http2: flushHTTP2()
        case .finishing:
            if stream.pendingWrites == 0 { keepAlive(for: ServerConfiguration.lingerNanoseconds) }
        case .securing, .sniffing, .closed: break
        }
    }

    private func endPause() {
        isPaused = false
        server.counters.pausedConnections -= 1
        resumeReading()
    }

    /// Reads on, unless what the peer has sent ahead is as much as we keep.
    func resumeReading() {
        if carriedBytes.count < Connection.carriedByteLimit { stream.startReading() }
    }

    // MARK: Time

    /// Gives the peer this long from now to make progress.
    func keepAlive(for nanoseconds: UInt64) {
        deadline.setDeadline(nanoseconds: server.nowNanoseconds + nanoseconds)
    }

    func timerDidFire(_ timer: Timer) {
        if timer === deadline { return deadlineDidPass() }
        guard let token = unsafe timer.token else { return }
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        unsafe phase == .http2 ? continueHTTP2(exchange) : continueHTTP1(exchange)
    }

    private func deadlineDidPass() {
        server.refreshNow()
        if phase == .securing { return handshakeDidTimeOut() }
        // A large write is done only when its last byte is out: look at what is left of it.
        if stream.pendingByteCount != unsentByteCount {
            noteUnsent()
            noteProgress()
        }
        let isBusy = openExchangeCount > 0 || stream.pendingWrites > 0
        let patience = server.configuration.requestTimeoutNanoseconds
        let silence = server.nowNanoseconds - lastProgressNanoseconds
        if isBusy && phase == .http2 || stream.pendingWrites > 0, silence < patience {
            return deadline.setDeadline(nanoseconds: lastProgressNanoseconds + patience)
        }
        guard phase != .finishing else { return close() }
        if isWaitingOnPurpose { return keepAlive(for: patience) }
        if isBusy || phase == .sniffing { server.counters.timeouts += 1 }
        switch phase {
        case .http1 where stream.pendingWrites == 0: timeOutHTTP1()
        case .http2 where stream.pendingWrites == 0: finishHTTP2(isBusy ? .cancel : .noError)
        default: close()
        }
    }

    /// Waiting was the request: /delay and /drip bound themselves.
    private var isWaitingOnPurpose: Bool {
        var exchange = unsafe firstExchange
        while let open = unsafe exchange {
            if unsafe open.pointee.isWaiting { return true }
            unsafe exchange = unsafe open.pointee.next
        }
        return false
    }

    /// From now on, fewer unsent bytes are progress.
    private func noteUnsent() { unsentByteCount = stream.pendingByteCount }

    /// A request, or part of one, was read.
    func noteProgress() { lastProgressNanoseconds = server.nowNanoseconds }

    // MARK: Ending

    /// The server is going: ends when the requests begun are answered.
    func drain() {
        isDraining = true
        switch phase {
        case .securing, .sniffing: close()
        case .http1:
            // What is queued goes out first; a request in work is the last.
            closesAfterResponse = true
            if unsafe current == nil { finish() }
        case .http2: drainHTTP2()
        case .finishing, .closed: break
        }
    }

    /// Sends what is queued, then FIN, and waits a little for the peer's.
    func finish() {
        guard phase != .finishing, phase != .closed else { return }
        leaveProtocol(for: .finishing)
        endAllExchanges()
        server.refreshNow()
        tls?.close()
        noteUnsent()
        // Stuck writes get the request timeout's patience, a peer that only has to close the short one.
        keepAlive(for: stream.pendingWrites > 0
            ? server.configuration.requestTimeoutNanoseconds : ServerConfiguration.lingerNanoseconds)
        stream.finish()
    }

    /// Drops the connection; pending writes are cancelled and give their leases back.
    func close() {
        guard phase != .closed else { return }
        leaveProtocol(for: .closed)
        endAllExchanges()
        deadline.close()
        stream.close()
    }

    func streamDidClose() {
        session = nil
        connectionArena?.retire()
        server.remove(self)
    }

    private func leaveProtocol(for next: Phase) {
        if phase == .http1 { server.counters.openHTTP1Connections -= 1 }
        if phase == .http2 { server.counters.openHTTP2Connections -= 1 }
        // Counted when the handshake was done.
        if tls != nil && (phase == .http1 || phase == .http2) { server.counters.openTLSConnections -= 1 }
        if isPaused { server.counters.pausedConnections -= 1 }
        isPaused = false
        phase = next
    }
}
