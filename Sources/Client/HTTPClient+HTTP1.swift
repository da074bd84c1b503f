package import HTTP1
internal import Memory

// Answers over HTTP/1.1: they come in the order of the requests, so each is the oldest one's.
extension HTTPClient: ResponseHandler {
    /// An answer begins: it is the oldest request's.
    package func responseWillBegin() -> ResponseParser.Request? {
        guard state == .ready || state == .draining, let oldest = unsafe oldest else { return nil }
        // Nothing is answered before it was sent.
        return unsafe oldest == firstUnsent ? nil : oldest.pointee.request
    }

    /// The status of the oldest request's answer.
    package func responseDidReceiveStatus(_ status: Int) {
        guard let record = unsafe oldest else { return }
        unsafe record.pointee.status = status
        unsafe record.pointee.facts.headers = 0
    }

    /// A field of its head.
    package func responseDidReceiveField(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        if let record = unsafe oldest { unsafe sessionDidReceiveField(UnsafeMutableRawPointer(record), name: name, value: value) }
    }

    /// Some of its body.
    package func responseDidReceiveBody(_ bytes: UnsafeRawBufferPointer) {
        if let record = unsafe oldest { unsafe sessionDidReceiveBody(UnsafeMutableRawPointer(record), bytes) }
    }

    /// The answer is complete.
    package func responseDidEnd(keepsAlive: Bool) {
        if !keepsAlive { pipeline?.takesRequests = false }
        if let record = unsafe oldest { unsafe answerDidEnd(record, nil) }
    }

    func receiveHTTP1(_ bytes: UnsafeRawBufferPointer, _ pipeline: Pipeline) {
        do { try unsafe pipeline.parser.parse(bytes, for: self) } catch { return protocolDidFail() }
        if closeEarlyIfWanted() { return }
        fill()
        flush()
        endIfDrained()
    }

    /// The connection ended as it should: which may be how an answer ends.
    func receiveHTTP1End(_ pipeline: Pipeline) {
        do { try pipeline.parser.parseEnd(for: self) } catch { return }
    }
}
