internal import HTTP2
internal import Loop
internal import Measurements
internal import Memory

// Asking: from the generator's word to the bytes on the socket.
extension HTTPClient {
    /// Streams that may still be opened on this connection now.
    var spareStreamCount: Int {
        guard state == .ready else { return 0 }
        return min(generator.configuration.streams, session?.peerStreamLimit ?? .max, remainingRequestCount &+ inFlightCount)
            - inFlightCount
    }

    /// After GOAWAY, an error, or 2^30 streams: no more. Over HTTP/1.1, after `connection: close`.
    private var takesRequests: Bool { session?.takesRequests ?? pipeline?.takesRequests ?? false }

    /// There may be more to ask than before: after a pause, or with more streams.
    func refill() {
        guard state == .ready else { return }
        fill()
        flush()
    }

    /// Starts as many requests as the generator has and the connection takes.
    func fill() {
        guard state == .ready else { return }
        if !takesRequests { return drain() }
        renewIfDue()
        var spare = spareStreamCount
        while spare > 0, state == .ready, startNext() { spare -= 1 }
        if spare > 0 { generator.clientIsAvailable(self) } else { renewIfDue() }
    }

    /// Starts up to `count` requests that are due. - Returns: whether the generator had so many.
    func start(upTo count: Int) -> Bool {
        guard state == .ready else { return true }
        if !takesRequests {
            drain()
            return true
        }
        renewIfDue()
        var spare = min(count, spareStreamCount)
        while spare > 0, state == .ready {
            guard startNext() else { return false }
            spare -= 1
        }
        renewIfDue()
        return true
    }

    /// Starts the next request, if there is one that may be sent. - Returns: whether there was.
    private func startNext() -> Bool {
        if generator.resilience == nil {
            guard let intended = generator.nextRequest() else { return false }
            start(intendedNanoseconds: intended)
            return true
        }
        return startNextByPolicy()
    }

    private func start(intendedNanoseconds: UInt64) { unsafe submit(makeRecord(intendedNanoseconds: intendedNanoseconds)) }

    /// A request that is taken up now.
    func makeRecord(intendedNanoseconds: UInt64) -> UnsafeMutablePointer<RequestRecord> {
        let record = unsafe records.take()
        unsafe record.pointee.isScheduled = intendedNanoseconds != LoadGenerator.anyTime
        unsafe record.pointee.intendedNanoseconds = record.pointee.isScheduled ? intendedNanoseconds : generator.nowNanoseconds
        unsafe record.pointee.kindIndex = templates.kindIndex(at: nextTurn)
        unsafe record.pointee.number = generator.takeNumber()
        nextTurn &+= 1
        generator.counters.startedRequests += 1
        return unsafe record
    }

    /// Hands a request to the connection, for the first time or again.
    func submit(_ record: UnsafeMutablePointer<RequestRecord>) {
        // Until the flush says better: its timeout runs from here when the socket is stuck.
        unsafe record.pointee.sentNanoseconds = generator.nowNanoseconds
        let template = unsafe prepare(record)
        let body = unsafe record.pointee.body
        if manners.earlyCloseShare > 0, generator.takesEarlyClose(share: manners.earlyCloseShare) { unsafe record.pointee.closesEarly = true }
        var streamID: Int32?
        if let session {
            streamID = unsafe session.submitRequest(
                fields: template.fields, hasBody: !body.isEmpty,
                token: UnsafeMutableRawPointer(record))
        } else if let pipeline {
            // A request ends with its answer, which may be before its body is out: what goes with it is copied.
            unsafe record.pointee.request = pipeline.append(
                template.fields, body: body, copiesBody: template.body.isEmpty)
            streamID = 0
        }
        unsafe record.pointee.streamID = streamID ?? 0
        unsafe append(record)
        remainingRequestCount &-= 1
        hasAsked = true
        if streamID == nil {
            // Out of memory, or of stream identifiers: over on the next connection.
            unsafe end(record, .closed)
            drain()
        }
    }

