import HTTP2
import Memory
import TestSupport

/// What a server's session makes of the frames that come: each call that its handler gets, and each byte that it sends.
///
/// Answers every request with a small body in many frames, so that the order of frames shows the priorities.
final class SessionTranscript: SessionHandler {
    /// A call of the handler: of a stream, where it is about one.
    enum Call: Equatable {
        case begins(Int)
        case field(Int, name: [UInt8], value: [UInt8])
        case head(Int, endsStream: Bool)
        case body(Int, [UInt8])
        case end(Int)
        case controlFrame(ControlFrame)
        case invalidFrame(Int32)
        case goaway(UInt32)
        case failed(SessionError)
    }

    /// In order, without the ends of streams.
    private(set) var calls: [Call] = []
    private(set) var output: [UInt8] = []
    /// Codes that streams ended with. Their order is not compared: a stream whose answer is out may end at its
    /// malformed trailers or when the reset has gone.
    private(set) var ends: [UInt32: UInt32] = [:]

    private let factory: SessionFactory
    private var session: Session?
    private var rules: [Int: UnsafeMutablePointer<RequestRules>] = [:]
    private var unsentByteCounts: [Int: Int] = [:]
    private let early: Set<UInt32>
    private let answer = FieldList()

    private static let answerByteCount = 12
    private static let partByteCount = 3
    private static let answerBytes: StaticString = "an answer: 1"

    /// - Parameter early: streams that are answered at their heads.
    /// - Returns: nil when there is no memory.
    init?(_ check: SessionFactory.MessageCheck, early: Set<UInt32>) {
        guard let factory = SessionFactory(messageCheck: check) else { return nil }
        self.factory = factory
        self.early = early
        answer.append(name: ArenaBytes(":status"), value: ArenaBytes("200"))
        session = Session(role: .server, factory: factory, settings: SessionSettings(), handler: self)
        receive(preface + Frame.settings().bytes)
        flush()
    }

    /// The session holds its handler. Call at the end.
    func close() {
        session = nil
        for place in rules.values { place.deallocate() }
        rules = [:]
    }

    func receive(_ bytes: [UInt8]) {
        do {
            try bytes.withUnsafeBytes { try session?.receive($0) }
        } catch {
            calls.append(.failed(error as? SessionError ?? .unnamed))
        }
    }

    func flush() {
        do {
            while let bytes = try session?.nextOutput() { output += Array(bytes) }
        } catch {
            calls.append(.failed(error))
        }
    }

    private func stream(_ token: UnsafeMutableRawPointer) -> Int { Int(bitPattern: token) }

    private func respond(_ session: Session, _ token: UnsafeMutableRawPointer) {
        guard unsentByteCounts.updateValue(SessionTranscript.answerByteCount, forKey: stream(token)) == nil else { return }
        session.submitResponse(Int32(stream(token)), fields: answer, hasBody: true, token: token)
    }

    // MARK: Reports of the session

    func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer? {
        calls.append(.begins(Int(streamID)))
        return UnsafeMutableRawPointer(bitPattern: Int(streamID))
    }

    func sessionRules(of token: UnsafeMutableRawPointer) -> UnsafeMutablePointer<RequestRules> {
        if let place = rules[stream(token)] { return place }
        let place = UnsafeMutablePointer<RequestRules>.allocate(capacity: 1)
        place.initialize(to: RequestRules())
        rules[stream(token)] = place
        return place
    }

    func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, _ kind: FieldKind, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) {
        calls.append(.field(stream(token), name: Array(name), value: Array(value)))
    }

    func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool) {
        calls.append(.head(stream(token), endsStream: endsStream))
        if endsStream || early.contains(UInt32(stream(token))) { respond(session, token) }
    }

    func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {
        calls.append(.body(stream(token), Array(bytes)))
    }

    func sessionDidReceiveEnd(_ session: Session, _ token: UnsafeMutableRawPointer) {
        calls.append(.end(stream(token)))
        respond(session, token)
    }

    func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode) {
        ends[UInt32(stream(token))] = code.rawValue
    }

    func sessionDidReceiveControlFrame(_ kind: ControlFrame) { calls.append(.controlFrame(kind)) }
    func sessionDidReceiveInvalidFrame(_ error: SessionError) { calls.append(.invalidFrame(error.code)) }
    func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode) { calls.append(.goaway(code.rawValue)) }

    func sessionNeedsBody(_ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int) -> BodyPart {
        guard let unsent = unsentByteCounts[stream(token)] else { return .failed }
        let sent = SessionTranscript.answerByteCount - unsent
        let end = min(sent + SessionTranscript.partByteCount, SessionTranscript.answerByteCount)
        unsentByteCounts[stream(token)] = SessionTranscript.answerByteCount - end
        return .bytes(
            ArenaBytes(SessionTranscript.answerBytes)[sent..<end], nil, isLast: end == SessionTranscript.answerByteCount)
    }

    func sessionHasRoomForData() -> Bool { false }
    func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease) {}
}
