internal import HTTP1
internal import Loop
internal import Measurements
internal import Memory

/// HTTP/1.1 on a connection: one exchange at a time; requests that the peer sends ahead wait.
///
/// `@safe`: its pointers are to its own parser, and to an exchange in its connection's list.
@safe
final class HTTP1Side: ProtocolSide {
    /// Bodies up to here are copied behind their head, so that one buffer goes out instead of two.
    private static let copiedBodyByteLimit = 512

    private enum State {
        /// Between requests, or in the head of one.
        case head
        /// In the body of a request, whose answer may be out already.
        case body
        /// The answer waits for its time, or is sent in parts.
        case answering(isChunked: Bool)
    }
    private var state = State.head
    private var isAnswering: Bool { if case .answering = state { true } else { false } }
    /// Begun and not ended; nil between requests.
    private var current: UnsafeMutablePointer<Exchange>?
    private var carried = CarriedInput()
    /// No request after the current one is answered. Stays true.
    private var isLast = false
    /// The peer will send no more.
    private var hasInputEnded = false

    /// Behind a pointer: as a stored property each look at the head would be checked for
    /// exclusive access at run time.
    private var parser: RequestParser {
        _read { yield unsafe parserStorage.pointee }
        _modify { yield unsafe &parserStorage.pointee }
    }
    private let parserStorage: UnsafeMutablePointer<RequestParser>

    override init(_ connection: Connection) {
        unsafe current = nil
        unsafe parserStorage = .allocate(capacity: 1)
        unsafe parserStorage.initialize(to: RequestParser())
        super.init(connection)
        server.counters.connectionCounts.openHTTP1 += 1
    }

    deinit { unsafe parserStorage.deallocate() }

    override var version: ConnectionSample.Version { .http1 }
    override var takesInput: Bool { !carried.isFull }

    // MARK: Bytes come

    override func receive(_ bytes: UnsafeRawBufferPointer) {
        if isAnswering { return unsafe carry(bytes) }
        unsafe consume(bytes)
        flush()
    }

    /// Requests before the peer's end are still answered: a half-closed peer is legal.
    override func inputDidEnd(isSocketOpen: Bool) {
        hasInputEnded = true
        if carried.isEmpty { isLast = true }
        finishIfInputEnded()
    }

    /// Half a request is dropped, and the answers queued before it go out.
    private func finishIfInputEnded() {
        if hasInputEnded && carried.isEmpty && !isAnswering && connection.isServing { connection.finish() }
    }

