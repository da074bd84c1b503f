internal import Load
internal import Measurements
internal import Memory

/// The expected answer to one kind of request, ready for comparing.
///
/// While the answer comes, facts about its head and its body are noted in the request's record; when
/// it is over, `fault` says which one is wrong. Comparing allocates nothing.
final class AnswerExpectation {
    let expected: ExpectedAnswer
    let wantsChecksum: Bool
    private let headers: [(name: [UInt8], value: [UInt8])]

    init(_ expected: ExpectedAnswer) {
        self.expected = expected
        wantsChecksum = expected.bodyChecksum != nil
        headers = expected.headers.map { (Array($0.name.utf8), Array($0.value.utf8)) }
    }

    /// A part of an answer that is compared.
    enum Part {
        case status, header, length, checksum, grpc

        var words: String {
            switch self {
            case .status: "another status"
            case .header: "a header is not there, or has another value"
            case .length: "a body of another length"
            case .checksum: "a body of another checksum"
            case .grpc: "another grpc-status, or none"
            }
        }
    }

    /// The first thing about an answer that differs.
    enum Fault {
        case status
        /// The first of the expected headers that is not there with its value.
        case header(Int)
        case length, checksum
        case grpc

        var part: Part {
            switch self {
            case .status: .status
            case .header: .header
            case .length: .length
            case .checksum: .checksum
            case .grpc: .grpc
            }
        }
    }

    /// The scenario names the statuses that are right: an error status can be one.
    var namesStatuses: Bool { !expected.statuses.isEmpty }

    /// Compares one field of an answer. - Returns: the bits of the expected headers that it fulfils.
    func matches(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> UInt8 {
        var bits: UInt8 = 0
        for index in headers.indices where (unsafe isHeader(index, name)) && (unsafe value.elementsEqual(headers[index].value)) {
            bits |= 1 << UInt8(truncatingIfNeeded: index)
        }
        return bits
    }

    /// Whether a field has the name of this expected header, in small letters or capitals.
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

    /// Whether a field is the grpc-status of an answer that has to have one.
    func wantsGRPCStatus(of name: UnsafeRawBufferPointer) -> Bool {
        unsafe expected.grpcStatus != nil && name.elementsEqual(AnswerExpectation.grpcStatusName)
    }

    private static let grpcStatusName = Array("grpc-status".utf8)

    /// nil: the answer is as expected.
    func fault(status: Int, _ facts: AnswerFacts) -> Fault? {
        if !expected.statuses.isEmpty && !expected.statuses.contains(where: { $0.contains(status) }) { return .status }
        for index in headers.indices where facts.headers & 1 << UInt8(truncatingIfNeeded: index) == 0 { return .header(index) }
        if let count = expected.bodyByteCount, count != facts.bodyByteCount { return .length }
        if let wanted = expected.bodyChecksum, wanted != facts.checksum.value { return .checksum }
        if let wanted = expected.grpcStatus, wanted != Int(facts.grpcStatus) { return .grpc }
        return nil
    }
}

/// The facts about an answer so far, for its comparison.
struct AnswerFacts: BitwiseCopyable {
    /// A bit for each expected header that was there.
    var headers: UInt8 = 0
    /// The grpc-status, where it is looked at; -1: none, or no number.
    var grpcStatus: Int16 = -1
    var bodyByteCount = 0
    var checksum = Checksum()
}
