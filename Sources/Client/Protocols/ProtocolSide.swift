internal import HTTP2
internal import Measurements

/// The protocol of a connection, HTTP/1.1 or HTTP/2: requests out, answers in.
///
/// Chosen once; nothing else in the client asks which it is. A side belongs to its connection,
/// whose requests it is handed as records. It has the connection's `AnswerReader` fill them, and tells
/// the connection when one is over.
protocol ProtocolSide: AnyObject {
    /// For rows of samples: in the clear, whatever the wire is.
    var version: ConnectionSample.Version { get }
    /// Requests that may be out at once, as far as the protocol and the peer decide.
    var requestLimit: Int { get }
    /// false when no request may follow on this connection: after GOAWAY, `connection: close`, an error, or 2^30 streams.
    var takesRequests: Bool { get }
    /// Where the two sides stand, as far as the protocol itself knows an end.
    var dialogue: Dialogue { get }
    /// The first bytes of the peer were an alert of TLS.
    var looksLikeTLS: Bool { get }
    /// What the peer's GOAWAY said; nil: it has said none.
    var goawayCode: HTTP2ErrorCode? { get }
    /// Bytes of the heads of answers, as the peer sent them.
    var receivedHeaderByteCount: UInt64 { get }

    /// Takes a request, which goes out with the next flush. - Returns: false when the connection takes no more after all.
    func submit(_ record: UnsafeMutablePointer<RequestRecord>, _ template: RequestTemplate) -> Bool
    /// Sends all there is to send, until the socket takes no more.
    func flush() throws(PeerError)
    /// Takes bytes of the peer.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(PeerError)
    /// The peer has ended its side as it should, which is how some answers end.
    func receiveEnd()
    /// Stops an answer. An answer that cannot be stopped alone is still in flight after the next flush.
    func cancel(_ record: UnsafeMutablePointer<RequestRecord>)
    /// Tells the peer that the connection ends, where the protocol has a word for it.
    func sayGoodbye()
}

/// Where the two sides of a connection stand.
enum Dialogue {
    case open
    /// The peer has said its last answer, and takes no more requests: it has not looked at those in flight.
    case over
    /// We have told the peer what it did wrong.
    case broken(PeerError)
}

/// The peer broke the protocol.
struct PeerError: Error {
    var reason: FailureReason
    /// Where it did, and the bytes that stand there, as far as they are known: "answer 2 of its connection, ...".
    var evidence = ""
}
