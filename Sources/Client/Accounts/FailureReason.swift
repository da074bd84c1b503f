internal import HTTP1
internal import HTTP2
internal import Load
internal import Loop
internal import Measurements
internal import TLS

/// Why a request, a connection or an attempt to connect failed: as much as tells the faults of a server apart.
///
/// A value that is compared with the reasons so far for each failure; its words are made once.
enum FailureReason: Equatable {
    /// How much of an answer had come when its connection ended.
    enum Progress: Equatable {
        /// Nothing, on a connection that had answered nothing yet.
        case nothing
        /// Nothing, on a connection that had answered others.
        case idle
        /// A part of the answer.
        case begun
    }

    /// An answer that ends with its head, whatever lengths are in it (RFC 9112, 6.3).
    enum AnswerWithoutBody: Equatable {
        case toHead
        /// 204 or 304.
        case status(Int)
    }

    /// - isFirst: no connection had been made yet.
    case notConnected(ConnectError, isFirst: Bool)
    /// - code: what the server's GOAWAY said before; nil: it said none.
    case closed(ConnectError, Progress, goaway: HTTP2ErrorCode?)
    case reset(HTTP2ErrorCode)
    /// Not looked at, too often; with what the last GOAWAY said.
    case unprocessed(HTTP2ErrorCode?)
    /// We closed the connection: a request before this one had timed out.
    case behindTimeout
    /// The connection was dropped by a planned event, or by hand.
    case dropped
    case timeout(Progress)
    /// No stream was to be had in that time: the server allows none.
    case noStream
    case aborted(Progress)
    case answer(ResponseError)
    /// The bytes of a body behind an answer that must have none.
    case forbiddenBody(AnswerWithoutBody)
    /// The rules of HTTP/2 were broken: nghttp2's code.
    case frame(SessionError)
    /// The answer's, from 400 on; or a number that is no status of an answer.
    case status(Int)
    /// A body that `--body-check` found to be wrong.
    case wrongBody(BodyViolation.Kind)
    /// An answer that is not the one that the scenario expects.
    case unexpected(AnswerExpectation.Part)
    /// Our own nghttp2 refuses to send the request.
    case unsendable
    /// No connection could be made for it.
    case neverSent
    /// The circuit breaker was open.
    case circuit
    /// We left the connection within the answer, as was asked for.
    case abandoned
    /// The connection was left within the answer to another request.
    case besideAbandoned
    /// It failed, and the run ended before it was sent again.
    case notRetried

    /// Which requests are left, sent or given up is for this client to say: their numbers tell nothing of the server.
    var isOurs: Bool {
        switch self {
        case .abandoned, .besideAbandoned, .aborted, .dropped, .behindTimeout, .circuit, .neverSent, .notRetried, .unsendable, .notConnected: true
        default: false
        }
    }

    /// The same, whether or not the connection had answered others: one failure has one reason.
    var common: FailureReason {
        switch self {
        case .closed(let error, .idle, let goaway): .closed(error, .nothing, goaway: goaway)
        case .timeout(.idle): .timeout(.nothing)
        case .aborted(.idle): .aborted(.nothing)
        default: self
        }
    }

    /// The request's connection, which has ended, had answered others.
    var isAfterAnswers: Bool { if case .closed(_, .idle, _) = self { true } else { false } }

    /// For people; what a reader can do about it is said where the limit is ours or the machine's.
    var text: String {
        switch self {
        case .notConnected(let error, let isFirst): "not connected: \(error.reason)" + (isFirst ? FailureCount.startWords : "")
        case .closed(let error, let progress, let goaway):
            FailureReason.text(closed: error, progress) + (goaway.map { ", after GOAWAY \($0.name)" } ?? "")
        case .reset(let code): "stream reset by the server: \(code.name)"
        case .unprocessed(let code):
            "not looked at by the server, \(ResendQueue.sendingLimit) times: "
                + (code.map { "GOAWAY \($0.name)" } ?? "it closes connections under requests sent ahead")
        case .behindTimeout: "connection closed by this client: a request before it on the connection had timed out"
        case .dropped: "connection dropped on purpose"
        case .timeout(.begun): "timeout within the answer"
        case .timeout: "timeout: nothing of the answer came"
        case .noStream: "timeout: the server allows no streams (SETTINGS_MAX_CONCURRENT_STREAMS is 0)"
        case .aborted(.begun): "aborted at the end of the run, within the answer"
        case .aborted: "aborted at the end of the run: nothing of the answer had come"
        case .answer(let error): "protocol error: \(error.words)"
        case .forbiddenBody(.toHead):
            "protocol error: \(ResponseError.unrequested.words): the body of an answer to HEAD, which must have none (RFC 9110, 9.3.2)"
        case .forbiddenBody(.status(let status)):
            "protocol error: \(ResponseError.unrequested.words): the body of an answer with status \(status), which must have none (RFC 9110, 6.4.1)"
        case .frame(let error): "protocol error: \(error)"
        case .status(let status) where status >= 600: "status \(status), counted as 5xx"
        case .status(let status) where status >= 400: "status \(status)"
        case .status(let status): status == 0 ? "protocol error: an answer without a valid status" : "protocol error: status \(status) as an answer"
        case .wrongBody(let kind): "\(BodyViolation.title): \(kind.words)"
        case .unexpected(let part): "not the expected answer: \(part.words)"
        case .neverSent: "never sent: no connection could be made"
        case .circuit: "not sent: the circuit breaker was open"
        case .abandoned: "connection closed by this client within the answer, as asked (--early-close)"
        case .besideAbandoned: "connection closed by this client within another answer on it, as asked (--early-close)"
        case .notRetried: "the run ended before the next attempt (--retries)"
        case .unsendable: "the request's head is larger than \(RequestKind.headByteLimit >> 10) KiB, the limit of this client: make its headers shorter"
        }
    }

    private static func text(closed error: ConnectError, _ progress: Progress) -> String {
        if case .tls(let error) = error { return "TLS: \(error)" }
        // A FIN and a reset are the same failure of the request, with different causes in the server. Which of them it was
        // is all that the kernel tells.
        let isEnd = error == .system(.peerClosed)
        let how = isEnd ? "closed by the server (EOF)" : error.isReset ? "reset by the server (ECONNRESET)" : "lost (\(error.reason))"
        return switch progress {
        // That the connection was one that the server keeps no longer is an explanation of those with answers before alone,
        // which are counted apart.
        case .nothing, .idle: "connection \(how) \(FailureCount.silenceWords)" + (isEnd ? ": it drops this request, failed within it, or has ended" : "")
        case .begun: "connection \(how) within an answer"
        }
    }
}
