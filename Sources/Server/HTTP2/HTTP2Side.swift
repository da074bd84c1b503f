internal import HTTP1
internal import HTTP2
internal import Loop
internal import Measurements
internal import Memory

/// HTTP/2 on a connection: each stream is an exchange. The protocol itself is nghttp2's, in a `Session`; this side
/// makes exchanges of its requests and sends their answers.
final class HTTP2Side: ProtocolSide {
    /// Parts of bodies up to here are copied into nghttp2's frame: cheaper than a buffer and a lease of their own.
    private static let copiedPartByteLimit = 1024

    /// The server's, here since a constant of our own costs no reference counting.
    private let fields: FieldList
    /// nil before it is made, and once the socket is closed: it holds us, as its handler.
    private var session: Session?
    /// Frames of the flush that is going on; nil between two.
    private var frames: Arena?
    /// The session has more to send than the batch can take.
    private var lacksRoom = false
    private var budget: ControlFrameBudget
    /// When a silent peer has been idle for too long; 0 before its first bytes.
    private var idleEndNanoseconds: UInt64 = 0

    /// Silence after which a connection without requests counts as one that waits for long. Much longer than the pauses of
    /// one in use, since what it gives back costs two calls of the kernel.
    private static let restNanoseconds: UInt64 = 1_000_000_000

    /// - Returns: nil when there is no memory for a session.
    static func make(_ connection: Connection) -> HTTP2Side? {
        let side = HTTP2Side(connection)
        side.session = Session(
            role: .server, factory: side.server.sessions, settings: side.server.configuration.http2, handler: side)
        if side.session == nil { return nil }
        side.server.counters.connectionCounts.openHTTP2 += 1
        return side
    }

    private override init(_ connection: Connection) {
        fields = connection.server.fields
        budget = ControlFrameBudget(nowNanoseconds: connection.server.nowNanoseconds)
        super.init(connection)
    }

    override var version: ConnectionSample.Version { .http2 }
    override var isPatientWhileBytesMove: Bool { exchanges.count > 0 }

    /// Our SETTINGS need not wait for the client's preface.
    override func greet() { flush() }

    override func receive(_ bytes: UnsafeRawBufferPointer) {
        guard let session else { return }
        do {
            try unsafe session.receive(bytes)
        } catch {
            server.counters.protocolErrors += 1
            return finish(error.isFlood ? .enhanceYourCalm : .protocolError)
        }
        flush()
        // A connection that has finished or is stuck meanwhile has its own, shorter time.
        guard connection.isServing && !connection.isPaused else { return }
        idleEndNanoseconds = server.nowNanoseconds + server.configuration.idleTimeoutNanoseconds
        connection.keepAlive(for: min(HTTP2Side.restNanoseconds, server.configuration.idleTimeoutNanoseconds))
    }

    override func rest() -> UInt64 {
        guard server.nowNanoseconds < idleEndNanoseconds else { return 0 }
        let left = idleEndNanoseconds - server.nowNanoseconds
        if exchanges.count > 0 { return min(HTTP2Side.restNanoseconds, left) }
        session?.rest()
        return left
    }

    override func inputDidEnd(isSocketOpen: Bool) {
        if isSocketOpen { connection.finish() } else { connection.close() }
    }

    override func outputDidDrain() { flush() }

    /// The answer of an exchange is due, or the next part of it.
    override func timerDidFire(_ timer: Timer) {
        guard let session, let exchange = unsafe timer.token?.assumingMemoryBound(to: Exchange.self) else { return }
        server.refreshNow()
        connection.noteProgress()
        if unsafe exchange.pointee.hasResponse {
            unsafe exchange.pointee.response.stream?.isWaiting = false
            unsafe session.resume(exchange.pointee.streamID)
        } else {
            unsafe submit(exchange, session)
        }
        flush()
    }

    // MARK: A response goes

    private func respond(_ exchange: UnsafeMutablePointer<Exchange>, _ session: Session) {
        unsafe server.answer(exchange)
        let delay = unsafe exchange.pointee.response.delayNanoseconds
        if delay > 0 {
            unsafe exchanges.startTimer(exchange, nanoseconds: delay, for: self)
        } else {
            unsafe submit(exchange, session)
        }
    }

    private func reject(_ exchange: UnsafeMutablePointer<Exchange>, _ session: Session) {
        unsafe exchange.pointee.response = .text(exchange.pointee.rejection, "bad request\n")
        unsafe submit(exchange, session)
    }

