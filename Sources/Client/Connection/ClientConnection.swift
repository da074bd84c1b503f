internal import Load
internal import Loop
internal import Measurements
internal import TLS
internal import Transport

/// One connection of a client, from the attempt to connect until its socket is closed.
///
/// It fills itself with requests as long as the load generator has some and the protocol takes them,
/// sends them with a flush, and ends each with its answer or with the failure that kept it from one.
///
/// `@safe`: the records in flight are its own until they are over.
@safe
final class ClientConnection {
    let client: HTTPClient
    let generator: LoadGenerator
    let clock: LoopClock
    let answers: AnswerReader
    /// The client's: runs for connecting, then for the oldest request.
    let timer: Timer
    /// How long a request may take.
    let patienceNanoseconds: UInt64
    let wire: Wire
    /// nil until the protocol is known, and when the socket is closed: a side retains its connection.
    private(set) var side: (any ProtocolSide)?
    private(set) var life = ConnectionLife()
    private(set) var requests = RequestsInFlight()
    private var use = ConnectionLife.Use.unused
    private var allowance = ConnectionRenewal.Allowance(.never, startNanoseconds: 0)
    /// Since when the peer allows no streams, and no request is in flight; 0: it is not so.
    var barredNanoseconds: UInt64 = 0
    /// Where it stands among the connections with room for a request.
    var queuePlace = ConnectionQueue.Place()

    init(_ client: HTTPClient, _ generator: LoadGenerator, _ answers: AnswerReader, _ timer: Timer) {
        self.client = client
        self.generator = generator
        self.answers = answers
        self.timer = timer
        clock = generator.clock
        patienceNanoseconds = generator.configuration.options.requestTimeout.nanoseconds
        wire = Wire(generator, answers.caches)
    }

    // MARK: Opening

    /// Begins to connect.
    func open(to address: SocketAddress, withinNanoseconds nanoseconds: UInt64) {
        timer.setDeadline(nanoseconds: clock.nowNanoseconds + nanoseconds)
        wire.open(for: self, to: address)
    }

    /// Bytes pass now, and the protocol is known.
    func wireDidOpen(_ chosen: ApplicationProtocol) {
        life.move(on: .opened)
        switch chosen {
        case .http2:
            guard let side = HTTP2Side(self, answers, wire, generator.sessions, generator.configuration.http2) else {
                return attemptDidFail(.system(LoopError(call: "nghttp2_session_client_new", code: LoopError.noMemory)))
            }
            self.side = side
            flush(side)
        case .http1:
            side = HTTP1Side(self, answers, wire, generator.loop, generator.configuration)
            greetingDidArrive()
            refill()
        }
    }

    /// The server's SETTINGS are here, or the protocol has none: the connection is established.
    func greetingDidArrive() {
        // A server may change its SETTINGS later.
        guard life.state == .greeting else { return }
        life.move(on: .greeted)
        // Of a client that is to end, the last connection is for the requests that are to be sent again.
        allowance = ConnectionRenewal.Allowance(
            client.isRetiring ? .requests(client.resendCount) : generator.configuration.renewal, startNanoseconds: clock.nowNanoseconds)
        timer.stop()
        client.connectionDidOpen()
    }

    /// No connection could be made.
    func attemptDidFail(_ error: ConnectError) {
        client.attemptDidFail(error)
        close()
    }

    // MARK: Events of the wire

    /// The peer has sent something.
    func wireDidRead(_ bytes: UnsafeRawBufferPointer) {
        guard let side, !life.isClosing else { return }
        do { try unsafe side.receive(bytes) } catch { return protocolDidFail(error) }
        if life.state == .abandoning {
            // The peer has begun to answer: no reason to be careful with the next connection.
            use = .answered
            return drop(.abandoned)
        }
        fill(side)
        flush(side)
        endIfDrained()
        endIfOver(side)
    }

    /// The socket has taken the queued bytes: there is room for more.
    func wireDidWrite() {
        guard let side, !life.isClosing else { return }
        flush(side)
        endIfOver(side)
    }

    /// The peer has ended its side of the connection, as it should.
    func wireDidReachEnd() {
        if life.isOpen { side?.receiveEnd() }
        wireDidFail(.system(.peerClosed))
    }

    /// The socket has failed, or TLS, or the time for connecting is over.
    func wireDidFail(_ error: ConnectError) {
        switch life.state {
        case .opening: attemptDidFail(error)
        case .greeting:
            // Our certificate may be refused only now: TLS 1.3 lets a client finish first.
            if case .tls(let error) = error { generator.accounts.counters.tls.countFailure(error) }
            attemptDidFail(side?.looksLikeTLS == true ? .speaksTLS : error)
        case .ready, .draining, .abandoning:
            // The same, over HTTP/1.1, which has no greeting.
            if case .tls(let error) = error, use != .answered { generator.accounts.counters.tls.countFailure(error) }
            drop(.failed(error))
        case .closing: break
        }
    }

