internal import Load
internal import Measurements

/// Compares the answers of one loop with the expected ones, counts, and reports the first that differ.
///
/// `@safe`: a record is the caller's for the length of a call.
@safe
final class AnswerJudge {
    private let accounts: LoadAccounts
    private let requests: RequestFactory
    /// Values of headers that were not as expected, of answers that are not judged yet.
    private var otherValues: [(number: UInt64, name: String, value: String)] = []
    /// Parts of which an answer that differs has been reported.
    private var toldParts: Set<AnswerExpectation.Part> = []

    /// Answers that are reported one by one; of the others only the first of each part, and the rest are counted.
    private static let toldLimit = 8

    init(_ accounts: LoadAccounts, _ requests: RequestFactory) {
        self.accounts = accounts
        self.requests = requests
    }

    /// A field of an answer that something is expected of.
    func compareField(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ record: UnsafeMutablePointer<RequestRecord>,
        _ expectation: AnswerExpectation
    ) {
        if unsafe expectation.wantsGRPCStatus(of: name) { unsafe record.pointee.facts.grpcStatus = unsafe AnswerJudge.number(value) }
        let bits = unsafe expectation.matches(name, value)
        unsafe record.pointee.facts.headers |= bits
        if bits == 0 { unsafe noteOtherValue(name, value, record.pointee.number, expectation) }
    }

    /// What was unexpected is told again: the warm-up is over.
    func tellAgain() { toldParts = [] }

    /// A part of the body of such an answer.
    func compareBody(
        _ bytes: UnsafeRawBufferPointer, _ record: UnsafeMutablePointer<RequestRecord>, _ expectation: AnswerExpectation
    ) {
        unsafe record.pointee.facts.bodyByteCount += bytes.count
        if expectation.wantsChecksum { unsafe record.pointee.facts.checksum.add(bytes) }
    }

    /// Such an answer has come whole. - Returns: the first thing that differs, with words for the first few answers.
    func judge(_ record: borrowing RequestRecord, _ expectation: AnswerExpectation) -> (part: AnswerExpectation.Part, words: String)? {
        accounts.counters.expectations.checked += 1
        let facts = unsafe record.facts
        guard let fault = unsafe expectation.fault(status: record.status, facts) else { return nil }
        accounts.counters.expectations.unexpected += 1
        switch fault {
        case .status: accounts.counters.expectations.status += 1
        case .header: accounts.counters.expectations.header += 1
        case .length: accounts.counters.expectations.length += 1
        case .checksum: accounts.counters.expectations.checksum += 1
        case .grpc: accounts.counters.expectations.grpc += 1
        }
        let isFirst = !toldParts.contains(fault.part)
        guard isFirst || accounts.counters.expectations.unexpected <= AnswerJudge.toldLimit else { return (fault.part, "") }
        toldParts.insert(fault.part)
        let words = unsafe text(fault, expectation.expected, record)
        accounts.note(.error, unsafe "\(requests.text(of: record)): \(words)")
        return (fault.part, words)
    }

    private func text(_ fault: AnswerExpectation.Fault, _ expected: ExpectedAnswer, _ record: borrowing RequestRecord) -> String {
        let facts = unsafe record.facts
        switch fault {
        case .status: return unsafe "status \(record.status), expected \(expected.statusText)"
        case .header(let index):
            let field = expected.headers[index]
            let number = unsafe record.number
            let found = otherValues.last { $0.number == number && $0.name == field.name }
            return "\(field.name): \(found.map { "'\($0.value)'" } ?? "not there"), expected '\(field.value)'"
        case .length: return "a body of \(Figure.counted(facts.bodyByteCount, "byte")), expected \(expected.bodyByteCount ?? 0)"
        case .grpc: return "grpc-status \(facts.grpcStatus < 0 ? "missing" : String(facts.grpcStatus)), expected \(expected.grpcStatus ?? 0)"
        case .checksum:
            return "a body with CRC-32 \(ExpectedAnswer.text(checksum: facts.checksum.value)), expected "
                + ExpectedAnswer.text(checksum: expected.bodyChecksum ?? 0)
        }
    }

    /// At most three digits; -1: not a number.
    private static func number(_ text: UnsafeRawBufferPointer) -> Int16 {
        guard (1...3).contains(text.count) else { return -1 }
        var number: Int16 = 0
        for unsafe byte in unsafe text {
            guard (0x30...0x39).contains(byte) else { return -1 }
            number = number * 10 + Int16(byte - 0x30)
        }
        return number
    }

    /// Keeps a header's value that is not the expected one until its answer is judged, as long as answers are told of.
    private func noteOtherValue(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ number: UInt64, _ expectation: AnswerExpectation
    ) {
        guard accounts.counters.expectations.unexpected < AnswerJudge.toldLimit else { return }
        for (index, field) in expectation.expected.headers.enumerated() where unsafe expectation.isHeader(index, name) {
            if otherValues.count >= AnswerJudge.toldLimit { otherValues.removeFirst() }
            otherValues.append((number, field.name, LoadAccounts.printable(unsafe String(decoding: value, as: UTF8.self))))
        }
    }
}
