internal import HTTP2
internal import Loop
internal import Measurements
internal import Memory

/// One client: its caches, its one connection, and the requests it has in flight.
///
/// Owned by its load generator, on whose loop it lives. Connects, asks as long as the
/// generator has something to ask, and connects again when the connection ends.
///
/// `@safe`: its pointers are to records of the generator's pool, which it gives back itself.
@safe
final class HTTPClient: TCPStreamOwner, SessionHandler, TimerTarget {
    /// Retained, since a constant costs no counting; the generator drops its clients when they end.
    let generator: LoadGenerator
    private let loop: EventLoop

    /// What the client owns, whatever becomes of its connections.
    let strings = StringCache()
    let buffers = BufferCache()

    enum State {
        /// Between two connections, or before the first: the timer brings the next attempt.
        case waiting
        case connecting
        case ready
        /// The connection takes no more requests (GOAWAY, or we are to end): those in flight finish.
        case draining
        /// The socket is closing.
        case closing
        /// No more connections.
        case ended
    }
    private(set) var state = State.waiting
    private var stream: TCPStream?
    private var session: Session?
    private let timer: Timer
    private var failedAttemptCount = 0
    private var connectionCount = 0
    /// Not to connect again.
    private var isRetiring = false

    // Requests in flight, oldest first; `firstUnsent` and what follows wait for the next flush.
    private var oldest: UnsafeMutablePointer<RequestRecord>?
    private var youngest: UnsafeMutablePointer<RequestRecord>?
    private var firstUnsent: UnsafeMutablePointer<RequestRecord>?
    private(set) var inFlightCount = 0

    /// In the generator's queue of clients with a stream to spare.
    var isAvailable = false
    private var isFlushing = false
    private var nextPathIndex: Int
    private var goawayLastStreamID: Int32?

    init(generator: LoadGenerator, number: Int) {
        self.generator = generator
        loop = generator.loop
        timer = Timer(loop: generator.loop)
        // Clients start at different targets, else all ask for the same one at once.
        nextPathIndex = number
        unsafe oldest = nil
        unsafe youngest = nil
        unsafe firstUnsent = nil
        timer.target = self
    }

    // MARK: The connection

    func connect() {
        guard state == .waiting else { return }
        state = .connecting
        let stream = TCPStream(loop: loop)
        stream.setOwner(self)
        self.stream = stream
        timer.setDeadline(nanoseconds: generator.nowNanoseconds + generator.configuration.connectTimeoutNanoseconds)
        stream.connect(to: generator.configuration.address)
    }

    func streamDidConnect(_ error: LoopError?) {
        guard state == .connecting, let stream else { return }
        if let error { return attemptDidFail(error) }
        guard let session = Session(
            role: .client, factory: generator.sessions, settings: generator.configuration.http2, handler: self)
        else { return attemptDidFail(LoopError(call: "nghttp2_session_client_new", code: -12)) }
        self.session = session
        state = .ready
        failedAttemptCount = 0
        goawayLastStreamID = nil
        generator.refreshNow()
        generator.counters.openedConnections += 1
        if connectionCount > 0 { generator.counters.reconnects += 1 }
        connectionCount += 1
        timer.stop()
        stream.startReading()
        fill()
        flush()
    }

    private func attemptDidFail(_ error: LoopError) {
        failedAttemptCount += 1
        generator.counters.failedConnects += 1
        generator.lastConnectError = error
        state = .closing
        stream?.close()
    }

    /// Ends the connection under its requests.
    private func drop(_ failure: RequestFailure) {
        guard state == .ready || state == .draining || state == .connecting else { return }
        state = .closing
        while let record = unsafe oldest { unsafe end(record, failure) }
        stream?.close()
    }

    func streamDidClose() {
        if let stream { generator.absorb(stream) }
        stream = nil
        session = nil
        timer.stop()
        if isRetiring { return end() }
        if failedAttemptCount >= ClientConfiguration.connectAttemptLimit {
            end()
            return generator.clientDidGiveUp(self)
        }
        state = .waiting
        if failedAttemptCount == 0 { return connect() }
        let factor = UInt64(1) << UInt64(min(failedAttemptCount - 1, 16))
        let pause = min(ClientConfiguration.firstRetryNanoseconds * factor, ClientConfiguration.longestRetryNanoseconds)
        generator.refreshNow()
        timer.setDeadline(nanoseconds: generator.nowNanoseconds + pause)
    }

    private func end() {
        state = .ended
        timer.close()
        generator.clientDidEnd(self)
    }

