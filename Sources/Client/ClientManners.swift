/// How slowly clients read: that is legal, is met in the wild, and tests a server.
package struct ClientManners: Sendable, Equatable {
    /// Pause after each read of a socket, during which nothing is read from it. nil: reads at once.
    package var readPauseNanoseconds: UInt64?
    /// SO_RCVBUF of the sockets, bytes; nil: the system's. Set before connecting, so that no larger
    /// window is ever announced.
    package var receiveBufferByteCount: Int?

    package init() {}

    /// Reads slowly: a small buffer ten times a second, about 40 KiB/s.
    package static let slowReader = slowReader(of: 0, withinNanoseconds: nil)

    /// The same, as slowly as lets it read so many bytes in that time.
    /// - Parameter nanoseconds: nil: there is no end.
    package static func slowReader(of byteCount: Int, withinNanoseconds nanoseconds: UInt64?) -> ClientManners {
        var manners = ClientManners()
        manners.receiveBufferByteCount = readByteCount
        let reads = UInt64(max(1, byteCount / readByteCount))
        manners.readPauseNanoseconds = nanoseconds.map { max(shortestPause, min(longestPause, $0 / reads)) } ?? longestPause
        return manners
    }

    private static let readByteCount = 4096
    private static let longestPause: UInt64 = 100_000_000
    /// What libuv's timers tell apart.
    private static let shortestPause: UInt64 = 1_000_000
}
