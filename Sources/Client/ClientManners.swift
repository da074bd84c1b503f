/// How clients behave, besides asking and listening: what servers meet out there.
package struct ClientManners: Sendable, Equatable {
    /// Pause after each read of a socket, during which nothing is taken from it. nil: reads what comes.
    package var readPauseNanoseconds: UInt64?
    /// SO_RCVBUF of the sockets, bytes; nil: the system's. Set before connecting, so that no larger
    /// window is ever announced.
    package var receiveBufferByteCount: Int?
    /// Of the requests, 0 to 1, those whose connection is closed when the first part of the body has come.
    package var earlyCloseShare = 0.0
    /// HTTP/1.1: FIN goes out behind the requests of a connection, and the answers are awaited.
    package var halfCloses = false

    package init() {}

    /// Reads at a trickle: what a small buffer holds, ten times a second. Some 40 KB/s.
    package static var slowReader: ClientManners {
        var manners = ClientManners()
        manners.readPauseNanoseconds = 100_000_000
        manners.receiveBufferByteCount = 4096
        return manners
    }
}