    /// No more requests and no more connections; what is in flight may finish.
    func retire() {
        isRetiring = true
        switch state {
        case .waiting: end()
        case .connecting: drop(.closed)
        case .ready:
            state = .draining
            endIfDrained()
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

    private func endIfDrained() {
        guard state == .draining, inFlightCount == 0, let session else { return }
        session.terminate(.noError)
        flush()
        guard state == .draining else { return }
        state = .closing
        stream?.close()
    }

    // MARK: Requests

    /// Streams that may still be opened on this connection now.
    var spareStreamCount: Int {
        guard state == .ready, let session else { return 0 }
        return min(generator.configuration.streams, session.peerStreamLimit) - inFlightCount
    }

    /// Starts as many requests as the generator has and the connection takes.
    private func fill() {
        guard let session else { return }
        var spare = spareStreamCount
        while spare > 0, state == .ready, let intended = generator.nextRequest() {
            start(intendedNanoseconds: intended, session)
            spare -= 1
        }
        if spare > 0 { generator.clientIsAvailable(self) }
    }

    /// Starts one request that is due. `flush` sends it.
    func start(intendedNanoseconds: UInt64) {
        if let session { start(intendedNanoseconds: intendedNanoseconds, session) }
    }

    private func start(intendedNanoseconds: UInt64, _ session: Session) {
        let record = unsafe generator.records.take()
        unsafe record.pointee.intendedNanoseconds = intendedNanoseconds
        let path = generator.request.path(at: nextPathIndex)
        nextPathIndex &+= 1
        unsafe _ = strings.intern(generator.request.authority.buffer)
        unsafe _ = strings.intern(path.buffer)
        let fields = generator.request.fields(path: path)
        let hasBody = !generator.request.body.isEmpty
        let streamID = unsafe session.submitRequest(
            fields: fields, hasBody: hasBody, token: UnsafeMutableRawPointer(record))
        unsafe record.pointee.streamID = streamID ?? 0
        unsafe append(record)
        generator.counters.startedRequests += 1
        if streamID == nil {
            // Stream identifiers have run out, or the session is ending: over on the next connection.
            unsafe end(record, .closed)
            state = .draining
        }
    }

    private func append(_ record: UnsafeMutablePointer<RequestRecord>) {
        unsafe record.pointee.previous = unsafe youngest
        if let last = unsafe youngest {
            unsafe last.pointee.next = unsafe record
        } else {
            unsafe oldest = unsafe record
        }
        unsafe youngest = unsafe record
        if unsafe firstUnsent == nil { unsafe firstUnsent = unsafe record }
        inFlightCount += 1
    }

    /// The request is over: with an answer, or with the failure that kept it from one.
    private func end(_ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?) {
        let next = unsafe record.pointee.next
        let previous = unsafe record.pointee.previous
        if let next = unsafe next { unsafe next.pointee.previous = unsafe previous } else { unsafe youngest = unsafe previous }
        if let previous = unsafe previous { unsafe previous.pointee.next = unsafe next } else { unsafe oldest = unsafe next }
        if unsafe firstUnsent == record { unsafe firstUnsent = unsafe next }
        inFlightCount -= 1
        unsafe generator.requestDidEnd(record.pointee, failure)
        unsafe generator.records.give(record)
    }

    /// On its way out: not one of the clients that were asked for.
    var isLeaving: Bool { isRetiring }

    /// There may be more to ask than before: after a pause, or with more streams.
    func refill() {
        guard state == .ready else { return }
        fill()
        flush()
    }

    // MARK: What the session says

    func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer? { nil }

    func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        generator.counters.decodedHeaderBytes &+= UInt64(name.count + value.count)
        if unsafe name.first == UInt8(ascii: ":") {
            // The only pseudo-field of a response is :status, three digits (RFC 9113, 8.3.2).
            var status = 0
            for unsafe digit in unsafe value.prefix(3) { status = status * 10 + Int(digit) - 48 }
            unsafe record.pointee.status = status
            return
        }
        let index = unsafe record.pointee.fieldCount
        guard unsafe index < RequestRecord.fieldLimit else { return }
        unsafe record.pointee.fieldNames[index] = unsafe strings.intern(name)
        if unsafe HTTPClient.isWorthKeeping(name) {
            unsafe record.pointee.fieldValues[index] = unsafe strings.intern(value)
        }
        unsafe record.pointee.fieldCount = index + 1
    }

    /// Lengths and dates differ from answer to answer: they would only push others out.
    private static func isWorthKeeping(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 4: unsafe name[0] != UInt8(ascii: "d")
        case 14: unsafe name[8] != UInt8(ascii: "l")
        default: true
        }
    }

