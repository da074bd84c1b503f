internal import Measurements

/// One protocol's part of a connection: makes exchanges of what the peer sends, and sends what they answer.
///
/// Chosen once, when the first bytes or ALPN tell which; from then on the connection does not ask which it is.
/// A side holds its connection, which lets go of the side when the socket is closed.
protocol ProtocolSide: AnyObject {
    /// In the clear: the connection knows about TLS.
    var version: ConnectionSample.Version { get }
    /// Whether the side has room for what the peer sends; otherwise it stays with the kernel.
    var takesInput: Bool { get }
    /// Whether any byte of the peer gives open requests more time; otherwise they have theirs in all.
    var isPatientWhileBytesMove: Bool { get }

    /// ALPN has chosen the side: sends what it need not wait for the peer to send.
    func greet()
    /// Takes what the peer sent. The bytes are gone when this returns.
    func receive(_ bytes: UnsafeRawBufferPointer)
    /// The peer will send no more.
    /// - Parameter isSocketOpen: TLS says so (close_notify), and the socket is still whole.
    func inputDidEnd(isSocketOpen: Bool)
    /// Enough of what waited for the socket is out: goes on with what had to wait for that.
    func outputDidDrain()
    /// The peer has been silent for too long, and nothing waits for the socket: ends the connection.
    func patienceDidEnd()
    /// The server is going: no request after those begun.
    func drain()
    /// Copies the header fields of a request into its exchange, if they are not there already.
    func loadFields(of exchange: UnsafeMutablePointer<Exchange>)
    /// The connection serves no more; its exchanges end next.
    func connectionDidEnd()
    /// The socket is closed, and nothing of the side is on the stack.
    func socketDidClose()
}
