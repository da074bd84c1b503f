internal import Loop
internal import Measurements
internal import Memory
internal import TLS
internal import Transport

/// One connection of the server: its socket, its time and its end. The protocol on it is a `ProtocolSide`'s, which
/// is chosen in Connection+Opening.
///
/// Owned by its server until the socket is closed. One loop's thread.
///
/// `@safe`: retains its side from the choice of the protocol to the end of the socket.
@safe
final class Connection: TCPStreamOwner, TimerTarget {
    /// Retained, since a constant costs no reference counting; the server lets go of us when the socket is closed.
    let server: HTTPServer
    let stream: TCPStream
    /// nil: in the clear.
    let tls: TLSStream?
    /// The loop's, here to spare the way to it.
    private let batch: WriteBatch
    /// The memory of the answers: the write policy that the server had when it accepted.
    let memory: AnswerMemory
    let exchanges: ExchangeList
    let id: UInt64
    let openedNanoseconds: UInt64
    /// Where the server keeps us.
    var index = 0

    private(set) var state: ConnectionState
    /// Set once, when the protocol is known. Retained by hand until the socket is closed: a strong reference
    /// would be counted at each read.
    private var servingSide: Unmanaged<ProtocolSide>?
    var side: ProtocolSide? { unsafe servingSide?.takeUnretainedValue() }
    var preface = HTTP2Preface()

    private let deadline: Timer
    /// Bytes went either way since the deadline was set.
    private var lastProgressNanoseconds: UInt64
    /// Bytes that were waiting in the socket's queue when we last looked for progress.
    private var unsentByteCount = 0

    /// "127.0.0.1", for the echo routes: made once, so that a request allocates nothing.
    private(set) lazy var peerHost: String = stream.peerAddress?.host ?? ""

    /// "127.0.0.1:51822": made once, since samples show it at every tick.
    private(set) lazy var peer: String = stream.peerAddress?.description ?? "?"

    /// - Parameter endpoint: our end of TLS; nil: in the clear.
    init(server: HTTPServer, stream: TCPStream, endpoint: TLSEndpoint?, id: UInt64) {
        self.server = server
        self.stream = stream
        self.id = id
        stream.number = id
        batch = stream.loop.batch
        tls = endpoint.map { TLSStream($0, on: stream) }
        memory = AnswerMemory.make(server.writePolicy, stream, tls)
        exchanges = ExchangeList(memory)
        state = ConnectionState(isSecure: endpoint != nil)
        openedNanoseconds = EventLoop.monotonicNanoseconds()
        lastProgressNanoseconds = openedNanoseconds
        deadline = Timer(loop: stream.loop)
        deadline.target = self
        stream.setOwner(self)
        let patience = endpoint == nil
            ? server.configuration.headerTimeoutNanoseconds : server.configuration.handshakeTimeoutNanoseconds
        deadline.setDeadline(nanoseconds: openedNanoseconds + patience)
        stream.startReading()
    }

    /// The protocol is known, and `side` serves the peer from now on.
    func serve(_ side: ProtocolSide) {
        _ = state.move(.protocolChosen)
        unsafe servingSide = Unmanaged.passRetained(side)
    }

    /// Whether a side may still read and send.
    var isServing: Bool { state.stage == .serving || state.stage == .paused }

    /// Whether reading has stopped because the peer does not take its answers.
    var isPaused: Bool { state.stage == .paused }

    // MARK: Bytes come