    /// The peer broke the protocol.
    private func protocolDidFail(_ error: PeerError) {
        if life.state == .greeting { attemptDidFail(side?.looksLikeTLS == true ? .speaksTLS : .notHTTP2) } else { drop(.broken(error)) }
    }

    /// The socket is closed.
    func wireDidClose() {
        if let side { generator.accounts.counters.responseBytes.header += side.receivedHeaderByteCount }
        side = nil
        client.connectionDidClose(use, life.ending)
    }

    // MARK: Asking

    /// Whether requests can be sent on it.
    var isReady: Bool { life.isReady }

    /// The peer allows no streams at all, for now.
    var isBarred: Bool { life.isReady && side?.requestLimit == 0 }

    /// How much of its answer has come.
    func progress(of record: UnsafeMutablePointer<RequestRecord>) -> FailureReason.Progress {
        if unsafe record.pointee.status != 0 { return .begun }
        return use == .answered ? .idle : .nothing
    }

    /// Whether there is room for another request now.
    var hasRoom: Bool {
        guard let side else { return false }
        return room(side) > 0
    }

    private func room(_ side: any ProtocolSide) -> Int {
        guard life.isReady else { return 0 }
        return min(generator.clients.streamLimit, side.requestLimit, allowance.requestCount &+ requests.count) - requests.count
    }

    /// There may be more to ask than before.
    func refill() {
        guard life.isReady, let side else { return }
        fill(side)
        flush(side)
    }

    /// Starts as many requests as the generator has and the connection takes.
    private func fill(_ side: any ProtocolSide) {
        endIfUseless(side)
        var room = room(side)
        while room > 0, life.isReady, startNext(side) { room -= 1 }
        if room > 0 { return generator.connectionIsAvailable(self) }
        renewIfSpent()
        if requests.count == 0 { armTimeout() }
    }

    /// Starts up to `count` requests that are due, and sends them. - Returns: whether the generator had so many.
    func start(upTo count: Int) -> Bool {
        guard let side else { return true }
        endIfUseless(side)
        var room = min(count, room(side))
        while room > 0, life.isReady {
            guard startNext(side) else {
                flush(side)
                return false
            }
            room -= 1
        }
        renewIfSpent()
        flush(side)
        return true
    }

    /// Drains a connection that takes no more requests, or has had its share of them.
    private func endIfUseless(_ side: any ProtocolSide) {
        guard life.isReady else { return }
        if side.takesRequests { return renewIfSpent() }
        // Before anything more is written: the peer may have closed its socket, and a reset would take the word of it.
        if case .over = side.dialogue { drop(.over) } else { drain(.lost) }
    }

    /// Starts the next request. - Returns: whether there was one that may be sent.
    private func startNext(_ side: any ProtocolSide) -> Bool {
        guard let record = unsafe generator.takeRequest(for: client) else { return false }
        unsafe submit(record, side)
        return true
    }

    /// Hands a request to the protocol, for the first time or again.
    private func submit(_ record: UnsafeMutablePointer<RequestRecord>, _ side: any ProtocolSide) {
        // Until the flush says better: its timeout runs from here when the socket is stuck.
        if unsafe record.pointee.repeats.resends == 0 { unsafe record.pointee.sentNanoseconds = clock.nowNanoseconds }
        let template = unsafe generator.requests.prepare(record)
        let isTaken = unsafe side.submit(record, template)
        unsafe requests.append(record)
        allowance.spend()
        if use == .unused { use = .asked }
        if !isTaken {
            // The next connection has room.
            unsafe requestDidFail(record, .unprocessed, .unprocessed(nil))
            drain(.lost)
        }
    }

    /// Whether a request was ever handed to it.
    var hasAsked: Bool { use != .unused }

    /// The oldest request that was sent: over HTTP/1.1 the next answer is its.
    var oldestSentRequest: UnsafeMutablePointer<RequestRecord>? { unsafe life.isOpen ? requests.oldestSent : nil }

    // MARK: Answers

    /// The peer is through with its answer to a request.
    func answerDidEnd(_ record: UnsafeMutablePointer<RequestRecord>) {
        let status = unsafe record.pointee.status
        if status < 200 || status > 599 {
            // Nothing but 1xx is no answer. Three digits beyond 599 are an answer, and count as 5xx (RFC 9110, 15).
            guard status > 599 else { return unsafe requestDidFail(record, .protocolError, .status(status)) }
        }
        unsafe requests.remove(record)
        use = .answered
        unsafe answers.noteShape(of: record)
        unsafe generator.requestDidEnd(record, nil, nil, answers)
    }

    /// The peer's end of the connection was the end of its last answer too.
    func answerDidEndByClose() { generator.accounts.counters.requests.endedByClose += 1 }