    func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool) {}

    func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {
        generator.counters.receivedBodyBytes &+= UInt64(bytes.count)
    }

    func sessionDidReceiveEnd(_ session: Session, _ token: UnsafeMutableRawPointer) {}

    func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode) {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        var failure = unsafe record.pointee.failure
        if failure == nil && code != .noError {
            let streamID = unsafe record.pointee.streamID
            failure = goawayLastStreamID.map { streamID > $0 } == true ? .goaway
                : code == .protocolError ? .protocolError : .reset
        }
        let isStatus = unsafe (100...599).contains(record.pointee.status)
        if failure == nil && !isStatus { failure = .protocolError }
        unsafe end(record, failure)
    }

    func sessionDidReceiveControlFrame(_ kind: ControlFrame) {}

    func sessionDidReceiveInvalidFrame() {}

    func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode) {
        goawayLastStreamID = lastStreamID
        if state == .ready { state = .draining }
    }

    func sessionNeedsBody(_ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int) -> BodyPart {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        let body = generator.request.body
        let start = unsafe record.pointee.sentBodyByteCount
        let end = min(body.count, start + byteLimit)
        unsafe record.pointee.sentBodyByteCount = end
        return .bytes(body[start..<end], in: nil, isLast: end == body.count)
    }

    // Request bodies are copied into their frames: these two are never asked.
    func sessionHasRoomForData() -> Bool { false }

    func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease) {}

    // MARK: Bytes

    func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
        generator.refreshNow()
        guard let session, state == .ready || state == .draining else { return }
        do {
            try unsafe session.receive(bytes)
        } catch {
            return drop(.protocolError)
        }
        if state == .ready { fill() }
        flush()
        if state == .draining { endIfDrained() }
        if session.isFinished { drop(.goaway) }
    }

    func streamDidReachEnd() { drop(goawayLastStreamID == nil ? .closed : .goaway) }

    func streamDidFail(_ error: LoopError) { drop(.closed) }

    func streamDidWrite() {
        generator.refreshNow()
        flush()
    }

    /// Sends what the session has to say, through a buffer of the cache; what the socket does not
    /// take moves into an arena, since the buffer does not outlive its scope.
    func flush() {
        guard !isFlushing, let session, let stream, stream.pendingWrites == 0 else { return }
        isFlushing = true
        defer { isFlushing = false }
        stampUnsent()
        unsafe buffers.withBuffer(byteCount: 16 * 1024) { buffer in
            var count = 0
            var isBlocked = false
            do {
                while !isBlocked, let bytes = try unsafe session.nextOutput() {
                    var rest = unsafe bytes
                    while unsafe !rest.isEmpty {
                        let part = min(rest.count, buffer.count - count)
                        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + part])
                            .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<part]))
                        count += part
                        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[part...])
                        if count == buffer.count {
                            isBlocked = unsafe !send(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: stream)
                            count = 0
                        }
                    }
                }
                _ = unsafe send(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: stream)
            } catch {
                drop(.protocolError)
            }
        }
    }

    /// - Returns: whether the socket took it all.
    private func send(_ bytes: UnsafeRawBufferPointer, on stream: TCPStream) -> Bool {
        let taken = unsafe stream.writeNow(bytes)
        if taken == bytes.count { return true }
        let arena = loop.arenas.take()
        loop.batch.append(unsafe arena.copy(UnsafeRawBufferPointer(rebasing: bytes[taken...])))
        loop.batch.append(Lease(on: arena))
        arena.retire()
        stream.flush(loop.batch)
        return false
    }

    /// Gives the requests of this flush their time of sending, one look at the clock for all.
    private func stampUnsent() {
        guard unsafe firstUnsent != nil else { return }
        generator.refreshNow()
        let now = generator.nowNanoseconds
        while let record = unsafe firstUnsent {
            unsafe record.pointee.sentNanoseconds = now
            unsafe generator.requestWasSent(record.pointee)
            unsafe firstUnsent = unsafe record.pointee.next
        }
        armTimeout()
    }

    // MARK: Time

    /// All requests have the same patience, so the oldest is the first to lose it.
    private func armTimeout() {
        guard let oldest = unsafe oldest else { return timer.stop() }
        timer.setDeadline(nanoseconds: unsafe oldest.pointee.sentNanoseconds
            + generator.configuration.requestTimeoutNanoseconds)
    }

    func timerDidFire(_ timer: Timer) {
        generator.refreshNow()
        switch state {
        case .waiting: connect()
        case .connecting: attemptDidFail(LoopError(call: "connect", code: -110))
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
        if let record = unsafe oldest, unsafe record.pointee.failure == .timeout { return drop(.timeout) }
        if state == .ready {
            fill()
            flush()
        } else {
            endIfDrained()
        }
        if state == .ready || state == .draining { armTimeout() }
    }

    // MARK: Samples

    /// Adds this client's part of the gauges, its caches and its open connection.
    func addSample(to sample: inout ClientSample) {
        if state == .ready || state == .draining { sample.openConnections += 1 }
        sample.inFlightRequests += inFlightCount
        sample.strings.merge(strings.counts)
        sample.buffers.merge(buffers.counts)
        guard let stream else { return }
        let now = generator.nowNanoseconds
        sample.receivedBytes += stream.receivedBytes
        sample.sentBytes += stream.sentBytes
        sample.writes.direct += stream.directFlushes
        sample.writes.queued += stream.queuedWrites
        sample.writes.pending += stream.pendingWrites
        sample.writes.pendingBytes += stream.pendingByteCount
        stream.forEachPendingWrite { queued, byteCount in
            let age = now > queued ? now - queued : 0
            sample.writes.pendingBytesByAge[WriteSample.ageBucket(nanoseconds: age)] += byteCount
            sample.writes.oldestAgeNanoseconds = max(sample.writes.oldestAgeNanoseconds, age)
        }
    }
}
