internal import HTTP1
internal import HTTP2
internal import Load
internal import Loop
internal import Measurements
internal import Memory

/// HTTP/1.1 on a connection: requests are sent ahead in a pipeline, and their answers come in the same order.
///
/// `@safe`: the record that is being answered is the connection's as long as its answer lasts.
@safe
final class HTTP1Side: ProtocolSide, ResponseHandler {
    let version = ConnectionSample.Version.http1
    private let connection: ClientConnection
    private let answers: AnswerReader
    private let wire: Wire
    private let batch: WriteBatch
    private let parser = ResponseParser()
    private let pipeline: Pipeline
    /// FIN goes out behind the requests (`ClientOptions.halfCloses`).
    private let halfCloses: Bool
    /// The request whose answer is being read.
    private var answered: UnsafeMutablePointer<RequestRecord>?
    /// The last request whose answer was whole, and why that answer has no body; nil: it may have one. Written with each answer;
    /// its accesses do not overlap: nothing is called within one.
    @exclusivity(unchecked) private var lastAnswered: (request: SentRequest, withoutBody: FailureReason.AnswerWithoutBody?)?
    private(set) var takesRequests = true
    private var hasReceived = false
    /// The peer's last answer had `connection: close`: it does not look at what was sent behind that request.
    private var peerHasEnded = false

    init(_ connection: ClientConnection, _ answers: AnswerReader, _ wire: Wire, _ loop: EventLoop, _ configuration: ClientConfiguration) {
        self.connection = connection
        self.answers = answers
        self.wire = wire
        halfCloses = configuration.options.halfCloses
        batch = loop.batch
        pipeline = Pipeline(arenas: loop.arenas, isForProxy: configuration.proxy.map { $0.tunnelRequest == nil } ?? false)
        unsafe answered = nil
    }

    /// As many as the configuration sends ahead.
    var requestLimit: Int { .max }

    var dialogue: Dialogue { peerHasEnded ? .over : .open }

    /// Without a greeting its requests say so.
    var looksLikeTLS: Bool { false }

    var goawayCode: HTTP2ErrorCode? { nil }

    var receivedHeaderByteCount: UInt64 { parser.receivedHeaderByteCount }

    // MARK: Requests

    func submit(_ record: UnsafeMutablePointer<RequestRecord>, _ template: RequestTemplate) -> Bool {
        // A request ends with its answer, which may be before its body is out: a body of its own is copied.
        unsafe record.pointee.request = pipeline.append(
            template.fields, body: record.pointee.body, copiesBody: template.body.isEmpty)
        return true
    }

    func flush() {
        while !wire.isBlocked, pipeline.moveOutput(to: batch) { wire.send(batch) }
        if halfCloses && pipeline.isEmpty { endWriting() }
    }

    /// All requests of the connection are with the socket: says FIN behind them.
    private func endWriting() {
        guard connection.hasAsked, connection.isReady else { return }
        wire.endWriting()
        takesRequests = false
        connection.renew()
    }

    /// No answer can be left out of a pipeline.
    func cancel(_ record: UnsafeMutablePointer<RequestRecord>) {}

    func sayGoodbye() {}

    // MARK: Answers

    func receive(_ bytes: UnsafeRawBufferPointer) throws(PeerError) {
        // An alert of TLS, in answer to what was no handshake. It has no line end for the parser to come to.
        if !hasReceived, unsafe bytes.count >= 2 && bytes[0] == 21 && bytes[1] == 3 { throw PeerError(reason: .notConnected(.speaksTLS, isFirst: false)) }
        hasReceived = true
        do { try unsafe parser.parse(bytes, for: self) } catch {
            throw fault(error)
        }
    }

    /// Bytes that stand where no answer is due, or where the next one begins, are mostly the end of the answer before.
    private func fault(_ error: ResponseError) -> PeerError {
        guard let fault = parser.fault, let last = unsafe lastAnswered, fault.isBehindAnswer else {
            return PeerError(reason: .answer(error), evidence: parser.fault?.words() ?? "")
        }
        let reason = last.withoutBody.map { fault.looksLikeAnswer ? .answer(error) : FailureReason.forbiddenBody($0) } ?? .answer(error)
        return PeerError(reason: reason, evidence: fault.words(behind: connection.generator.requests.text(of: last.request)))
    }

    func receiveEnd() {
        let isAnswering = unsafe answered != nil
        // An answer that is not whole ends with its connection, which follows.
        try? parser.parseEnd(for: self)
        if isAnswering, unsafe answered == nil { connection.answerDidEndByClose() }
    }

    /// An answer begins: it is the oldest request's.
    func responseWillBegin() -> ResponseParser.Request? {
        // Nothing is answered before it was sent.
        unsafe answered = unsafe connection.oldestSentRequest
        return unsafe answered?.pointee.request
    }

    func responseDidReceiveStatus(_ status: Int) {
        if let record = unsafe answered { unsafe answers.beginHead(record, status: status) }
    }

    func responseDidReceiveField(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        if let record = unsafe answered { unsafe answers.readField(record, name: name, value: value) }
    }

    func responseDidReceiveBody(_ bytes: UnsafeRawBufferPointer) {
        guard let record = unsafe answered else { return }
        unsafe answers.readBody(record, bytes)
        if unsafe record.pointee.closesEarly { connection.abandon() }
    }

    func responseDidEnd(keepsAlive: Bool) {
        if !keepsAlive {
            takesRequests = false
            peerHasEnded = true
        }
        guard let record = unsafe answered else { return }
        unsafe answered = nil
        unsafe noteAnswered(record.pointee)
        unsafe connection.answerDidEnd(record)
    }

    private func noteAnswered(_ record: borrowing RequestRecord) {
        let status = unsafe record.status
        unsafe lastAnswered = unsafe (record.identity, record.request == .head ? .toHead : status == 204 || status == 304 ? .status(status) : nil)
    }
}