    /// What the request looks like, its own values written.
    private func prepare(_ record: UnsafeMutablePointer<RequestRecord>) -> RequestTemplate {
        let template = unsafe templates.all[record.pointee.kindIndex]
        unsafe record.pointee.body = template.expandedByteLimit == 0
            ? template.body
            : template.expand(
                number: record.pointee.number, seed: generator.requestSeed, into: RequestRecordPool.text(of: record))
        if let expectation = template.expectation { unsafe record.pointee.expectation = Unmanaged.passUnretained(expectation) }
        if let checker, let check = unsafe checker.begin(record.pointee.kindIndex) {
            unsafe record.pointee.check = unsafe check
            template.setPath(unsafe check.pointee.target)
        }
        return template
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
    func end(_ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?) {
        let next = unsafe record.pointee.next
        let previous = unsafe record.pointee.previous
        if let next = unsafe next { unsafe next.pointee.previous = unsafe previous } else { unsafe youngest = unsafe previous }
        if let previous = unsafe previous { unsafe previous.pointee.next = unsafe next } else { unsafe oldest = unsafe next }
        if unsafe firstUnsent == record { unsafe firstUnsent = unsafe next }
        inFlightCount -= 1
        if isFlushing { hasEndedInFlush = true }
        if failure == nil {
            wasAnswered = true
            unsafe lookAtShape(of: record)
        }
        if let resilience = generator.resilience, unsafe endByPolicy(record, failure, resilience) { return }
        if let check = unsafe record.pointee.check { unsafe endCheck(check, record.pointee, failure) }
        if failure == nil, let expectation = unsafe record.pointee.expectation {
            unsafe expectation._withUnsafeGuaranteedRef { unsafe generator.judge(record.pointee, $0) }
        }
        unsafe generator.requestDidEnd(record.pointee, failure)
        unsafe records.give(record)
    }

    // MARK: Bytes

    func receiveHTTP2(_ bytes: UnsafeRawBufferPointer, _ session: Session) {
        peerHasReset = false
        do {
            try unsafe session.receive(bytes)
        } catch {
            return protocolDidFail()
        }
        if closeEarlyIfWanted() { return }
        fill()
        flush()
        endIfDrained()
        endIfFinished(session)
    }

    /// The socket has taken what was queued: there is room for more.
    package func streamDidWrite() {
        generator.refreshNow()
        flush()
        if let session { endIfFinished(session) }
    }

    /// Nobody has anything left to say. Without a GOAWAY it was nghttp2 that has told the peer
    /// what it did wrong.
    private func endIfFinished(_ session: Session) {
        guard session.isFinished else { return }
        if goawayLastStreamID == nil { protocolDidFail() } else { drop(.closed) }
    }

    /// Sends what the session has to say, through a buffer of the cache; what the socket does not
    /// take moves into an arena, since the buffer does not outlive its scope.
    func flush() {
        guard !isFlushing, let stream, session != nil || pipeline != nil else { return }
        guard stream.pendingWrites == 0 else { return armTimeoutOfUnsent() }
        isFlushing = true
        hasEndedInFlush = false
        stampUnsent()
        if let pipeline {
            flush(pipeline, on: stream)
            isFlushing = false
            return halfCloseIfWanted(pipeline, on: stream)
        }
        if let session { flush(session, on: stream) }
        isFlushing = false
        guard hasEndedInFlush else { return }
        // The last byte of a body ends a request whose answer came before it, and nothing that comes
        // from the peer need follow. What is asked for now has no answer yet: it does not end here.
        refill()
        endIfDrained()
    }

    private func flush(_ session: Session, on stream: TCPStream) {
        unsafe caches.withBuffer(byteCount: 16 * 1024) { buffer in
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
                protocolDidFail()
            }
        }
    }

    /// Gives the requests of this flush their time of sending, one look at the clock for all.
    private func stampUnsent() {
        guard unsafe firstUnsent != nil else { return }
        generator.refreshNow()
        while let record = unsafe firstUnsent {
            unsafe generator.requestWillBeSent(&record.pointee)
            unsafe firstUnsent = unsafe record.pointee.next
        }
        armTimeout()
    }

    /// What waits behind a stuck socket must time out too, when nothing before it does.
    private func armTimeoutOfUnsent() {
        if unsafe firstUnsent != nil && firstUnsent == oldest { armTimeout() }
    }
}
