internal import HTTP1
internal import Loop
internal import Measurements
internal import Memory

/// Where an HTTP/1.1 connection stands. One exchange at a time; what the peer sends ahead waits.
enum HTTP1State {
    /// Between requests, or in the middle of one.
    case reading
    /// The current exchange is being answered and takes its time.
    case responding
}

extension Connection {
    /// Bytes that a peer may send ahead while we answer: one read's worth.
    static var carriedByteLimit: Int { EventLoop.readByteLimit }

    /// Bodies up to here are copied behind their head, so that one buffer goes out instead of two.
    private static var copiedBodyByteLimit: Int { 512 }

    func receiveHTTP1(_ bytes: UnsafeRawBufferPointer) {
        server.refreshNow()
        noteProgress()
        if http1State == .responding { return unsafe carry(bytes) }
        unsafe consume(bytes)
        flushHTTP1()
    }

    /// The peer will send no more. What it asked for it still gets (a half-closed peer is legal).
    func endHTTP1Input() {
        hasInputEnded = true
        if carriedBytes.isEmpty { closesAfterResponse = true }
        finishIfInputEnded()
    }

    /// Half a request is no request: it goes, and what is queued before it goes out.
    private func finishIfInputEnded() {
        if hasInputEnded && phase == .http1 && http1State == .reading && carriedBytes.isEmpty { finish() }
    }

