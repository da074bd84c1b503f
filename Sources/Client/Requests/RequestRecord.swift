internal import HTTP1
internal import HTTP2
internal import Memory

/// One request of a client, from when it was due to the end of its answer.
///
/// Pooled: a loop makes as many as were ever in flight and uses them again. Of 400 bytes, and so never copied.
@unsafe
struct RequestRecord: ~Copyable {
    /// When the request was meant to be sent, and when it was sent. Nanoseconds of the monotonic clock.
    var intendedNanoseconds: UInt64 = 0
    var sentNanoseconds: UInt64 = 0
    /// A schedule meant the request for a time; in a closed load it is meant for when it is sent.
    var isScheduled = false
    /// Over HTTP/2.
    var streamID: Int32 = 0
    /// Over HTTP/1.1: what the length of the answer depends on.
    var request = ResponseParser.Request.other
    var status = 0
    /// Why we reset the stream; nil: the peer ends it.
    var failure: RequestFailure?
    /// The check of the answer's body, with the request's target; nil without.
    var check: UnsafeMutablePointer<BodyChecker.Record>?
    /// The connection is closed when the first part of the answer's body has come.
    var closesEarly = false
    /// Which request it is.
    var identity = SentRequest()
    /// The request's body: the template's, or in the record's own text. HTTP/2 takes it part by part.
    var body = ArenaBytes.empty
    /// Bytes of it already handed to nghttp2.
    var sentBodyByteCount = 0
    /// What the answer has to be, which the template keeps; nil: anything. And what it is so far.
    var expectation: Unmanaged<AnswerExpectation>?
    var facts = AnswerFacts()
    /// What the answer's head looks like.
    var shape = AnswerShape()
    /// How often it was sent again.
    var repeats = RequestRepeats()
    /// Whether a circuit breaker waits for its end.
    var isProbe = false

    /// The connection's list of requests in flight, oldest first; or the pool's list of idle records.
    var next: UnsafeMutablePointer<RequestRecord>?
    var previous: UnsafeMutablePointer<RequestRecord>?

    /// A request without anything. Inlined, so that it is made where it stays.
    @inline(__always)
    init() {}

    /// The request's number, which no other of the run has, from 1.
    var number: UInt64 { unsafe identity.number }
    /// Which kind of request it is.
    var kindIndex: Int { unsafe identity.kindIndex }

    /// The same request before its next attempt: nothing of the last one is left.
    func nextAttempt() -> RequestRecord {
        var record = unsafe RequestRecord()
        unsafe record.intendedNanoseconds = unsafe intendedNanoseconds
        unsafe record.isScheduled = unsafe isScheduled
        unsafe record.identity = unsafe identity
        unsafe record.repeats.retries = unsafe repeats.retries + 1
        return unsafe record
    }

    /// The same request before it goes to the next connection: it has waited since it was sent first.
    func nextSending() -> RequestRecord {
        var record = unsafe nextAttempt()
        unsafe record.repeats = unsafe repeats
        unsafe record.repeats.resends += 1
        unsafe record.isProbe = unsafe isProbe
        unsafe record.sentNanoseconds = unsafe sentNanoseconds
        return unsafe record
    }
}

/// What tells a request apart: by it its text can be made again when its record has another request.
struct SentRequest: BitwiseCopyable {
    var kindIndex = 0
    var number: UInt64 = 0
    /// The seed of the body that was asked for, where it is checked; it outlives the check.
    var checkSeed: UInt64?
}

/// How often a request was sent again.
struct RequestRepeats: BitwiseCopyable {
    /// After a failure (`--retries`).
    var retries = 0
    /// Since the peer had not looked at it; the request's time of sending is then of the first time.
    var resends = 0
}

/// Why a request ended without a full answer.
enum RequestFailure {
    case closed, reset, timeout, protocolError, aborted
    /// The peer takes no more requests on this connection, and says that it has not looked at this one: GOAWAY with
    /// a lower stream (RFC 9113, 6.8), or an answer before it with `connection: close` (RFC 9112, 9.6).
    case unprocessed
    /// The peer has reset the stream with REFUSED_STREAM: it has not looked at the request (RFC 9113, 8.7).
    case refused
    /// The circuit breaker was open: the request was never sent.
    case circuit
    /// We closed the connection on purpose: see `ClientOptions.earlyCloseShare`.
    case abandoned

    /// Why, where nothing more is known.
    var reason: FailureReason {
        switch self {
        case .closed: .dropped
        case .reset: .reset(.cancel)
        case .timeout: .timeout(.nothing)
        case .protocolError: .status(0)
        case .aborted: .aborted(.nothing)
        case .unprocessed: .unprocessed(nil)
        case .refused: .reset(.refusedStream)
        case .circuit: .circuit
        case .abandoned: .abandoned
        }
    }
}

/// The records of one loop, each with room behind it for the values that its request has of its own.
///
/// `@safe`: its memory is its own.
@safe
final class RequestRecordPool {
    private var idle: UnsafeMutablePointer<RequestRecord>?
    private var blocks: [UnsafeMutableRawPointer] = unsafe []
    private let stride: Int
    private let recordsPerBlock: Int
    /// Of a block whose records have much text.
    private static let blockByteLimit = 256 * 1024

    /// - Parameter textByteCount: room behind each record, bytes.
    init(textByteCount: Int) {
        unsafe idle = nil
        let alignment = unsafe MemoryLayout<RequestRecord>.alignment
        stride = unsafe (MemoryLayout<RequestRecord>.stride + textByteCount + alignment - 1) / alignment * alignment
        recordsPerBlock = max(1, min(64, RequestRecordPool.blockByteLimit / stride))
    }

    deinit {
        for unsafe block in unsafe blocks { unsafe block.deallocate() }
    }

    /// The room behind a record.
    static func text(of record: UnsafeMutablePointer<RequestRecord>) -> UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(record + 1)
    }

    func take() -> UnsafeMutablePointer<RequestRecord> {
        if unsafe idle == nil { addBlock() }
        let record = unsafe idle.unsafelyUnwrapped
        unsafe idle = unsafe record.pointee.next
        unsafe record.initialize(to: RequestRecord())
        return unsafe record
    }

    func give(_ record: UnsafeMutablePointer<RequestRecord>) {
        unsafe record.pointee.next = unsafe idle
        unsafe idle = unsafe record
    }

    private func addBlock() {
        let block = unsafe UnsafeMutableRawPointer.allocate(
            byteCount: stride * recordsPerBlock, alignment: MemoryLayout<RequestRecord>.alignment)
        unsafe blocks.append(block)
        for index in 0..<recordsPerBlock {
            let record = unsafe (block + index * stride).bindMemory(to: RequestRecord.self, capacity: 1)
            unsafe record.initialize(to: RequestRecord())
            unsafe give(record)
        }
    }
}
