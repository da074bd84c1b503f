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
    /// A schedule meant it for a time; in a closed load it is meant for when it is sent.
    var isScheduled = false
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
    /// The request's number, which no other of the run has, from 1.
    var number: UInt64 = 0
    /// Which kind of request it is.
    var kindIndex = 0
    /// What it brings along: the template's, or in the record's own text. HTTP/2 takes it part by part.
    var body = ArenaBytes.empty
    /// Bytes of it already handed to nghttp2.
    var sentBodyByteCount = 0
    /// What the answer has to be, and what it is so far; nil: anything. The template's.
    var expectation: Unmanaged<AnswerExpectation>?
    var facts = AnswerFacts()
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
        unsafe body = .empty
        unsafe sentBodyByteCount = 0
        unsafe expectation = nil
        unsafe facts = AnswerFacts()
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

/// The records of one loop, each with room behind it for what its request has of its own.
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
            unsafe give((block + index * stride).initializeMemory(as: RequestRecord.self, to: RequestRecord()))
        }
    }
}
