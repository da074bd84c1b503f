internal import Loop
internal import Measurements
internal import Memory

/// One protocol's part of a connection: makes exchanges of what the peer sends, and sends what they answer.
///
/// Chosen once, when the first bytes or ALPN tell which; from then on the connection does not ask which it is.
/// Abstract: a subclass overrides the functions that trap here. A class and not a protocol, since the connection can call an
/// object of a class without counting a reference, at each read.
class ProtocolSide: TimerTarget {
    // Retained, since a constant costs no reference counting; the connection lets go of us when its socket is closed.
    final let connection: Connection
    final let server: HTTPServer
    final let memory: AnswerMemory
    final let exchanges: ExchangeList
    final let batch: WriteBatch

    init(_ connection: Connection) {
        self.connection = connection
        server = connection.server
        memory = connection.memory
        exchanges = connection.exchanges
        batch = connection.stream.loop.batch
    }

    /// In the clear: the connection knows about TLS.
    var version: ConnectionSample.Version { preconditionFailure("abstract") }

    /// Whether the side has room for more input; otherwise the kernel keeps it.
    var takesInput: Bool { true }

    /// Whether any byte of the peer gives the open requests more time; otherwise they have theirs in all.
    var isPatientWhileBytesMove: Bool { false }

    /// ALPN has chosen the side: sends the bytes that need not wait for the peer's first.
    func greet() {}

    /// Takes what the peer sent. The bytes are gone when this returns.
    func receive(_ bytes: UnsafeRawBufferPointer) { preconditionFailure("abstract") }

    /// The peer will send no more.
    /// - Parameter isSocketOpen: TLS says so (close_notify), and the socket is still whole.
    func inputDidEnd(isSocketOpen: Bool) { preconditionFailure("abstract") }

    /// Enough of the queued bytes are out: goes on with the work that had to wait for that.
    func outputDidDrain() { preconditionFailure("abstract") }

    /// The timer of an exchange, which is its token: the answer is due, or the next part of it.
    func timerDidFire(_ timer: Timer) { preconditionFailure("abstract") }

    /// The peer has been silent for a while, though not for too long: a side without requests gives memory back.
    /// - Returns: the nanoseconds until the next look at it; 0: the peer's time is over.
    func rest() -> UInt64 { 0 }

    /// The peer has been silent for too long, and nothing waits for the socket: ends the connection.
    func patienceDidEnd() { preconditionFailure("abstract") }

    /// The server is going: no request after those begun.
    func drain() { preconditionFailure("abstract") }

    /// Copies the header fields of a request into its exchange, if they are not there already.
    func loadFields(of exchange: UnsafeMutablePointer<Exchange>) {}

    /// The connection serves no more; its exchanges end next.
    func connectionDidEnd() { preconditionFailure("abstract") }

    /// The socket is closed, and nothing of the side is on the stack.
    func socketDidClose() {}
}