    func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
        if let tls { unsafe receiveSealed(bytes, tls) } else { unsafe receive(bytes) }
    }

    /// Takes plaintext.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        switch state.stage {
        case .serving, .paused:
            server.refreshNow()
            noteProgress()
            unsafe servingSide?._withUnsafeGuaranteedRef { unsafe $0.receive(bytes) }
        case .sniffing: unsafe sniff(bytes)
        case .securing, .finishing, .closed: break
        }
    }

    // A peer that ends TLS without close_notify has cut off nothing that we would still want.
    func streamDidReachEnd() {
        switch state.stage {
        case .serving, .paused: side?.inputDidEnd(isSocketOpen: false)
        case .securing:
            server.counters.tls.countLostHandshake()
            close()
        case .sniffing, .finishing: close()
        case .closed: break
        }
    }

    func streamDidFail(_ error: LoopError) {
        if state.stage == .securing { server.counters.tls.countLostHandshake() }
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
        guard state.stage == .serving, stream.pendingByteCount > server.configuration.unsentByteLimit else { return }
        _ = state.move(.outputStuck)
        server.counters.readPauses += 1
        server.counters.connectionCounts.paused += 1
        server.notePending(stream.pendingByteCount)
        stream.stopReading()
        noteUnsent()
        keepAlive(for: server.configuration.requestTimeoutNanoseconds)
    }

    func streamDidWrite() {
        memory.writeDidEnd()
        server.refreshNow()
        noteProgress()
        // Half the limit, so that a peer at the edge does not stop and start us at every packet.
        guard stream.pendingByteCount <= server.configuration.unsentByteLimit / 2 else { return }
        if isPaused {
            _ = state.move(.outputDrained)
            server.counters.connectionCounts.paused -= 1
            updateReading()
        }
        switch state.stage {
        case .serving, .paused: side?.outputDidDrain()
        case .finishing:
            if stream.pendingWrites == 0 { keepAlive(for: ServerConfiguration.lingerNanoseconds) }
        case .securing, .sniffing, .closed: break
        }
    }

    /// Reads while the peer takes its answers and the side has room for more input.
    func updateReading() {
        guard state.stage == .serving, let side else { return }
        if side.takesInput { stream.startReading() } else { stream.stopReading() }
    }

    // MARK: Time

    /// Gives the peer this long from now to make progress.
    func keepAlive(for nanoseconds: UInt64) {
        deadline.setDeadline(nanoseconds: server.nowNanoseconds + nanoseconds)
    }

    /// Bytes have moved, either way.
    func noteProgress() { lastProgressNanoseconds = server.nowNanoseconds }

    /// From now on, fewer unsent bytes are progress.
    private func noteUnsent() { unsentByteCount = stream.pendingByteCount }

    func timerDidFire(_ timer: Timer) {
        server.refreshNow()
        if state.stage == .securing { return handshakeDidTimeOut() }
        if state.stage == .serving, let left = side?.rest(), left > 0 { return keepAlive(for: left) }
        // libuv reports a large write only when its last byte is out: the unsent bytes tell whether it moves.
        if stream.pendingByteCount != unsentByteCount {
            noteUnsent()
            noteProgress()
        }
        let hasUnsent = stream.pendingWrites > 0
        let patience = server.configuration.requestTimeoutNanoseconds
        let silence = server.nowNanoseconds - lastProgressNanoseconds
        if silence < patience, hasUnsent || (isServing && side?.isPatientWhileBytesMove == true) {
            return deadline.setDeadline(nanoseconds: lastProgressNanoseconds + patience)
        }
        if state.stage == .finishing { return close() }
        if exchanges.isWaitingOnPurpose { return keepAlive(for: patience) }
        if hasUnsent || exchanges.count > 0 || state.stage == .sniffing { server.counters.timeouts += 1 }
        if let side, isServing, !hasUnsent { side.patienceDidEnd() } else { close() }
    }

    // MARK: Ending

    /// The server is going: ends when the requests begun are answered.
    func drain() {
        switch state.stage {
        case .securing, .sniffing: close()
        case .serving, .paused: side?.drain()
        case .finishing, .closed: break
        }
    }

    /// Sends the queued bytes, then FIN, and waits a little for the peer's.
    func finish() {
        guard let last = state.move(.finish) else { return }
        leave(last)
        server.refreshNow()
        tls?.close()
        // The socket refused our close_notify: the connection is closed already.
        guard state.stage == .finishing else { return }
        noteUnsent()
        // Stuck writes get the request timeout's patience, a peer that only has to close the short one.
        keepAlive(for: stream.pendingWrites > 0
            ? server.configuration.requestTimeoutNanoseconds : ServerConfiguration.lingerNanoseconds)
        stream.finish()
    }

    /// Drops the connection; pending writes are cancelled and give their leases back.
    func close() {
        guard let last = state.move(.close) else { return }
        leave(last)
        deadline.close()
        stream.close()
    }

    /// Ends the counts and exchanges that belonged to a stage.
    private func leave(_ stage: ConnectionState.Stage) {
        if stage == .paused { server.counters.connectionCounts.paused -= 1 }
        if stage == .serving || stage == .paused {
            side?.connectionDidEnd()
            if tls != nil { server.counters.connectionCounts.openTLS -= 1 }
        }
        exchanges.endAll()
    }

    func streamDidClose() {
        side?.socketDidClose()
        unsafe servingSide?.release()
        unsafe servingSide = nil
        server.remove(self)
    }
}