    /// Parses and answers requests until the input is used up, or has to wait.
    private func consume(_ bytes: UnsafeRawBufferPointer) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty && connection.isServing {
            if connection.isOverUnsentLimit {
                memory.flush()
                if connection.isOverUnsentLimit || !connection.isServing { return unsafe carry(rest) }
            }
            let isFresh = !parser.hasStarted
            let exchange = unsafe current ?? exchanges.begin(0, on: connection)
            unsafe current = unsafe exchange
            do {
                let progress = try unsafe parser.parse(
                    rest, into: exchange.pointee.arena, limits: server.configuration.requestLimits)
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[progress.consumedByteCount...])
                switch progress.step {
                case .needsMore: return waitForMore(isFresh: isFresh)
                case .head:
                    state = .body
                    connection.keepAlive(for: server.configuration.requestTimeoutNanoseconds)
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
                return unsafe reject(exchange, status: error.status)
            }
            if isAnswering { return unsafe carry(rest) }
        }
    }

    /// A head has its time in all, from its first byte; a body must only move.
    private func waitForMore(isFresh: Bool) {
        if case .body = state {
            connection.keepAlive(for: server.configuration.requestTimeoutNanoseconds)
        } else if isFresh {
            connection.keepAlive(for: server.configuration.headerTimeoutNanoseconds)
        }
    }

    /// Keeps input for later.
    private func carry(_ bytes: UnsafeRawBufferPointer) {
        guard unsafe !bytes.isEmpty, connection.isServing else { return }
        unsafe carried.append(bytes, from: memory.arenas)
        connection.updateReading()
    }

    // MARK: Answering

    private func respond(_ exchange: UnsafeMutablePointer<Exchange>) {
        server.counters.requests.started += 1
        exchanges.countRequest()
        unsafe exchange.pointee.methodBytes = parser.head.methodBytes
        unsafe exchange.pointee.method = Method(parser.head.methodBytes)
        unsafe exchange.pointee.target = parser.head.target
        unsafe exchange.pointee.path = parser.head.path
        unsafe exchange.pointee.query = parser.head.query
        unsafe exchange.pointee.authority = parser.head.host
        unsafe exchange.pointee.body = parser.body
        if !parser.head.keepsAlive { isLast = true }
        unsafe server.answer(exchange)
        if unsafe !exchange.pointee.isRequestComplete {
            server.counters.requests.answeredEarly += 1
            // Otherwise the rest is read, and the next request after it.
            if unsafe exchange.pointee.response.stopsRequest { isLast = true }
        }
        let delay = unsafe exchange.pointee.response.delayNanoseconds
        if delay > 0 {
            state = .answering(isChunked: false)
            unsafe exchanges.startTimer(exchange, nanoseconds: delay, for: self)
        } else {
            unsafe send(exchange)
        }
    }

    /// Answers a request that cannot be served, and ends the connection: no bytes after an error are parsed.
    private func reject(_ exchange: UnsafeMutablePointer<Exchange>, status: Int) {
        // The request was answered early, and the rest of its body was wrong.
        if unsafe exchange.pointee.hasResponse {
            memory.flush()
            return connection.finish()
        }
        // Counted as started too, so that no more requests complete than start.
        server.counters.requests.started += 1
        exchanges.countRequest()
        unsafe exchange.pointee.response = .text(status, "bad request\n")
        isLast = true
        unsafe exchange.pointee.method = .get
        unsafe send(exchange)
    }

    private func send(_ exchange: UnsafeMutablePointer<Exchange>) {
        memory.answerWillBeSent()
        guard makeRoom() else { return }
        let response = unsafe exchange.pointee.response
        let arena = unsafe exchange.pointee.arena
        let length = bodyLength(of: response)
        batch.append(ResponseHead.encode(
            status: response.status, date: server.date, contentType: response.forbidsBody ? .empty : response.contentType,
            length: length, allow: response.allow, closesConnection: isLast,
            minorVersion: parser.head.minorVersion, into: arena))
        let sendsBody = unsafe exchange.pointee.method != .head && !response.forbidsBody
        if sendsBody && response.stream == nil {
            if response.body.count <= HTTP1Side.copiedBodyByteLimit {
                batch.append(unsafe arena.copy(response.body.buffer))
            } else if let lease = unsafe response.bodyLease {
                memory.lease(arena)
                batch.append(response.body)
                batch.append(unsafe lease.pointee.another())
            } else {
                batch.append(response.body)
            }
        }
        memory.lease(arena)
        unsafe exchange.pointee.hasResponse = true
        if sendsBody && response.stream != nil {
            state = .answering(isChunked: length == .chunked)
            unsafe pump(exchange)
        } else if unsafe exchange.pointee.isRequestComplete || isLast {
            unsafe complete(exchange)
        } else {
            state = .body
        }
    }

    /// How the peer will know the end of the body.
    private func bodyLength(of response: Response) -> ResponseHead.Length {
        if response.forbidsBody { return .none }
        if let length = response.knownLength { return .count(length) }
        if parser.head.minorVersion > 0 { return .chunked }
        // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
        isLast = true
        return .none
    }

    /// Sends the next parts of a streamed body, as many as fit.
    private func pump(_ exchange: UnsafeMutablePointer<Exchange>) {
        guard case .answering(let isChunked) = state, var body = unsafe exchange.pointee.response.stream, !body.isWaiting
        else { return }
        while !body.isAtEnd && !body.isWaiting {
            guard makeRoom() else { return }
            if connection.isOverUnsentLimit { break }
            // An arena a part: it goes back when the part is out, however long the body is.
            let arena = memory.takeArena(exchanges.requestCount)
            if isChunked {
                let count = min(body.remainingByteCount, body.partByteCount)
                batch.append(ResponseHead.encodeChunkHeader(byteCount: count, into: arena))
            }
            batch.append(body.nextPart(byteLimit: .max, in: arena))
            if isChunked { batch.append(ResponseHead.chunkEnd) }
            memory.lease(arena)
            memory.give(arena)
            if body.intervalNanoseconds > 0 && !body.isAtEnd {
                body.isWaiting = true
                unsafe exchanges.startTimer(exchange, nanoseconds: body.intervalNanoseconds, for: self)
            }
        }
        unsafe exchange.pointee.response.stream = body
        if body.isAtEnd {
            if isChunked { batch.append(ResponseHead.lastChunk) }
            unsafe complete(exchange)
        }
    }

    /// Flushes when the batch is full or heavy. - Returns: false when that ended the connection,
    /// and all its exchanges with it.
    @inline(__always)
    private func makeRoom() -> Bool {
        if !batch.hasRoom(forBuffers: 4) || connection.isOverUnsentLimit { memory.flush() }
        return connection.isServing
    }

    /// The request is whole, and the response is with the socket, or queued for it: the exchange is over.
    private func complete(_ exchange: UnsafeMutablePointer<Exchange>) {
        server.counters.requests.completed += 1
        unsafe server.counters.statuses.count(exchange.pointee.response.status)
        unsafe exchanges.end(exchange)
        unsafe current = nil
        state = .head
        parser.reset()
        if isLast {
            memory.flush()
            connection.finish()
        } else {
            memory.answerDidEnd()
            connection.keepAlive(for: server.configuration.idleTimeoutNanoseconds)
        }
    }

    private func flush() {
        guard connection.isServing else { return }
        memory.flush()
        connection.pauseIfNeeded()
    }

    // MARK: Going on

    /// The answer of the current exchange is due, or the next part of it.
    override func timerDidFire(_ timer: Timer) {
        guard let exchange = unsafe timer.token?.assumingMemoryBound(to: Exchange.self) else { return }
        server.refreshNow()
        if unsafe exchange.pointee.hasResponse {
            unsafe exchange.pointee.response.stream?.isWaiting = false
            unsafe pump(exchange)
        } else {
            unsafe send(exchange)
        }
        resumeInput()
    }

    override func outputDidDrain() {
        if isAnswering, let exchange = unsafe current, unsafe exchange.pointee.hasResponse {
            unsafe pump(exchange)
        }
        resumeInput()
    }

    /// Takes up the input that had to wait, then sends.
    private func resumeInput() {
        if connection.isServing, !isAnswering, let (bytes, arena) = carried.take() {
            unsafe consume(bytes.buffer)
            arena.retire()
            connection.updateReading()
        }
        flush()
        finishIfInputEnded()
    }

    /// The header fields of the current request, for the routes that echo them.
    override func loadFields(of exchange: UnsafeMutablePointer<Exchange>) {
        for index in 0..<parser.head.headerCount {
            let field = parser.head.header(at: index)
            unsafe exchange.pointee.fields.append(
                name: field.name, value: field.value, in: exchange.pointee.arena)
        }
    }

    // MARK: Ending

    override func patienceDidEnd() {
        guard let exchange = unsafe current, !isAnswering, unsafe !exchange.pointee.hasResponse else { return connection.finish() }
        unsafe reject(exchange, status: 408)
        flush()
    }

    /// The queue goes out first; a request in work is the last.
    override func drain() {
        isLast = true
        if unsafe current == nil { connection.finish() }
    }

    override func connectionDidEnd() {
        server.counters.connectionCounts.openHTTP1 -= 1
        unsafe current = nil
        carried.drop()
    }
}
