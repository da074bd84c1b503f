internal import HTTP1

extension ResponseError {
    /// What is wrong with the answer; for a limit of ours, the limit.
    var words: String {
        let limits = ResponseLimits()
        return switch self {
        case .unrequested: "bytes that no request asked for"
        case .invalidStatusLine: "not a status line of HTTP/1"
        case .invalidLineEnd: "a line of the head does not end with CR LF"
        case .invalidField: "not a header field"
        case .headTooLarge: "the answer's head is larger than \(limits.headByteLimit >> 10) KiB, the limit of this client: have the server send less"
        case .trailersTooLarge: "the answer's chunk extensions, or its trailers, are larger than \(limits.headByteLimit >> 10) KiB, the limit of this client: have the server send less"
        case .tooManyFields: "the answer has more than \(limits.fieldLimit) header fields, the limit of this client: have the server send fewer"
        case .unexpectedInformational: "101, or more than \(limits.informationalLimit) answers 1xx, before the answer"
        case .invalidContentLength: "the content-length is no number, or there are two"
        case .conflictingLengths: "both content-length and transfer-encoding"
        case .unsupportedTransferCoding: "a transfer-encoding other than chunked"
        case .invalidChunk: "not a chunk"
        case .incomplete: "the connection ended within the answer"
        }
    }
}

extension ResponseFault {
    /// "answer 4 of its connection, first line, byte 1: 'xyzHTTP/1.1 200 OK'". An answer that is garbled behind others
    /// that were whole is mostly the end of a body that is longer than its content-length.
    ///
    /// - Parameter request: that of the answer before, where the bytes stand behind it.
    func words(behind request: String? = nil) -> String {
        let line = switch part {
        case .body: ""
        case .statusLine: ", first line"
        case .field: ", header field"
        case .chunkLine: ", line of a chunk"
        case .chunkEnd: ", behind a chunk"
        case .trailer: ", trailer"
        }
        let place = place.map { ", byte \($0)" } ?? ""
        let bytes = excerpt.isEmpty ? "" : ": '\(isCutBefore ? "..." : "")\(String(decoding: excerpt, as: UTF8.self))'"
        let number = "answer \(answer) of its connection"
        guard part == .body else { return "\(number)\(request.map { ", behind the answer to \($0)" } ?? "")\(line)\(place)\(bytes)" }
        return "behind \(request.map { "the answer to \($0), " } ?? "")\(number)\(bytes)"
    }

    /// The bytes stand where no answer is due, or where the next one begins.
    var isBehindAnswer: Bool { part == .body || part == .statusLine && place == 1 }

    /// They may be another answer.
    var looksLikeAnswer: Bool { excerpt.starts(with: Array("HTTP/1".utf8)) }
}
