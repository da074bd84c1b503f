internal import Measurements
internal import Memory

/// Reads the answers to one client's requests into their records, whatever protocol brings them, and
/// has each checked when it is over.
///
/// Kept from connection to connection, since shapes are known by the numbers of the client's caches.
///
/// `@safe`: a record is the caller's for the length of a call.
@safe
final class AnswerReader {
    let caches: Caches
    private let accounts: LoadAccounts
    private let judge: AnswerJudge
    private let checker: BodyChecker?
    /// The client's, for the evidence of a wrong body.
    private let clientNumber: Int
    private var knownShapes = AnswerShape.Known()

    init(_ caches: Caches, _ accounts: LoadAccounts, _ judge: AnswerJudge, _ checker: BodyChecker?, clientNumber: Int) {
        self.caches = caches
        self.accounts = accounts
        self.judge = judge
        self.checker = checker
        self.clientNumber = clientNumber
    }

    // MARK: Parts

    /// An answer's head begins. A 1xx head before it is no part of the answer.
    func beginHead(_ record: UnsafeMutablePointer<RequestRecord>, status: Int) {
        unsafe record.pointee.status = status
        unsafe record.pointee.facts.headers = 0
    }

    /// A field of an answer's head; over HTTP/2 the status is the first.
    func readField(
        _ record: UnsafeMutablePointer<RequestRecord>, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) {
        accounts.counters.responseBytes.decodedHeader &+= UInt64(name.count + value.count)
        if unsafe name.first == UInt8(ascii: ":") {
            // The only pseudo-field of a response is :status (RFC 9113, 8.3.2).
            return unsafe beginHead(record, status: name.count == 7 ? AnswerReader.status(value) : 0)
        }
        if let check = unsafe record.pointee.check, let length = unsafe AnswerReader.contentLength(name, value) {
            unsafe check.pointee.check.announcedByteCount = length
        }
        if let expectation = unsafe record.pointee.expectation {
            unsafe expectation._withUnsafeGuaranteedRef { unsafe judge.compareField(name, value, record, $0) }
        }
        guard unsafe record.pointee.shape.hasRoom else { return }
        let handle = unsafe caches.intern(name)
        unsafe record.pointee.shape.add(handle)
        // Content of another kind, such as an error page, makes another answer.
        if unsafe name.count == 12 && AnswerReader.isContentType(name) {
            unsafe record.pointee.shape.contentType = unsafe caches.intern(value)
        }
    }

    /// Some of an answer's body.
    func readBody(_ record: UnsafeMutablePointer<RequestRecord>, _ bytes: UnsafeRawBufferPointer) {
        unsafe accounts.bodyDidCome(bytes, record.pointee)
        if let check = unsafe record.pointee.check {
            unsafe checker?.receive(
                bytes, check, status: record.pointee.status, connection: clientNumber, stream: Int(record.pointee.streamID))
        }
        if let expectation = unsafe record.pointee.expectation {
            unsafe expectation._withUnsafeGuaranteedRef { unsafe judge.compareBody(bytes, record, $0) }
        }
    }

    // MARK: Ends

    /// A whole answer has come: tells of one that looks like none before.
    func noteShape(of record: UnsafeMutablePointer<RequestRecord>) {
        let status = unsafe record.pointee.status
        let number = unsafe record.pointee.shape.number(status: status)
        if knownShapes.contains(number) { return }
        knownShapes.insert(number)
        accounts.noteShape(unsafe record.pointee.shape.text(status: status, caches))
    }

    /// What the checks say of an answer.
    enum Judgement {
        /// Nothing was compared.
        case unchecked
        /// It has a status that the scenario names, and all else is as expected too.
        case expected
        /// The reason, and what came.
        case wrong(FailureReason, String)
    }

    /// Whether an answer is compared with anything.
    func checks(_ record: UnsafeMutablePointer<RequestRecord>) -> Bool {
        unsafe record.pointee.check != nil || record.pointee.expectation != nil
    }

    /// The request is over: compares its answer, as far as one has come, with the expected one.
    func finish(_ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?) -> Judgement {
        let status = unsafe record.pointee.status
        let wrongBody = unsafe endCheck(record, status: status, failure)
        var judgement = Judgement.unchecked
        if failure == nil, let expectation = unsafe record.pointee.expectation {
            judgement = unsafe expectation._withUnsafeGuaranteedRef { expectation in
                guard let fault = unsafe judge.judge(record.pointee, expectation) else {
                    return expectation.namesStatuses ? .expected : .unchecked
                }
                return status >= 400 ? .wrong(.status(status), fault.words) : .wrong(.unexpected(fault.part), fault.words)
            }
        }
        guard let wrongBody else { return judgement }
        let isStatus = wrongBody.kind == .wrongStatus && status >= 400
        return .wrong(isStatus ? .status(status) : .wrongBody(wrongBody.kind), wrongBody.evidence?.finding ?? "")
    }

    /// The request is sent again. An answer that says "not now" is no answer to check.
    func finishAttempt(_ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?) {
        _ = unsafe endCheck(record, status: failure == nil ? 0 : record.pointee.status, failure ?? .aborted)
    }

    private func endCheck(
        _ record: UnsafeMutablePointer<RequestRecord>, status: Int, _ failure: RequestFailure?
    ) -> BodyChecker.WrongBody? {
        guard let checker, let check = unsafe record.pointee.check else { return nil }
        unsafe record.pointee.check = nil
        return unsafe checker.end(
            check, status: status, failure, connection: clientNumber, stream: Int(record.pointee.streamID))
    }

    // MARK: Values

    /// Three digits, or 0 where the text is no status (RFC 9110, 15).
    private static func status(_ text: UnsafeRawBufferPointer) -> Int {
        guard text.count == 3 else { return 0 }
        var status = 0
        for index in 0..<3 {
            let digit = unsafe Int(text[index]) - 48
            guard digit >= 0 && digit <= 9 else { return 0 }
            status = status * 10 + digit
        }
        return status
    }

    /// Whether twelve bytes are "content-type".
    private static func isContentType(_ name: UnsafeRawBufferPointer) -> Bool {
        unsafe name.loadUnaligned(as: UInt64.self) == 0x2D74_6E65_746E_6F63
            && name.loadUnaligned(fromByteOffset: 8, as: UInt32.self) == 0x6570_7974
    }

    /// The value of a Content-Length; nil for other fields, and for values that are no number.
    private static func contentLength(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Int? {
        guard name.count == 14,
            unsafe ArenaBytes(start: name.baseAddress, count: name.count).equalsIgnoringCase("content-length")
        else { return nil }
        var length = 0
        // Eighteen digits hold more than any body, and no overflow.
        for unsafe digit in unsafe value.prefix(18) {
            guard (0x30...0x39).contains(digit) else { return nil }
            length = length * 10 + Int(digit - 0x30)
        }
        return length
    }
}
