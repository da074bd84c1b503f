// Failures by reason.
extension ClientConnection {
    /// Counts a failure by its reason; the first of its kind is told with its request.
    func note(_ reason: FailureReason, _ record: UnsafeMutablePointer<RequestRecord>, _ excerpt: [UInt8] = []) {
        let came = excerpt.isEmpty ? "" : ": '\(String(decoding: excerpt, as: UTF8.self))'"
        generator.accounts.noteFailure(reason, unsafe generator.requests.text(of: record.pointee) + came)
    }

    /// Counts a fault of the peer's with no request in flight: nothing else would tell of it.
    func noteFault(_ cause: DropCause) {
        guard let fault = cause.faultWithoutRequests else { return }
        generator.accounts.noteFailure(fault, String(decoding: cause.excerpt, as: UTF8.self))
    }
}
