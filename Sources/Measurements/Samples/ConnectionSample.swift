/// One connection at one tick: of the server, or of the clients where nothing is known of their server's.
package struct ConnectionSample: Sendable, Equatable {
    /// Counts connections of its loop from 1; with the loop's number, unique in a run. Of a client: the client's number.
    package var id: UInt64 = 0
    package var loop = 0
    /// The peer as "address:port".
    package var peer = ""
    package var state = State.idle
    package var version = Version.unknown
    /// Streams open now; with HTTP/1.1, requests begun and not answered.
    package var streams = 0
    /// Since the connection opened; bytes as the side counts them that the row is of.
    package var requests: UInt64 = 0
    package var receivedBytes: UInt64 = 0
    package var sentBytes: UInt64 = 0
    /// Bytes that libuv has not finished writing, and the age of the oldest. Of another server: see `ServerSample.writes`.
    package var pendingBytes = 0
    package var oldestAgeNanoseconds: UInt64 = 0
    /// Of a client: how long its oldest request has waited for the end of its answer; 0: none is out.
    package var oldestRequestNanoseconds: UInt64 = 0
    /// Bytes in the arenas of the open exchanges: handed out, held, and the most handed out so far.
    package var arenaUsedBytes = 0
    package var arenaReservedBytes = 0
    package var arenaHighWaterBytes = 0
    /// Bytes that the exchange which ended last had used; 0: none has ended.
    package var lastExchangeBytes = 0
    /// Since the connection opened.
    package var ageNanoseconds: UInt64 = 0
    /// The kernel's view; nil for a server of ours, and for a client.
    package var kernel: KernelView?

    /// A connection as the kernel sees it.
    package struct KernelView: Sendable, Equatable {
        /// Bytes that the server has written and the peer has not acknowledged; those among them that were never sent.
        package var queuedBytes = 0
        package var unsentBytes = 0
        package var roundTripNanoseconds: UInt64 = 0
        /// The part of the time with bytes to send in which the peer's window held them, 0 to 1.
        package var windowLimitedShare = 0.0

        package init() {}
    }

    /// Shown as a letter and a colour, never by colour alone.
    package enum State: String, Sendable, CaseIterable {
        /// A request is in work, or bytes are coming in.
        case running = "R"
        /// Nothing open.
        case idle = "I"
        /// Writes are waiting for the peer to read.
        case waiting = "W"
        /// Closing or draining.
        case closing = "C"
    }

    /// The protocol of a connection, known from its first bytes.
    package enum Version: String, Sendable {
        /// No byte has come yet.
        case unknown = "-"
        case http1 = "h1"
        case http2 = "h2"
        /// The same over TLS; the first from the beginning of its handshake.
        case tls = "t-"
        case tlsHTTP1 = "t1"
        case tlsHTTP2 = "t2"

        package var isHTTP1: Bool { self == .http1 || self == .tlsHTTP1 }

        /// The same protocol over TLS.
        package var overTLS: Version {
            switch self {
            case .unknown, .tls: .tls
            case .http1, .tlsHTTP1: .tlsHTTP1
            case .http2, .tlsHTTP2: .tlsHTTP2
            }
        }
    }

    package init() {}

    package init(
        id: UInt64, loop: Int, peer: String, state: State, version: Version, streams: Int, requests: UInt64,
        receivedBytes: UInt64, sentBytes: UInt64, pendingBytes: Int, oldestAgeNanoseconds: UInt64,
        arenaUsedBytes: Int, arenaReservedBytes: Int, arenaHighWaterBytes: Int, ageNanoseconds: UInt64
    ) {
        self.id = id
        self.loop = loop
        self.peer = peer
        self.state = state
        self.version = version
        self.streams = streams
        self.requests = requests
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
        self.pendingBytes = pendingBytes
        self.oldestAgeNanoseconds = oldestAgeNanoseconds
        self.arenaUsedBytes = arenaUsedBytes
        self.arenaReservedBytes = arenaReservedBytes
        self.arenaHighWaterBytes = arenaHighWaterBytes
        self.ageNanoseconds = ageNanoseconds
    }
}