    private func submit(_ exchange: UnsafeMutablePointer<Exchange>, _ session: Session) {
        memory.answerWillBeSent()
        let response = unsafe exchange.pointee.response
        let arena = unsafe exchange.pointee.arena
        fields.removeAll()
        fields.append(name: ArenaBytes(":status"), value: response.status == 200 ? ArenaBytes("200") : arena.decimalText(response.status))
        if !response.forbidsBody {
            fields.append(name: ArenaBytes("content-type"), value: response.contentType)
            if let length = response.knownLength {
                fields.append(name: ArenaBytes("content-length"), value: arena.decimalText(length))
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

    /// Sends the session's output, until there is none, or the peer does not keep up.
    private func flush() {
        guard let session else { return }
        var isDone = false
        while !isDone && connection.isServing && !connection.isOverUnsentLimit {
            isDone = true
            let arena = memory.takeArena(0)
            frames = arena
            lacksRoom = false
            do {
                while let bytes = try unsafe session.nextOutput() {
                    batch.append(unsafe arena.copy(bytes))
                    if !batch.hasRoom(forBuffers: 4) {
                        lacksRoom = true
                        break
                    }
                }
                if lacksRoom { isDone = false }
            } catch {
                server.counters.protocolErrors += 1
            }
            memory.lease(arena)
            frames = nil
            memory.give(arena)
            memory.flush()
        }
        guard connection.isServing else { return }
        if session.isFinished {
            connection.finish()
        } else {
            connection.pauseIfNeeded()
        }
    }

    // MARK: Ending

    override func patienceDidEnd() { finish(exchanges.count > 0 ? .cancel : .noError) }

    /// Announces the end; streams that are open are served.
    override func drain() {
        server.counters.goaways += 1
        session?.submitGoaway(.noError)
        flush()
    }

    /// GOAWAY, then the end.
    private func finish(_ code: HTTP2ErrorCode) {
        server.counters.goaways += 1
        session?.terminate(code)
        flush()
        connection.finish()
    }

    override func connectionDidEnd() { server.counters.connectionCounts.openHTTP2 -= 1 }

    override func socketDidClose() { session = nil }
}

// MARK: Reports of the session

extension HTTP2Side: SessionHandler {
    func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer? {
        unsafe UnsafeMutableRawPointer(exchanges.begin(streamID, on: connection))
    }

    func sessionRules(of token: UnsafeMutableRawPointer) -> UnsafeMutablePointer<RequestRules> {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        // The exchange stays where it is until its end, and with it a stored property of a stored property.
        return unsafe withUnsafeMutablePointer(to: &exchange.pointee.incoming.rules) { unsafe $0 }
    }

    func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, _ kind: FieldKind, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
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
        switch kind {
        case .other: unsafe exchange.pointee.fields.append(name: arena.copy(name), value: arena.copy(value), in: arena)
        case .path:
            if value.count > server.configuration.requestLimits.targetByteLimit { unsafe exchange.pointee.rejection = 414 }
            unsafe exchange.pointee.setTarget(arena.copy(value))
        case .method: unsafe exchange.pointee.setMethod(value)
        case .authority: unsafe exchange.pointee.authority = arena.copy(value)
        case .scheme: break
        }
    }

    func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool) {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        server.counters.requests.started += 1
        exchanges.countRequest()
        if unsafe exchange.pointee.rejection != 0 {
            unsafe reject(exchange, session)
        } else if endsStream {
            unsafe exchange.pointee.isRequestComplete = true
            unsafe respond(exchange, session)
        } else if unsafe server.answersEarly(exchange.pointee.path) {
            server.counters.requests.answeredEarly += 1
            unsafe respond(exchange, session)
        }
    }

    func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        // A request that is answered already needs no more of its body.
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
            unsafe respond(exchange, session)
        } else if unsafe !exchange.pointee.hasResponse {
            // Trailers beyond the limit: the head was fine.
            unsafe reject(exchange, session)
        }
    }

    func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode) {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        if unsafe exchange.pointee.hasResponse && code == .noError {
            server.counters.requests.completed += 1
            unsafe server.counters.statuses.count(exchange.pointee.response.status)
        } else {
            server.counters.streamResets += 1
        }
        unsafe exchanges.end(exchange)
    }

    func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode) { server.counters.goaways += 1 }

    /// Where nghttp2 answers by resetting the stream, it costs as much as a reset (CVE-2025-8671).
    func sessionDidReceiveInvalidFrame(_ error: SessionError) {
        server.counters.protocolErrors += 1
        sessionDidReceiveControlFrame(.reset)
    }

    func sessionDidReceiveControlFrame(_ kind: ControlFrame) {
        let isFlood = budget.spend(kind, sentByteCount: connection.stream.sentBytes, nowNanoseconds: server.nowNanoseconds)
        guard isFlood else { return }
        server.counters.protocolErrors += 1
        session?.terminate(.enhanceYourCalm)
    }

    func sessionNeedsBody(
        _ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int
    ) -> BodyPart {
        let exchange = unsafe token.assumingMemoryBound(to: Exchange.self)
        let part: ArenaBytes
        let arena: Arena
        let isLast: Bool
        if var body = unsafe exchange.pointee.response.stream {
            if body.isWaiting { return .later }
            // The part before is with nghttp2 or the socket, each with a lease of its own.
            if let spent = unsafe exchange.pointee.partArena { memory.give(spent) }
            arena = unsafe memory.takeArena(UInt64(exchange.pointee.streamID))
            unsafe exchange.pointee.partArena = arena
            part = body.nextPart(byteLimit: byteLimit, in: arena)
            isLast = body.isAtEnd
            if body.intervalNanoseconds > 0, !isLast {
                body.isWaiting = true
                unsafe exchanges.startTimer(exchange, nanoseconds: body.intervalNanoseconds, for: self)
            }
            unsafe exchange.pointee.response.stream = body
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
        guard part.count > HTTP2Side.copiedPartByteLimit && memory.leases else { return .bytes(part, nil, isLast: isLast) }
        return .bytes(part, unsafe exchange.pointee.response.bodyLease?.pointee.another() ?? Lease(on: arena), isLast: isLast)
    }

    func sessionHasRoomForData() -> Bool {
        // The frame header and the payload, and a lease for each.
        lacksRoom = !batch.hasRoom(forBuffers: 4)
        return !lacksRoom
    }

    func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease) {
        guard let frames else { return }
        batch.append(unsafe frames.copy(frameHeader))
        memory.lease(frames)
        batch.append(payload)
        batch.append(lease)
    }
}
