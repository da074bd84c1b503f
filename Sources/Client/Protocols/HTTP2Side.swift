internal import HTTP2
internal import Measurements
internal import Memory

/// HTTP/2 on a connection: each request is a stream.
///
/// `@safe`: a record stays put while its stream is open.
@safe
final class HTTP2Side: ProtocolSide {
    let version = ConnectionSample.Version.http2
    private let wire: Wire
    private let caches: Caches
    private let session: Session
    private let answers: HTTP2Answers
    private var hasReceived = false
    private(set) var looksLikeTLS = false

    /// Bytes that are collected for one write: enough for a burst of requests.
    private static let flushByteCount = 16 * 1024

    /// - Returns: nil when there is no memory.
    init?(
        _ connection: ClientConnection, _ reader: AnswerReader, _ wire: Wire, _ sessions: SessionFactory, _ settings: SessionSettings
    ) {
        let answers = HTTP2Answers(connection, reader)
        guard let session = Session(role: .client, factory: sessions, settings: settings, handler: answers) else { return nil }
        self.wire = wire
        self.session = session
        self.answers = answers
        caches = reader.caches
    }

    var requestLimit: Int { session.peerStreamLimit }

    var takesRequests: Bool { session.takesRequests }

    var dialogue: Dialogue {
        guard session.isFinished else { return .open }
        // Without a GOAWAY of the peer's it was nghttp2 that has told the peer what it did wrong.
        return answers.lastStreamID == nil ? .broken(fault(.unnamed)) : .over
    }

    /// - Parameter error: the session's; that of a frame says more.
    private func fault(_ error: SessionError) -> PeerError { PeerError(reason: answers.fault ?? .frame(error)) }

    var goawayCode: HTTP2ErrorCode? { answers.goawayCode }

    var receivedHeaderByteCount: UInt64 { session.receivedHeaderByteCount }

    func submit(_ record: UnsafeMutablePointer<RequestRecord>, _ template: RequestTemplate) -> Bool {
        // Without a stream: out of memory, or of stream identifiers.
        guard let streamID = unsafe session.submitRequest(
            fields: template.fields, hasBody: !record.pointee.body.isEmpty, token: UnsafeMutableRawPointer(record))
        else { return false }
        unsafe record.pointee.streamID = streamID
        return true
    }

    /// Sends through a buffer of the cache. The buffer does not outlive its scope: bytes that the socket
    /// does not take move into an arena.
    func flush() throws(PeerError) {
        let error: SessionError? = unsafe caches.withBuffer(byteCount: HTTP2Side.flushByteCount) { buffer in
            var count = 0
            var isBlocked = false
            do {
                while !isBlocked, let bytes = try unsafe session.nextOutput() {
                    var rest = unsafe bytes
                    while unsafe !rest.isEmpty {
                        let part = min(rest.count, buffer.count - count)
                        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + part])
                            .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<part]))
                        count += part
                        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[part...])
                        if count == buffer.count {
                            isBlocked = unsafe !wire.send(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                            count = 0
                        }
                    }
                }
                _ = unsafe wire.send(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                return nil
            } catch {
                return error as? SessionError ?? .unnamed
            }
        }
        if let error { throw PeerError(reason: .frame(error)) }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws(PeerError) {
        answers.beginReading()
        if !hasReceived {
            hasReceived = true
            // A record of the type alert, of a version that begins with 3 (RFC 8446, 5.1).
            looksLikeTLS = unsafe bytes.count >= 2 && bytes[0] == 21 && bytes[1] == 3
        }
        do { try unsafe session.receive(bytes) } catch { throw fault(error) }
    }

    /// A stream that the connection's end finds open has no whole answer.
    func receiveEnd() {}

    func cancel(_ record: UnsafeMutablePointer<RequestRecord>) { unsafe session.reset(record.pointee.streamID, .cancel) }

    func sayGoodbye() {
        session.terminate(.noError)
        // The connection is closed next, whatever comes of this.
        if !wire.isBlocked { try? flush() }
    }
}
