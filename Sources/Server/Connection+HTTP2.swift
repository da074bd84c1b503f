internal import HTTP1
internal import HTTP2
internal import Loop
internal import Measurements
internal import Memory

extension Connection: SessionHandler {
    /// - Returns: false when there is no memory for a session.
    func beginHTTP2() -> Bool {
        guard let session = Session(
            role: .server, factory: server.sessions, settings: server.configuration.http2, handler: self)
        else { return false }
        self.session = session
        phase = .http2
        budgetNanoseconds = server.nowNanoseconds
        server.counters.openHTTP2Connections += 1
        return true
    }

    func receiveHTTP2(_ bytes: UnsafeRawBufferPointer) {
        server.refreshNow()
        noteProgress()
        guard let session else { return }
        do {
            try unsafe session.receive(bytes)
        } catch {
            server.counters.protocolErrors += 1
            return finishHTTP2(error.isFlood ? .enhanceYourCalm : .protocolError)
        }
        flushHTTP2()
        // What has finished or is stuck meanwhile has its own, shorter time.
        if phase == .http2 && !isPaused { keepAlive(for: server.configuration.idleTimeoutNanoseconds) }
    }

    // MARK: A request comes

    func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer? {
        unsafe UnsafeMutableRawPointer(beginExchange(streamID: streamID))
    }

