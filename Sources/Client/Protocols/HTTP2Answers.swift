internal import HTTP2
internal import Memory

/// The peer's answers over HTTP/2: each stream's token is the record of its request.
///
/// Apart from the `HTTP2Side` that has the session, since a session retains its handler.
///
/// `@safe`: records stay put while their streams are open.
@safe
final class HTTP2Answers: SessionHandler {
    private let connection: ClientConnection
    private let reader: AnswerReader
    /// The frame just read was RST_STREAM: the stream that closes next was reset by the peer.
    private var peerHasReset = false
    /// The last stream that the peer has looked at; nil: it has not said GOAWAY.
    private(set) var lastStreamID: Int32?
    private(set) var goawayCode: HTTP2ErrorCode?
    /// What the peer did wrong, the last time.
    private(set) var fault: FailureReason?

    init(_ connection: ClientConnection, _ reader: AnswerReader) {
        self.connection = connection
        self.reader = reader
    }

    /// More is about to be read.
    func beginReading() { peerHasReset = false }

    func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, _ kind: FieldKind, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) {
        unsafe reader.readField(token.assumingMemoryBound(to: RequestRecord.self), name: name, value: value)
    }

    func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        unsafe reader.readBody(record, bytes)
        if unsafe record.pointee.closesEarly { connection.abandon() }
    }

    func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode) {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        let isPeersReset = peerHasReset
        peerHasReset = false
        if code == .noError, unsafe record.pointee.failure == nil { return unsafe connection.answerDidEnd(record) }
        if let failure = unsafe record.pointee.failure { return unsafe connection.requestDidFail(record, failure, nil) }
        let streamID = unsafe record.pointee.streamID
        if let lastStreamID, streamID > lastStreamID {
            return unsafe connection.requestDidFail(record, .unprocessed, .unprocessed(goawayCode))
        }
        switch code {
        case _ where isPeersReset:
            unsafe connection.requestDidFail(record, code == .refusedStream ? .refused : .reset, .reset(code))
        // nghttp2 closes a stream with PROTOCOL_ERROR when the peer broke its rules, and with
        // INTERNAL_ERROR when it cannot send the request.
        case .internalError: unsafe connection.requestDidFail(record, .reset, .unsendable)
        case .protocolError: unsafe connection.requestDidFail(record, .protocolError, fault ?? .reset(code))
        default: unsafe connection.requestDidFail(record, .reset, fault ?? .reset(code))
        }
    }

    /// SETTINGS greet the connection; RST_STREAM explains the stream that closes next.
    func sessionDidReceiveControlFrame(_ kind: ControlFrame) {
        switch kind {
        case .settings: connection.greetingDidArrive()
        case .reset: peerHasReset = true
        case .ping, .priority, .windowUpdate, .emptyData: break
        }
    }

    func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode) {
        self.lastStreamID = lastStreamID
        goawayCode = code
        connection.peerTakesNoMore()
    }

    /// nghttp2 answers by itself.
    func sessionDidReceiveInvalidFrame(_ error: SessionError) { fault = .frame(error) }

    /// The next part of a request's body.
    func sessionNeedsBody(_ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int) -> BodyPart {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        let body = unsafe record.pointee.body
        let start = unsafe record.pointee.sentBodyByteCount
        let end = min(body.count, start + byteLimit)
        unsafe record.pointee.sentBodyByteCount = end
        return .bytes(body[start..<end], nil, isLast: end == body.count)
    }

    // MARK: Calls that a client has no use for

    /// Servers do not ask, and push is switched off.
    func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer? { nil }
    func sessionRules(of token: UnsafeMutableRawPointer) -> UnsafeMutablePointer<RequestRules> {
        preconditionFailure("a client's session has no requests to check")
    }

    /// The end of the stream says everything that a head's or a message's would.
    func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool) {}
    func sessionDidReceiveEnd(_ session: Session, _ token: UnsafeMutableRawPointer) {}

    /// Not called: request bodies are copied into their frames.
    func sessionHasRoomForData() -> Bool { false }
    func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease) {}
}