    /// Parses and answers requests until the input is used up, or has to wait.
    private func consume(_ bytes: UnsafeRawBufferPointer) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty && phase == .http1 {
            if isOverUnsentLimit {
                flush()
                if isOverUnsentLimit || phase != .http1 { return unsafe carry(rest) }
            }
            let isFresh = !parser.hasStarted
            let exchange = unsafe current ?? beginExchange(streamID: 0)
            unsafe current = unsafe exchange
            do {
                let progress = try unsafe parser.parse(
                    rest, into: exchange.pointee.arena, limits: server.configuration.requestLimits)
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[progress.consumedByteCount...])
                switch progress.step {
                case .needsMore:
                    // A head has its time in all, however slowly it comes; a body must only move.
                    if isReadingBody {
                        keepAlive(for: server.configuration.requestTimeoutNanoseconds)
                    } else if isFresh {
                        keepAlive(for: server.configuration.headerTimeoutNanoseconds)
                    }
                    return
                case .head:
                    isReadingBody = true
                    keepAlive(for: server.configuration.requestTimeoutNanoseconds)
                    if parser.head.expectsContinue { batch.append(ResponseHead.continue100) }
                    if server.answersEarly(parser.head.path) {
                        parser.discardBody()
                        unsafe respond(exchange)
                    }
                case .complete:
                    unsafe exchange.pointee.isRequestComplete = true
                    if unsafe exchange.pointee.hasResponse { unsafe complete(exchange) } else { unsafe respond(exchange) }
                }
            } catch {
                server.counters.protocolErrors += 1
                unsafe reject(exchange, status: error.status)
                return
            }
            if http1State == .responding { return unsafe carry(rest) }
        }
    }

    private func respond(_ exchange: UnsafeMutablePointer<Exchange>) {
        server.counters.startedRequests += 1
        requestCount += 1
        unsafe exchange.pointee.methodBytes = parser.head.methodBytes
        unsafe exchange.pointee.method = Method(parser.head.methodBytes)
        unsafe exchange.pointee.target = parser.head.target
        unsafe exchange.pointee.path = parser.head.path
        unsafe exchange.pointee.query = parser.head.query
        unsafe exchange.pointee.authority = parser.head.host
        unsafe exchange.pointee.body = parser.body
        closesAfterResponse = !parser.head.keepsAlive || isDraining
        unsafe server.answer(exchange)
        if unsafe !exchange.pointee.isRequestComplete {
            server.counters.earlyResponses += 1
            // Otherwise the rest is read, and the next request after it.
            if unsafe exchange.pointee.response.stopsRequest { closesAfterResponse = true }
        }
        let delay = unsafe exchange.pointee.response.delayNanoseconds
        if delay > 0 {
            http1State = .responding
            unsafe startTimer(exchange, nanoseconds: delay)
        } else {
            unsafe send(exchange)
        }
    }

    /// Answers what cannot be served and ends the connection: nothing after an error is parsed.
    private func reject(_ exchange: UnsafeMutablePointer<Exchange>, status: Int) {
        // Answered already: the rest of its body was wrong.
        if unsafe exchange.pointee.hasResponse {
            flush()
            return finish()
        }
        // Answered, so begun: nothing is completed that was not started.
        server.counters.startedRequests += 1
        requestCount += 1
        unsafe exchange.pointee.response = .text(status, "bad request\n")
        closesAfterResponse = true
        unsafe exchange.pointee.method = .get
        unsafe send(exchange)
    }

    func timeOutHTTP1() {
        guard let exchange = unsafe current, http1State == .reading, unsafe !exchange.pointee.hasResponse else { return finish() }
        unsafe reject(exchange, status: 408)
        flushHTTP1()
    }

    // MARK: Sending

    private func send(_ exchange: UnsafeMutablePointer<Exchange>) {
        lookAtEarlyWrites()
        guard makeRoom() else { return }
        let response = unsafe exchange.pointee.response
        let arena = unsafe exchange.pointee.arena
        // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
        var isChunked = false
        var length = ResponseHead.Length.count(response.body.count)
        if response.forbidsBody {
            length = .none
        } else if let stream = response.stream {
            if stream.isLengthKnown {
                length = .count(stream.remainingByteCount)
            } else if parser.head.minorVersion == 0 {
                length = .none
                closesAfterResponse = true
            } else {
                length = .chunked
                isChunked = true
            }
        }
        batch.append(ResponseHead.encode(
            status: response.status, date: server.date, contentType: response.forbidsBody ? .empty : response.contentType,
            length: length, allow: response.allow, closesConnection: closesAfterResponse,
            minorVersion: parser.head.minorVersion, into: arena))
        let sendsBody = unsafe exchange.pointee.method != .head && !response.forbidsBody
        if sendsBody && response.stream == nil {
            let isSmall = response.body.count <= Connection.copiedBodyByteLimit
            batch.append(isSmall ? unsafe arena.copy(response.body.buffer) : response.body)
        }
        appendLease(on: arena)
        unsafe exchange.pointee.hasResponse = true
        if sendsBody && response.stream != nil {
            http1State = .responding
            isChunkedResponse = isChunked
            unsafe pump(exchange)
        } else if unsafe exchange.pointee.isRequestComplete || closesAfterResponse {
            unsafe complete(exchange)
        }
    }

    /// Sends the next parts of a streamed body, as many as fit.
    private func pump(_ exchange: UnsafeMutablePointer<Exchange>) {
        guard var body = unsafe exchange.pointee.response.stream, !body.isWaiting else { return }
        while !body.isAtEnd && !body.isWaiting {
            guard makeRoom() else { return }
            if isOverUnsentLimit { break }
            // An arena a part: it goes back when the part is out, however long the body is.
            let arena = takeArena()
            if isChunkedResponse {
                let count = min(body.remainingByteCount, body.partByteCount)
                batch.append(ResponseHead.encodeChunkHeader(byteCount: count, into: arena))
            }
            batch.append(body.nextPart(byteLimit: .max, in: arena))
            if isChunkedResponse { batch.append(ResponseHead.chunkEnd) }
            appendLease(on: arena)
            giveArena(arena)
            if body.intervalNanoseconds > 0 && !body.isAtEnd {
                body.isWaiting = true
                unsafe startTimer(exchange, nanoseconds: body.intervalNanoseconds)
            }
        }
        unsafe exchange.pointee.response.stream = body
        if body.isAtEnd {
            if isChunkedResponse { batch.append(ResponseHead.lastChunk) }
            unsafe complete(exchange)
        }
    }

    /// Flushes when the batch is full or heavy. - Returns: false when that ended the connection,
    /// and all its exchanges with it.
    private func makeRoom() -> Bool {
        if !batch.hasRoom(forBuffers: 4) || isOverUnsentLimit { flush() }
        return phase == .http1
    }

    /// The request is whole, and the response is with the socket, or queued for it under leases: the exchange is over.
    private func complete(_ exchange: UnsafeMutablePointer<Exchange>) {
        server.counters.completedRequests += 1
        unsafe server.counters.statuses.count(exchange.pointee.response.status)
        unsafe endExchange(exchange)
        unsafe current = nil
        http1State = .reading
        isChunkedResponse = false
        isReadingBody = false
        parser.reset()
        if closesAfterResponse {
            flush()
            finish()
        } else {
            // The arena that the next request empties holds this answer too.
            if connectionArena != nil { flush() }
            keepAlive(for: server.configuration.idleTimeoutNanoseconds)
        }
    }

    private func flushHTTP1() {
        guard phase == .http1 else { return }
        flush()
        if phase == .http1 { pauseIfNeeded() }
    }

    // MARK: Going on

    /// A timer of the current exchange fired.
    func continueHTTP1(_ exchange: UnsafeMutablePointer<Exchange>) {
        server.refreshNow()
        if unsafe exchange.pointee.hasResponse {
            unsafe exchange.pointee.response.stream?.isWaiting = false
            unsafe pump(exchange)
        } else {
            unsafe send(exchange)
        }
        resumeInput()
    }

    /// The peer reads again.
    func continueHTTP1() {
        server.refreshNow()
        if http1State == .responding, let exchange = unsafe current, unsafe exchange.pointee.hasResponse {
            unsafe pump(exchange)
        }
        resumeInput()
    }

    /// Takes up what had to wait, then sends.
    private func resumeInput() {
        if phase == .http1, http1State == .reading, let arena = carriedArena {
            let bytes = carriedBytes
            carriedArena = nil
            carriedBytes = .empty
            unsafe consume(bytes.buffer)
            arena.retire()
            if !isPaused { resumeReading() }
        }
        flushHTTP1()
        finishIfInputEnded()
    }

    /// Keeps input for later, in an arena of its own.
    private func carry(_ bytes: UnsafeRawBufferPointer) {
        guard unsafe !bytes.isEmpty, phase == .http1 else { return }
        if carriedBytes.isEmpty {
            let arena = arenas.take()
            carriedArena = arena
            carriedBytes = unsafe arena.copy(bytes)
        } else if let old = carriedArena {
            let arena = arenas.take()
            let start = unsafe arena.allocate(byteCount: carriedBytes.count + bytes.count, alignment: 1)
            let joined = unsafe UnsafeMutableRawBufferPointer(start: start, count: carriedBytes.count + bytes.count)
            unsafe joined.copyMemory(from: carriedBytes.buffer)
            unsafe UnsafeMutableRawBufferPointer(rebasing: joined[carriedBytes.count...]).copyMemory(from: bytes)
            carriedBytes = unsafe ArenaBytes(start: start, count: joined.count)
            carriedArena = arena
            old.retire()
        }
        if carriedBytes.count >= Connection.carriedByteLimit { stream.stopReading() }
    }

    /// The header fields of the current request, for the routes that echo them.
    func loadFields(_ exchange: UnsafeMutablePointer<Exchange>) {
        guard phase == .http1 else { return }
        for index in 0..<parser.head.headerCount {
            let field = parser.head.header(at: index)
            unsafe exchange.pointee.fields.append(
                name: field.name, value: field.value, in: exchange.pointee.arena)
        }
    }
}
