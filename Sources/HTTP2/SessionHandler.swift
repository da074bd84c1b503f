package import Memory

/// The user of a session: hears what the peer sent, and provides the bodies to send.
///
/// Every call comes from inside `Session.receive` or `Session.nextOutput`. A handler may
/// submit, resume and reset from there, but must not call those two again.
/// `token` is the handler's own pointer for the stream: to its exchange or request.
package protocol SessionHandler: AnyObject {
    /// A new request begins (server). - Returns: the stream's token; nil refuses the stream.
    func sessionDidBeginRequest(_ streamID: Int32) -> UnsafeMutableRawPointer?
    /// A place for the rules of a request that is not over with its head, until its stream has ended. Only with
    /// `SessionFactory.MessageCheck.requests`.
    func sessionRules(of token: UnsafeMutableRawPointer) -> UnsafeMutablePointer<RequestRules>
    /// A header field, pseudo-fields included. The bytes are nghttp2's, and gone when this returns.
    func sessionDidReceiveField(
        _ token: UnsafeMutableRawPointer, _ kind: FieldKind, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
    /// The head is complete; with `endsStream` so is the message.
    func sessionDidReceiveHead(_ session: Session, _ token: UnsafeMutableRawPointer, endsStream: Bool)
    /// Some of the body.
    func sessionDidReceiveBody(_ token: UnsafeMutableRawPointer, _ bytes: UnsafeRawBufferPointer)
    /// The message is complete, unless the head said so already.
    func sessionDidReceiveEnd(_ session: Session, _ token: UnsafeMutableRawPointer)
    /// The stream has ended, for any reason; the token is used no more.
    func sessionDidCloseStream(_ token: UnsafeMutableRawPointer, _ code: HTTP2ErrorCode)
    /// A frame that costs the sender little and us some: RST_STREAM, PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA.
    func sessionDidReceiveControlFrame(_ kind: ControlFrame)
    /// A frame that breaks the rules; the session answers it by itself.
    func sessionDidReceiveInvalidFrame(_ error: SessionError)
    /// The peer will take no more requests after `lastStreamID`.
    func sessionDidReceiveGoaway(lastStreamID: Int32, _ code: HTTP2ErrorCode)

    /// The next part of a body that was announced with a submit, at most `byteLimit` bytes.
    func sessionNeedsBody(_ session: Session, _ token: UnsafeMutableRawPointer, byteLimit: Int) -> BodyPart
    /// Whether `sessionSendsData` may be called now. With false the output ends here for now.
    func sessionHasRoomForData() -> Bool
    /// Nine bytes of frame header, to be copied, and the payload, which the lease keeps in place.
    func sessionSendsData(frameHeader: UnsafeRawBufferPointer, payload: ArenaBytes, _ lease: consuming Lease)
}

/// A part of a body.
package enum BodyPart: ~Copyable {
    /// Bytes that the lease keeps in place; nil: the session copies them at once. `isLast` ends the stream.
    case bytes(ArenaBytes, Lease?, isLast: Bool)
    /// Nothing yet: the handler calls `Session.resume` when there is.
    case later
    /// The part cannot be had: resets the stream.
    case failed
}

/// Frames that a flood is made of.
package enum ControlFrame: Sendable {
    case reset, ping, settings, priority, windowUpdate
    /// DATA without a byte of data that does not end its stream (CVE-2019-9518).
    case emptyData
}
