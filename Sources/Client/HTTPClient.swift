internal import HTTP2
package import Loop
internal import Measurements
internal import TLS
internal import Transport

/// One client: its caches, its one connection, and the requests it has in flight.
///
/// Owned by its load generator, on whose loop it lives. Connects, asks as long as the
/// generator has something to ask, and connects again when the connection ends.
///
/// `@safe`: its pointers are to records of the generator's pool, which it gives back itself.
@safe
package final class HTTPClient: TCPStreamOwner, TimerTarget {
    /// Retained, since a constant costs no counting; the generator drops its clients when they end.
    let generator: LoadGenerator
    let loop: EventLoop
    let records: RequestRecordPool
    let templates: RequestTemplates
    let checker: BodyChecker?
    let manners: ClientManners
    /// Which client of its loop this is.
    let number: Int

    /// Its own, or those it shares, whatever becomes of its connections.
    let caches: Caches
    let ownsCaches: Bool
    /// The generator's when it was made.
    private let cacheChoice: Int

    enum State {
        /// Between two connections, or before the first: the timer brings the next attempt.
        case waiting
        /// Until the socket is connected.
        case connecting
        /// Until the TLS handshake is done.
        case securing
        /// Until the server's SETTINGS, without which we do not know how many streams it takes. HTTP/1.1 has none.
        case greeting
        case ready
        /// The connection takes no more requests (GOAWAY, or we are to end): those in flight finish.
        case draining
        /// The socket is closing.
        case closing
        /// No more connections.
        case ended
    }
    var state = State.waiting
    var stream: TCPStream?
    /// nil: in the clear.
    var tls: TLSStream?
    /// One of these two, once it is known which.
    var session: Session?
    var pipeline: Pipeline?
    /// The session cache waits to hear how the handshake ends.
    var owesHandshake = false
    let timer: Timer
    /// For clients that read slowly.
    let readTimer: Timer?
    var wantsEarlyClose = false
    /// Connections in a row that could not be made, or answered none of the requests they took.
    private var failedAttemptCount = 0
    /// Another attempt could only fail the same way, and nobody has ever been connected.
    private var isHopeless = false
    private var firstAttemptNanoseconds: UInt64 = 0
    private var connectionCount = 0
    /// What became of the requests of this connection.
    var hasAsked = false
    var wasAnswered = false
    /// Requests that this connection may still be given, and until when, by the policy of renewal.
    var remainingRequestCount = Int.max
    private var renewalNanoseconds = UInt64.max
    /// The connection ends because the policy says so, and not because it was lost.
    var isRenewing = false
    /// The shapes of answers that this client has met; see `AnswerShape`.
    var knownShapes = AnswerShape.Known()
    /// Not to connect again.
    private(set) var isRetiring = false

    /// Where it stands in the generator's list, and among those with a stream to spare.
    var index = 0
    var queuePlace = ClientQueue.Place()

    // Requests in flight, oldest first; `firstUnsent` and what follows wait for the next flush.
    var oldest: UnsafeMutablePointer<RequestRecord>?
    var youngest: UnsafeMutablePointer<RequestRecord>?
    var firstUnsent: UnsafeMutablePointer<RequestRecord>?
    var inFlightCount = 0
    var nextTurn: Int

    var isFlushing = false
    var hasEndedInFlush = false
    /// The frame just read was RST_STREAM: the stream that closes next was reset by the peer.
    var peerHasReset = false
    var goawayLastStreamID: Int32?

    init(generator: LoadGenerator, number: Int) {
        self.generator = generator
        loop = generator.loop
        records = generator.records
        templates = generator.templates
        caches = generator.makeCaches()
        ownsCaches = generator.commonCaches == nil
        cacheChoice = generator.cacheChoice
        checker = generator.checker
        manners = generator.configuration.manners
        self.number = number
        timer = Timer(loop: generator.loop)
        readTimer = manners.readPauseNanoseconds == nil ? nil : Timer(loop: generator.loop)
        // Clients start at different kinds, else all ask for the same one at once.
        nextTurn = number
        unsafe oldest = nil
        unsafe youngest = nil
        unsafe firstUnsent = nil
        timer.target = self
        readTimer?.target = self
    }

    // MARK: Connecting

    func connect() {
        guard state == .waiting else { return }
        state = .connecting
        let stream = TCPStream(loop: loop)
        stream.setOwner(self)
        self.stream = stream
        generator.refreshNow()
        if firstAttemptNanoseconds == 0 { firstAttemptNanoseconds = generator.nowNanoseconds }
        timer.setDeadline(nanoseconds: generator.nowNanoseconds + generator.configuration.connectTimeoutNanoseconds)
        stream.connect(
            to: generator.configuration.address,
            receiveBufferByteCount: manners.receiveBufferByteCount)
    }

    /// The socket is connected, or will not be.
    package func streamDidConnect(_ error: LoopError?) {
        guard state == .connecting, let stream else { return }
        if let error { return attemptDidFail(.system(error)) }
        openTransport(on: stream)
    }

    /// The server's SETTINGS are here, or it needs none: the connection is made.
    func greetingDidArrive() {
        guard state == .greeting else { return }
        state = .ready
        goawayLastStreamID = nil
        hasAsked = false
        wasAnswered = false
        generator.counters.openedConnections += 1
        generator.counters.openConnections += 1
        generator.counters.openConnectionsHighWater = max(
            generator.counters.openConnectionsHighWater, generator.counters.openConnections)
        if connectionCount > 0 {
            if isRenewing { generator.counters.renewedConnections += 1 } else { generator.counters.reconnects += 1 }
        }
        connectionCount += 1
        isRenewing = false
        remainingRequestCount = generator.configuration.renewal.requestLimit
        renewalNanoseconds = generator.configuration.renewal.endNanoseconds(fromNanoseconds: generator.nowNanoseconds)
        timer.stop()
    }

    func attemptDidFail(_ error: ConnectError) {
        generator.counters.failedConnects += 1
        generator.lastConnectError = error
        failedAttemptCount += 1
        isHopeless = error.isPermanent && generator.counters.openedConnections == 0
        generator.resilience?.connectDidFail(atNanoseconds: generator.nowNanoseconds)
        close()
    }

    // MARK: Ending a connection

    /// Ends the connection under its requests.
    func drop(_ failure: RequestFailure) {
        switch state {
        case .connecting, .securing, .greeting, .ready, .draining: break
        case .waiting, .closing, .ended: return
        }
        close()
        while let record = unsafe oldest { unsafe end(record, record.pointee.failure ?? failure) }
    }

    private func close() {
        if state == .ready || state == .draining { generator.counters.openConnections -= 1 }
        state = .closing
        generator.available.remove(self)
        noteHandshake(isResumed: false)
        tls?.close()
        stream?.close()
    }

    /// The peer, or the socket, has ended the connection.
    func connectionDidEnd(_ error: LoopError) {
        if state == .securing { generator.counters.tls.countLostHandshake() }
        if state == .securing || state == .greeting { attemptDidFail(.system(error)) } else { drop(.closed) }
    }

    /// The socket has failed.
    package func streamDidFail(_ error: LoopError) { connectionDidEnd(error) }

    /// What the peer said is not what we speak.
    func protocolDidFail() {
        if state == .greeting {
            attemptDidFail(.notHTTP2)
        } else {
            drop(.protocolError)
        }
    }

    /// The socket is gone, and with it the connection.
    package func streamDidClose() {
        if let stream { generator.absorb(stream) }
        if let session { generator.absorb(session) }
        if let pipeline { generator.absorb(pipeline) }
        stream = nil
        tls = nil
        session = nil
        pipeline = nil
        wantsEarlyClose = false
        timer.stop()
        readTimer?.stop()
        generator.refreshNow()
        if isRetiring { return end() }
        if wasAnswered { failedAttemptCount = 0 }
        if hasAsked && !wasAnswered { failedAttemptCount += 1 }
        let isUseful = wasAnswered
        hasAsked = false
        wasAnswered = false
        if isOutOfPatience {
            end()
            return generator.clientDidGiveUp()
        }
        state = .waiting
        if isUseful && cacheChoice != generator.cacheChoice {
            end()
            return generator.addClient(insteadOf: self)
        }
        if isUseful { return connect() }
        timer.setDeadline(nanoseconds: generator.nowNanoseconds + ClientConfiguration.pauseNanoseconds(
            afterFailedAttempts: failedAttemptCount))
    }

    /// A server that was there may come back; one that nobody has ever reached is not worth the wait.
    private var isOutOfPatience: Bool {
        if isHopeless || failedAttemptCount >= ClientConfiguration.connectAttemptLimit { return true }
        return generator.counters.openedConnections == 0 && failedAttemptCount > 0
            && (failedAttemptCount >= ClientConfiguration.firstConnectAttemptLimit
                || generator.nowNanoseconds - firstAttemptNanoseconds >= ClientConfiguration.firstConnectNanoseconds)
    }

    // MARK: Ending

    /// Takes the place of a client that has ended: its next connection is not the first.
    func goOn(for former: HTTPClient) {
        connectionCount = former.connectionCount
        isRenewing = former.isRenewing
        firstAttemptNanoseconds = former.firstAttemptNanoseconds
    }

    /// Leaves this connection for another, as the policy of renewal does.
    func renew() {
        guard state == .ready else { return }
        isRenewing = true
        drain()
    }

    private func end() {
        state = .ended
        timer.close()
        readTimer?.close()
        generator.clientDidEnd(self)
    }

    /// No more requests and no more connections; what is in flight may finish.
    func retire() {
        isRetiring = true
        switch state {
        case .waiting: end()
        case .connecting, .securing, .greeting: drop(.closed)
        case .ready: drain()
        case .draining: endIfDrained()
        case .closing, .ended: break
        }
    }

    /// The drain is over: what is still in flight is counted as aborted.
    func abort() {
        isRetiring = true
        if state == .waiting { return end() }
        drop(.aborted)
    }

    /// No more requests on this connection.
    func drain() {
        guard state == .ready else { return }
        state = .draining
        generator.available.remove(self)
        endIfDrained()
    }

    /// Ends the connection when it has done its share: another takes its place.
    func renewIfDue() {
        guard state == .ready, remainingRequestCount <= 0 || generator.nowNanoseconds >= renewalNanoseconds else { return }
        renew()
    }

    func endIfDrained() {
        guard state == .draining, inFlightCount == 0 else { return }
        if let session {
            session.terminate(.noError)
            flush()
            guard state == .draining else { return }
        }
        close()
    }

    // MARK: Time

    /// All requests have the same patience, so the oldest is the first to lose it.
    func armTimeout() {
        guard let oldest = unsafe oldest else { return timer.stop() }
        timer.setDeadline(nanoseconds: unsafe oldest.pointee.sentNanoseconds
            + generator.configuration.requestTimeoutNanoseconds)
    }

    /// A deadline has passed; which, the state says.
    package func timerDidFire(_ timer: Timer) {
        if timer === readTimer { return readOn() }
        generator.refreshNow()
        switch state {
        case .waiting: connect()
        case .connecting, .securing, .greeting:
            if state == .securing { generator.counters.tls.countTimeout() }
            attemptDidFail(.system(LoopError(call: "connect", code: LoopError.timedOut)))
        case .ready, .draining: timeOutRequests()
        case .closing, .ended: break
        }
    }

    private func timeOutRequests() {
        let patience = generator.configuration.requestTimeoutNanoseconds
        let now = generator.nowNanoseconds
        var each = unsafe oldest
        while let record = unsafe each, unsafe record.pointee.sentNanoseconds + patience <= now {
            unsafe each = unsafe record.pointee.next
            if unsafe record.pointee.failure == nil {
                unsafe record.pointee.failure = .timeout
                unsafe session?.reset(record.pointee.streamID, .cancel)
            }
        }
        flush()
        // nghttp2 has closed the streams with the flush; a stuck socket keeps them, and is dropped.
        // So is a pipeline, which cannot leave an answer out.
        if let record = unsafe oldest, unsafe record.pointee.failure == .timeout { return drop(.closed) }
        refill()
        endIfDrained()
        if state == .ready || state == .draining { armTimeout() }
    }
}
