internal import Load
internal import Measurements
internal import Memory

/// What the answers to one kind of request have to be, ready for comparing.
///
/// What comes with the head and what comes with the body is noted in the request's record; when the
/// answer is over, `fault` says what is wrong with it. Comparing allocates nothing.
final class AnswerExpectation {
    let expected: ExpectedAnswer
    /// Whose, for people.
    let title: String
    let wantsChecksum: Bool
    private let headers: [(name: [UInt8], value: [UInt8])]

    init(_ expected: ExpectedAnswer, of title: String) {
        self.expected = expected
        self.title = title
        wantsChecksum = expected.bodyChecksum != nil
        headers = expected.headers.map { (Array($0.name.utf8), Array($0.value.utf8)) }
    }

    /// The first thing about an answer that is otherwise.
    enum Fault {
        case status
        /// The first of the headers that is not there.
        case header(Int)
        case length, checksum
    }

    /// Compares one field of an answer. - Returns: the bits of the headers that it is.
    func matches(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> UInt8 {
        var bits: UInt8 = 0
        for index in headers.indices where (unsafe isHeader(index, name)) && (unsafe value.elementsEqual(headers[index].value)) {
            bits |= 1 << UInt8(truncatingIfNeeded: index)
        }
        return bits
    }

    /// Whether a field has this name; over HTTP/1.1 in any case.
    func isHeader(_ index: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        let own = headers[index].name
        guard name.count == own.count else { return false }
        for position in own.indices {
            var byte = unsafe name[position]
            if (0x41...0x5A).contains(byte) { byte |= 0x20 }
            if byte != own[position] { return false }
        }
        return true
    }

    /// nil: the answer is as expected.
    func fault(status: Int, foundHeaders: UInt8, bodyByteCount: Int, checksum: Checksum) -> Fault? {
        if !expected.statuses.isEmpty && !expected.statuses.contains(where: { $0.contains(status) }) { return .status }
        for index in headers.indices where foundHeaders & 1 << UInt8(truncatingIfNeeded: index) == 0 { return .header(index) }
        if let count = expected.bodyByteCount, count != bodyByteCount { return .length }
        if let wanted = expected.bodyChecksum, wanted != checksum.value { return .checksum }
        return nil
    }
}

/// What has come of an answer, for its comparison.
struct AnswerFacts: BitwiseCopyable {
    /// A bit for each expected header that was there.
    var headers: UInt8 = 0
    var bodyByteCount = 0
    var checksum = Checksum()
}

extension HTTPClient {
    /// A field of an answer that something is expected of.
    func compareField(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ record: UnsafeMutablePointer<RequestRecord>,
        _ expectation: Unmanaged<AnswerExpectation>
    ) {
        unsafe expectation._withUnsafeGuaranteedRef { expectation in
            let bits = unsafe expectation.matches(name, value)
            unsafe record.pointee.facts.headers |= bits
            if bits == 0 { unsafe generator.noteOtherValue(name, value, record.pointee.number, expectation) }
        }
    }

    /// A part of the body of such an answer.
    func compareBody(
        _ bytes: UnsafeRawBufferPointer, _ record: UnsafeMutablePointer<RequestRecord>, _ expectation: Unmanaged<AnswerExpectation>
    ) {
        unsafe record.pointee.facts.bodyByteCount += bytes.count
        if unsafe expectation._withUnsafeGuaranteedRef({ $0.wantsChecksum }) { unsafe record.pointee.facts.checksum.add(bytes) }
    }
}

extension LoadGenerator {
    /// Answers that are told of one by one; of the others only the count is.
    private static let toldUnexpectedLimit = 8

    /// A whole answer that something was expected of has come.
    func judge(_ record: borrowing RequestRecord, _ expectation: AnswerExpectation) {
        counters.expectations.checked += 1
        let facts = unsafe record.facts
        guard let fault = unsafe expectation.fault(
            status: record.status, foundHeaders: facts.headers, bodyByteCount: facts.bodyByteCount, checksum: facts.checksum)
        else { return }
        counters.expectations.unexpected += 1
        switch fault {
        case .status: counters.expectations.status += 1
        case .header: counters.expectations.header += 1
        case .length: counters.expectations.length += 1
        case .checksum: counters.expectations.checksum += 1
        }
        guard counters.expectations.unexpected <= LoadGenerator.toldUnexpectedLimit else { return }
        note(.error, unsafe "\(expectation.title), request \(record.number): \(words(fault, expectation.expected, record))")
    }

    private func words(_ fault: AnswerExpectation.Fault, _ expected: ExpectedAnswer, _ record: borrowing RequestRecord) -> String {
        let facts = unsafe record.facts
        switch fault {
        case .status: return unsafe "status \(record.status), expected \(expected.statusText)"
        case .header(let index):
            let field = expected.headers[index]
            let number = unsafe record.number
            let found = otherValues.last { $0.number == number && $0.name == field.name }
            return "\(field.name): \(found.map { "'\($0.value)'" } ?? "not there"), expected '\(field.value)'"
        case .length: return "a body of \(facts.bodyByteCount) bytes, expected \(expected.bodyByteCount ?? 0)"
        case .checksum:
            return "a body with CRC-32 \(ExpectedAnswer.text(checksum: facts.checksum.value)), expected "
                + ExpectedAnswer.text(checksum: expected.bodyChecksum ?? 0)
        }
    }

    /// Keeps a header's value that is not the expected one until its answer is judged, as long as answers are told of.
    func noteOtherValue(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ number: UInt64, _ expectation: AnswerExpectation
    ) {
        guard counters.expectations.unexpected < LoadGenerator.toldUnexpectedLimit else { return }
        for (index, field) in expectation.expected.headers.enumerated() where unsafe expectation.isHeader(index, name) {
            if otherValues.count >= LoadGenerator.toldUnexpectedLimit { otherValues.removeFirst() }
            otherValues.append((number, field.name, LoadGenerator.printable(unsafe String(decoding: value, as: UTF8.self))))
        }
    }
}
