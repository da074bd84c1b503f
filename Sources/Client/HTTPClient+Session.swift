package import HTTP2
internal import Measurements
package import Memory

// What the session says, and what it asks for.
extension HTTPClient: SessionHandler {
    /// Never: servers do not ask, and push is switched off.
    package func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer? { nil }

    /// A field of an answer's head.
    package func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        generator.counters.decodedHeaderBytes &+= UInt64(name.count + value.count)
        if unsafe name.first == UInt8(ascii: ":") {
            // The only pseudo-field of a response is :status (RFC 9113, 8.3.2).
            unsafe record.pointee.status = unsafe name.count == 7 ? HTTPClient.status(value) : 0
            // What a 1xx head said is not the answer's.
            unsafe record.pointee.facts.headers = 0
            return
        }
        if let check = unsafe record.pointee.check, name.count == 14 { unsafe readLength(value, of: name, for: check) }
        if let expectation = unsafe record.pointee.expectation { unsafe compareField(name, value, record, expectation) }
        let index = unsafe record.pointee.fieldCount
        guard unsafe index < RequestRecord.fieldLimit else { return }
        let handle = unsafe caches.intern(name)
        unsafe record.pointee.shape.add(handle, at: index)
        unsafe record.pointee.fieldCount = index + 1
        // Another kind of content, an error page for one, is another answer.
        if unsafe name.count == 12 && HTTPClient.isContentType(name) {
            unsafe record.pointee.shape.contentType = unsafe caches.intern(value)
        }
    }

    /// Three digits, or 0 for what is no status (RFC 9110, 15).
    private static func status(_ text: UnsafeRawBufferPointer) -> Int {
        guard text.count == 3 else { return 0 }
        var status = 0
        for index in 0..<3 {
            let digit = unsafe Int(text[index]) - 48
            guard digit >= 0 && digit <= 9 else { return 0 }
            status = status * 10 + digit
        }
        return status
    }

    /// Whether twelve bytes are "content-type".
    private static func isContentType(_ name: UnsafeRawBufferPointer) -> Bool {
        unsafe name.loadUnaligned(as: UInt64.self) == 0x2D74_6E65_746E_6F63
            && name.loadUnaligned(fromByteOffset: 8, as: UInt32.self) == 0x6570_7974
    }

    /// The stream's end says all that there is to know.
    package func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool) {}

    /// Some of an answer's body.
    package func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer) {
        generator.counters.receivedBodyBytes &+= UInt64(bytes.count)
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        if let check = unsafe record.pointee.check { unsafe check.pointee.check.receive(bytes) }
        if let expectation = unsafe record.pointee.expectation { unsafe compareBody(bytes, record, expectation) }
        if unsafe record.pointee.closesEarly { noteEarlyClose() }
    }

    /// The stream's end says all that there is to know.
    package func sessionDidReceiveEnd(_ session: Session, _ token: UnsafeMutableRawPointer) {}

    /// The request is over, for whatever reason.
    package func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode) {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        let isPeersReset = peerHasReset
        peerHasReset = false
        var failure = unsafe record.pointee.failure
        if failure == nil && code != .noError {
            let streamID = unsafe record.pointee.streamID
            if let last = goawayLastStreamID, streamID > last {
                failure = .goaway
            } else {
                // nghttp2 closes a stream with PROTOCOL_ERROR for what the peer did to it.
                failure = code == .protocolError && !isPeersReset ? .protocolError : .reset
            }
        }
        unsafe answerDidEnd(record, failure)
    }

    /// The peer is through with its answer, over HTTP/2 or HTTP/1.1.
    func answerDidEnd(_ record: UnsafeMutablePointer<RequestRecord>, _ failure: RequestFailure?) {
        // Nothing but 1xx is no answer, and from 600 on there is no status (RFC 9110, 15).
        let isAnswer = unsafe (200...599).contains(record.pointee.status)
        unsafe end(record, failure ?? (isAnswer ? nil : .protocolError))
    }

    /// SETTINGS make the connection; RST_STREAM explains the stream that closes next.
    package func sessionDidReceiveControlFrame(_ kind: ControlFrame) {
        switch kind {
        case .settings: greetingDidArrive()
        case .reset: peerHasReset = true
        case .ping, .priority, .windowUpdate, .emptyData: break
        }
    }

    /// nghttp2 answers by itself.
    package func sessionDidReceiveInvalidFrame() {}

    /// No more requests on this connection.
    package func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode) {
        goawayLastStreamID = lastStreamID
        // The streams end first: `streamDidRead` sees to the rest.
        if state == .ready {
            state = .draining
            generator.available.remove(self)
        }
    }

    /// The next part of a request's body.
    package func sessionNeedsBody(_ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int) -> BodyPart {
        let record = unsafe token.assumingMemoryBound(to: RequestRecord.self)
        let body = unsafe record.pointee.body
        let start = unsafe record.pointee.sentBodyByteCount
        let end = min(body.count, start + byteLimit)
        unsafe record.pointee.sentBodyByteCount = end
        return .bytes(body[start..<end], in: nil, isLast: end == body.count)
    }

    /// Never asked, nor is the next: request bodies are copied into their frames.
    package func sessionHasRoomForData() -> Bool { false }

    /// Never called: see above.
    package func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease) {}
}
