internal import Memory

extension HTTPClient {
    /// The answer's Content-Length, if that is what this field of fourteen letters is.
    func readLength(
        _ value: UnsafeRawBufferPointer, of name: UnsafeRawBufferPointer, for check: UnsafeMutablePointer<BodyChecker.Record>
    ) {
        guard unsafe ArenaBytes(start: name.baseAddress, count: name.count).equalsIgnoringCase("content-length") else { return }
        var length = 0
        // Eighteen digits hold more than any body, and no overflow. What is no number announces nothing.
        for unsafe digit in unsafe value.prefix(18) {
            guard (0x30...0x39).contains(digit) else { return }
            length = length * 10 + Int(digit - 0x30)
        }
        unsafe check.pointee.check.announcedByteCount = length
    }

    /// Judges the answer, whatever became of it.
    func endCheck(
        _ check: UnsafeMutablePointer<BodyChecker.Record>, _ record: borrowing RequestRecord, _ failure: RequestFailure?
    ) {
        unsafe checker?.end(
            check, status: record.status, failure, connection: number, stream: Int(record.streamID))
    }
}