    /// The request has failed.
    /// - Parameters:
    ///   - reason: nil for one that we ended, whose failure says it.
    ///   - evidence: bytes of the peer's that show it, and their place.
    func requestDidFail(
        _ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure, _ reason: FailureReason?, evidence: String = ""
    ) {
        unsafe requests.remove(record)
        if failure == .unprocessed, unsafe client.keepForNextConnection(record) { return }
        let cause = unsafe failure == .timeout ? .timeout(progress(of: record)) : reason
        unsafe generator.requestDidEnd(record, failure, cause, evidence: evidence, answers)
    }

    /// An answer has begun under which the connection is to be closed. Deferred: the parser still uses the connection.
    func abandon() { if life.isOpen { life.move(on: .abandoned) } }

    // MARK: Sending

    /// Sends all there is to send, or waits until the socket has room.
    func flush(_ side: any ProtocolSide) {
        guard !life.isClosing else { return }
        guard !wire.isBlocked else { return armTimeoutOfUnsent() }
        stampUnsent()
        let count = requests.count
        do { try side.flush() } catch { return protocolDidFail(error) }
        guard requests.count < count else { return }
        // The last byte of a body ends a request whose answer came before it, and the peer need not send
        // anything after. A request that is started now has no answer yet: it does not end here.
        refill()
        endIfDrained()
    }

    /// Gives the requests of this flush their time of sending, one look at the clock for all.
    private func stampUnsent() {
        guard let first = unsafe requests.takeUnsent() else { return }
        clock.refresh()
        barredNanoseconds = 0
        unsafe generator.accounts.requestWillBeSent(&first.pointee)
        while let record = unsafe requests.takeUnsent() { unsafe generator.accounts.requestWillBeSent(&record.pointee) }
        armTimeout()
    }

    // MARK: Ending

    /// Leaves this connection for another, although it is still good, once the requests in flight are answered.
    func renew() { drain(.renewed) }

    private func renewIfSpent() {
        if life.isReady && allowance.isSpent(atNanoseconds: clock.nowNanoseconds) { renew() }
    }

    /// The client asks for nothing new: requests in flight may finish.
    func retire() {
        switch life.state {
        case .opening, .greeting: if client.resendCount == 0 { close() }
        case .ready: drain(.lost)
        case .draining, .abandoning, .closing: break
        }
    }

    /// The peer takes no more requests. Streams may end within the same read, after which it is looked at
    /// whether the connection is drained.
    func peerTakesNoMore() { if life.isReady { beginDrain(.lost) } }

    private func drain(_ ending: ConnectionLife.Ending) {
        guard life.isReady else { return }
        beginDrain(ending)
        endIfDrained()
    }

    private func beginDrain(_ ending: ConnectionLife.Ending) {
        life.move(on: .drainBegan(ending))
        generator.connectionIsUnavailable(self)
    }

    /// Ends a connection that takes no more requests, once all are answered.
    func endIfDrained() {
        guard life.isDraining, requests.count == 0 else { return }
        side?.sayGoodbye()
        // The goodbye may have found the socket broken.
        if !life.isClosing { close() }
    }

    /// Ends the connection when the protocol has nothing left to say.
    private func endIfOver(_ side: any ProtocolSide) {
        switch side.dialogue {
        case .open: break
        case .over: drop(.over)
        case .broken(let error): protocolDidFail(error)
        }
    }

    /// Ends the connection under its requests.
    func drop(_ cause: DropCause) {
        guard !life.isClosing else { return }
        if requests.count == 0 { noteFault(cause) }
        close()
        while let record = unsafe requests.oldest {
            unsafe requestDidFail(
                record, record.pointee.failure ?? cause.failure, cause.reason(progress(of: record), side, closesEarly: record.pointee.closesEarly),
                evidence: cause.evidence)
        }
    }

    private func close() {
        let wasOpen = life.isOpen
        life.move(on: .closed)
        if wasOpen { generator.accounts.connectionWillClose(life.ending) }
        generator.connectionIsUnavailable(self)
        wire.close()
    }

    // MARK: Samples

    /// Adds its part of the gauges, and its counts so far.
    func add(to sample: inout ClientSample) {
        sample.requests.inFlight += requests.count
        if let side {
            sample.responseBytes.header += side.receivedHeaderByteCount
            if life.isOpen, side.version.isHTTP1 { sample.connectionCounts.http1 += 1 }
        }
        wire.add(to: &sample)
    }

    /// A row of a sample. Its client knows the rest.
    var row: ConnectionSample {
        var row = ConnectionSample()
        row.version = side?.version ?? .unknown
        row.streams = requests.count
        row.requests = requests.totalCount
        wire.describe(&row)
        let now = clock.nowNanoseconds
        if let sent = unsafe requests.oldestSent?.pointee.sentNanoseconds { row.oldestRequestNanoseconds = now > sent ? now - sent : 0 }
        row.state = life.isClosing ? .closing : row.pendingBytes > 0 ? .waiting : requests.count > 0 ? .running : .idle
        return row
    }
}