    func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        // Bounded before decoding ends: an indexed field of one byte can cost kilobytes.
        // The first reason stands.
        guard unsafe exchange.pointee.rejection == 0 else { return }
        guard
            unsafe exchange.pointee.fields.byteCount &+ name.count &+ value.count &+ 32
                <= server.configuration.http2.headerListByteLimit,
            unsafe exchange.pointee.fields.count < server.configuration.requestLimits.headerCountLimit
        else {
            unsafe exchange.pointee.rejection = 431
            return
        }
        let arena = unsafe exchange.pointee.arena
        let isPseudoField = unsafe name.count > 0 && name[0] == UInt8(ascii: ":")
        guard isPseudoField else {
            return unsafe exchange.pointee.fields.append(name: arena.copy(name), value: arena.copy(value), in: arena)
        }
        // nghttp2 lets through the four pseudo-fields of a request only, each once.
        switch name.count {
        case 5:
            if value.count > server.configuration.requestLimits.targetByteLimit { unsafe exchange.pointee.rejection = 414 }
            unsafe exchange.pointee.setTarget(arena.copy(value))
        case 7 where unsafe name[1] == UInt8(ascii: "m"):
            unsafe exchange.pointee.methodBytes = arena.copy(value)
            unsafe exchange.pointee.method = Method(exchange.pointee.methodBytes)
        case 10: unsafe exchange.pointee.authority = arena.copy(value)
        default: break
        }
    }

    func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool) {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        server.counters.startedRequests += 1
        requestCount += 1
        if unsafe exchange.pointee.rejection != 0 {
            unsafe reject(exchange, session)
        } else if endsStream {
            unsafe exchange.pointee.isRequestComplete = true
            unsafe respondHTTP2(exchange, session)
        } else if unsafe server.answersEarly(exchange.pointee.path) {
            server.counters.earlyResponses += 1
            unsafe respondHTTP2(exchange, session)
        }
    }

    func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        // What is answered already wants no more of it.
        guard unsafe exchange.pointee.rejection == 0 && !exchange.pointee.hasResponse else { return }
        let fits = unsafe exchange.pointee.appendBody(bytes, limit: server.configuration.requestLimits.bodyByteLimit)
        if !fits, let session {
            unsafe exchange.pointee.rejection = 413
            unsafe reject(exchange, session)
        }
    }

    func sessionDidReceiveEnd(_ session: Session, _ token: UnsafeMutableRawPointer) {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        unsafe exchange.pointee.isRequestComplete = true
        if unsafe exchange.pointee.rejection == 0 {
            if unsafe exchange.pointee.hasResponse { return }
            unsafe respondHTTP2(exchange, session)
        } else if unsafe !exchange.pointee.hasResponse {
            // Trailers beyond the limit: the head was fine.
            unsafe reject(exchange, session)
        }
    }

    func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode) {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        if unsafe exchange.pointee.hasResponse && code == .noError {
            server.counters.completedRequests += 1
            unsafe server.counters.statuses.count(exchange.pointee.response.status)
        } else {
            server.counters.streamResets += 1
        }
        unsafe endExchange(exchange)
    }

    func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode) { server.counters.goaways += 1 }

    /// nghttp2 answers by resetting the stream, so it costs as much as a reset (CVE-2025-8671).
    func sessionDidReceiveInvalidFrame() {
        server.counters.protocolErrors += 1
        sessionDidReceiveControlFrame(.reset)
    }

    /// Frames that cost the peer nothing have a budget: a bucket that refills with time.
    /// A flood (CVE-2019-9512 and its like, CVE-2023-44487) ends the connection.
    func sessionDidReceiveControlFrame(_ kind: ControlFrame) {
        // WINDOW_UPDATEs come in honest numbers: one for each DATA frame we sent, or so.
        if kind == .windowUpdate && stream.sentBytes / 1024 > controlFrameCredit { controlFrameCredit += 1; return }
        let elapsed = Double(server.nowNanoseconds - budgetNanoseconds) / 1e9
        budgetNanoseconds = server.nowNanoseconds
        controlFrameBudget = min(
            ServerConfiguration.controlFrameBurstLimit,
            controlFrameBudget + elapsed * ServerConfiguration.controlFramesPerSecond) - 1
        if controlFrameBudget < 0 && !isCalmed {
            isCalmed = true
            server.counters.protocolErrors += 1
            session?.terminate(.enhanceYourCalm)
        }
    }

    // MARK: A response goes

    private func respondHTTP2(_ exchange: UnsafeMutablePointer<Exchange>, _ session: Session) {
        unsafe server.answer(exchange)
        let delay = unsafe exchange.pointee.response.delayNanoseconds
        if delay > 0 {
            unsafe startTimer(exchange, nanoseconds: delay)
        } else {
            unsafe submit(exchange, session)
        }
    }

    private func reject(_ exchange: UnsafeMutablePointer<Exchange>, _ session: Session) {
        unsafe exchange.pointee.response = .text(exchange.pointee.rejection, "bad request\n")
        unsafe submit(exchange, session)
    }

    private func submit(_ exchange: UnsafeMutablePointer<Exchange>, _ session: Session) {
        lookAtEarlyWrites()
        let response = unsafe exchange.pointee.response
        let arena = unsafe exchange.pointee.arena
        fields.removeAll()
        fields.append(name: ArenaBytes(":status"), value: response.status == 200 ? ArenaBytes("200") : arena.decimalText(response.status))
        if !response.forbidsBody {
            fields.append(name: ArenaBytes("content-type"), value: response.contentType)
            if response.stream == nil {
                fields.append(name: ArenaBytes("content-length"), value: arena.decimalText(response.body.count))
            }
        }
        if !response.allow.isEmpty { fields.append(name: ArenaBytes("allow"), value: response.allow) }
        fields.append(name: ArenaBytes("date"), value: server.date)
        let hasBody = unsafe exchange.pointee.method != .head && !response.forbidsBody
            && (response.stream != nil || !response.body.isEmpty)
        unsafe exchange.pointee.hasResponse = true
        unsafe session.submitResponse(
            exchange.pointee.streamID, fields: fields, hasBody: hasBody, token: UnsafeMutableRawPointer(exchange))
    }

    func sessionNeedsBody(
        _ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int
    ) -> BodyPart {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        let part: ArenaBytes
        let arena: Arena
        let isLast: Bool
        if unsafe exchange.pointee.response.stream != nil {
            if unsafe exchange.pointee.response.stream?.isWaiting == true { return .later }
            // The part before is with nghttp2 or the socket, each with a lease of its own.
            if let spent = unsafe exchange.pointee.partArena { giveArena(spent) }
            arena = takeArena()
            unsafe exchange.pointee.partArena = arena
            part = unsafe exchange.pointee.response.stream?.nextPart(byteLimit: byteLimit, in: arena) ?? .empty
            isLast = unsafe exchange.pointee.response.stream?.isAtEnd ?? true
            if let interval = unsafe exchange.pointee.response.stream?.intervalNanoseconds, interval > 0, !isLast {
                unsafe exchange.pointee.response.stream?.isWaiting = true
                unsafe startTimer(exchange, nanoseconds: interval)
            }
        } else {
            let body = unsafe exchange.pointee.response.body
            let start = unsafe exchange.pointee.response.sentByteCount
            let end = min(body.count, start + byteLimit)
            part = body[start..<end]
            arena = unsafe exchange.pointee.arena
            isLast = end == body.count
            unsafe exchange.pointee.response.sentByteCount = end
        }
        let stops = unsafe exchange.pointee.rejection != 0 || exchange.pointee.response.stopsRequest
        if unsafe isLast && stops && !exchange.pointee.isRequestComplete {
            // Answered before the request was whole: the peer may stop sending (RFC 9113, 8.1).
            unsafe session.reset(exchange.pointee.streamID, .noError)
        }
        // Without an arena nghttp2 copies, and takes no lease.
        return .bytes(part, in: connectionArena == nil ? arena : nil, isLast: isLast)
    }

    func sessionHasRoomForData() -> Bool {
        // The frame header and the payload, and a lease for each.
        lacksRoom = !batch.hasRoom(forBuffers: 4)
        return !lacksRoom
    }

    func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease) {
        guard let output else { return }
        batch.append(unsafe output.copy(frameHeader))
        appendLease(on: output)
        batch.append(payload)
        batch.append(lease)
    }

    /// Sends what the session has, until it has nothing, or the peer does not keep up.
    func flushHTTP2() {
        // A failing flush closes the connection, and closing must not flush again.
        guard !isFlushing, let session else { return }
        isFlushing = true
        defer { isFlushing = false }
        var isDone = false
        while !isDone && phase == .http2 && stream.pendingByteCount <= server.configuration.unsentByteLimit {
            isDone = true
            let frames = takeArena()
            if connectionArena == nil { own(frames, exchange: 0) }
            output = frames
            lacksRoom = false
            do {
                while let bytes = try unsafe session.nextOutput() {
                    batch.append(unsafe frames.copy(bytes))
                    if !batch.hasRoom(forBuffers: 4) {
                        lacksRoom = true
                        break
                    }
                }
                if lacksRoom { isDone = false }
            } catch {
                server.counters.protocolErrors += 1
                isDone = true
            }
            appendLease(on: frames)
            output = nil
            giveArena(frames)
            flush()
        }
        guard phase == .http2 else { return }
        if session.isFinished {
            finish()
        } else {
            pauseIfNeeded()
        }
    }

    /// A timer of an exchange fired: its answer is due, or its next part.
    func continueHTTP2(_ exchange: UnsafeMutablePointer<Exchange>) {
        guard let session else { return }
        server.refreshNow()
        noteProgress()
        if unsafe exchange.pointee.hasResponse {
            unsafe exchange.pointee.response.stream?.isWaiting = false
            unsafe session.resume(exchange.pointee.streamID)
        } else {
            unsafe submit(exchange, session)
        }
        flushHTTP2()
    }

    // MARK: Ending

    /// Announces the end; streams that are open are served.
    func drainHTTP2() {
        server.counters.goaways += 1
        session?.submitGoaway(.noError)
        flushHTTP2()
    }

    /// GOAWAY, then the end.
    func finishHTTP2(_ code: HTTP2ErrorCode) {
        server.counters.goaways += 1
        session?.terminate(code)
        flushHTTP2()
        finish()
    }
}

extension Arena {
    /// A number in decimal digits.
    func decimalText(_ number: Int) -> ArenaBytes {
        // Twenty digits hold any Int; written from the back.
        let end = unsafe allocate(byteCount: 20, alignment: 1) + 20
        var start = unsafe end
        // Unsigned: the compiler divides by multiplying, and needs no correction for signs.
        var rest = UInt(number)
        repeat {
            unsafe start -= 1
            unsafe start.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), as: UInt8.self)
            rest /= 10
        } while rest > 0
        return unsafe ArenaBytes(start: start, count: end - start)
    }
}
