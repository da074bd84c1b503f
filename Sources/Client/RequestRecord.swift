internal import HTTP1
internal import Memory

/// One request of a client, from when it was due to the end of its answer.
///
/// Pooled: a loop makes as many as were ever in flight and uses them again.
@unsafe
struct RequestRecord {
    /// When the schedule meant to send it, and when it was sent. Nanoseconds of the monotonic clock.
    var intendedNanoseconds: UInt64 = 0
    var sentNanoseconds: UInt64 = 0
    var streamID: Int32 = 0
    /// Over HTTP/1.1: what the length of the answer depends on.
    var request = ResponseParser.Request.other
    var status = 0
    /// Why the stream was reset by us; nil for the peer's doing.
    var failure: RequestFailure?
    /// The check of the answer's body, and its request's target; nil without.
    var check: UnsafeMutablePointer<BodyChecker.Record>?
    /// The connection is closed when the first part of the answer's body has come.
    var closesEarly = false
    /// Bytes of the request body already handed to nghttp2.
    var sentBodyByteCount = 0
    /// Which target it asks for, of those that take turns.
    var pathIndex = 0
    /// Who asked for it, when it was not the load; retained.
    var exchange: Unmanaged<HTTPExchange>?
    /// How often it was sent again, and whether a circuit breaker waits for what becomes of it.
    var retryCount = 0
    var isProbe = false

    /// What the answer's head looks like, of its first `fieldLimit` fields.
    var shape = AnswerShape()
    var fieldCount = 0
    static let fieldLimit = 16

    /// Forgets the attempt before, to be sent once more.
    mutating func prepareForRetry() {
        unsafe streamID = 0
        unsafe request = .other
        unsafe status = 0
        unsafe failure = nil
        unsafe check = nil
        unsafe sentBodyByteCount = 0
        unsafe shape = AnswerShape()
        unsafe fieldCount = 0
        unsafe closesEarly = false
        unsafe next = nil
        unsafe previous = nil
        unsafe retryCount += 1
        unsafe isProbe = false
    }

    /// The client's list of requests in flight, oldest first; or the pool's list of idle records.
    var next: UnsafeMutablePointer<RequestRecord>?
    var previous: UnsafeMutablePointer<RequestRecord>?
}

/// Why a request ended without a full answer.
enum RequestFailure {
    case closed, reset, goaway, timeout, protocolError, aborted
    /// The circuit breaker was open: never sent.
    case circuit
    /// Left by us, on purpose: see `ClientManners.earlyCloseShare`.
    case abandoned
}

/// The records of one loop.
///
/// `@safe`: its memory is its own.
@safe
final class RequestRecordPool {
    private var idle: UnsafeMutablePointer<RequestRecord>?
    private var blocks: [UnsafeMutablePointer<RequestRecord>] = unsafe []
    private static let recordsPerBlock = 64

    init() { unsafe idle = nil }

    deinit {
        for unsafe block in unsafe blocks { unsafe block.deallocate() }
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
        let block = UnsafeMutablePointer<RequestRecord>.allocate(capacity: RequestRecordPool.recordsPerBlock)
        unsafe blocks.append(block)
        for index in 0..<RequestRecordPool.recordsPerBlock {
            unsafe (block + index).initialize(to: RequestRecord())
            unsafe give(block + index)
        }
    }
}
