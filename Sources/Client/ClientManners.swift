/// How clients misbehave: each way is legal, is met in the wild, and tests a server.
package struct ClientManners: Sendable, Equatable {
    /// Pause after each read of a socket, during which nothing is read from it. nil: reads at once.
    package var readPauseNanoseconds: UInt64?
    /// SO_RCVBUF of the sockets, bytes; nil: the system's. Set before connecting, so that no larger
    /// window is ever announced.
    package var receiveBufferByteCount: Int?
    /// Share of the requests, 0 to 1, whose connection is closed when the first part of the answer's body has come.
    package var earlyCloseShare = 0.0
    /// HTTP/1.1: FIN goes out behind the requests of a connection, and the answers are awaited.
    package var halfCloses = false

    package init() {}

    /// Reads slowly: a small buffer ten times a second, about 40 KiB/s.
    package static var slowReader: ClientManners {
        var manners = ClientManners()
        manners.readPauseNanoseconds = 100_000_000
        manners.receiveBufferByteCount = 4096
        return manners
    }
}
