internal import TLS

/// Why a connection is ended under its requests: what that makes of them.
enum DropCause {
    /// The socket, or TLS, has failed, or the peer has ended the connection.
    case failed(ConnectError)
    case broken(PeerError)
    /// The peer has said its last answer, and has not looked at the requests that are left.
    case over
    /// A request that has timed out can be stopped only with its connection.
    case timeout
    /// By a planned event, or by hand.
    case onPurpose
    /// The time for finishing is over.
    case runEnded
    /// An answer has begun under which the connection is to be closed.
    case abandoned

    /// What the requests in flight count as.
    var failure: RequestFailure {
        switch self {
        case .failed(.tls(let error)): error.isAlert ? .closed : .protocolError
        case .failed: .closed
        case .broken: .protocolError
        case .over: .unprocessed
        case .timeout, .onPurpose: .closed
        case .runEnded: .aborted
        case .abandoned: .abandoned
        }
    }

    /// Why a request failed of whose answer so much had come; nil: it was meant to.
    /// - Parameter closesEarly: its answer was to be left.
    func reason(_ progress: FailureReason.Progress, _ side: (any ProtocolSide)?, closesEarly: Bool) -> FailureReason? {
        switch self {
        case .failed(let error): .closed(error, progress, goaway: side?.goawayCode)
        case .broken(let error): error.reason
        case .over: .unprocessed(side?.goawayCode)
        case .timeout: .behindTimeout
        case .onPurpose: .dropped
        case .runEnded: .aborted(progress)
        case .abandoned: closesEarly && progress == .begun ? nil : .besideAbandoned
        }
    }

    /// A fault of the peer's that is told even when no request was in flight; nil: such an end is none.
    var faultWithoutRequests: FailureReason? {
        switch self {
        case .broken(let error): error.reason
        case .failed(.tls(let error)): .closed(.tls(error), .nothing, goaway: nil)
        case .failed, .over, .timeout, .onPurpose, .runEnded, .abandoned: nil
        }
    }

    /// As `PeerError` has it; empty: there is none.
    var evidence: String { if case .broken(let error) = self { error.evidence } else { "" } }
}

extension TLSError {
    /// The peer has ended the connection with a reason.
    fileprivate var isAlert: Bool { if case .peerAlert = self { true } else { false } }
}
