internal import Measurements

// Failures by reason.
extension ClientConnection {
    /// Counts a fault of the peer's with no request in flight: nothing else would tell of it.
    func noteFault(_ cause: DropCause) {
        guard let fault = cause.faultWithoutRequests else { return }
        if case .broken = cause { generator.accounts.counters.connectionCounts.broken += 1 }
        generator.accounts.noteFailure(fault, of: .connection, cause.evidence)
    }
}
