package import HTTP2
package import Load
package import Loop
internal import Measurements
package import TLS

/// The clients of one loop: their server, their requests, and their limits of time.
package struct ClientConfiguration: Sendable, RequestSource {
    /// The server's addresses, in the order in which they are tried; not empty.
    package var addresses: [SocketAddress]
    /// The :authority of every request: "127.0.0.1:9000".
    package var authority: String
    /// The requests. Bodies from files have been read already.
    package var kinds = [RequestKind()]
    /// The part of the run that this loop has. What is numbered, requests first of all, has numbers of this part.
    package var share = RunShare.whole
    /// The part of the load that goes to this server, where there are several: of it are connections and requests.
    package var origin = OriginPart.whole
    /// Clients of this loop, each with one connection, and the most streams that each opens.
    package var connections = 1
    package var streams = 1
    /// Requests of this loop; nil for no end.
    package var requests: Int?
    /// Requests per second of all parts of the run together, at the origin's pace; nil for a closed load. Phases have their own.
    package var rate: Double?
    /// An open load's last request is due before this has passed; nil for no end. Phases have ends of their own.
    package var durationNanoseconds: UInt64?
    /// The phases of all parts, one after the other from `startNanoseconds` (nil: when the clients
    /// start). Empty: one load without end.
    package var phases: [Phase] = []
    package var startNanoseconds: UInt64?
    /// For random arrivals and random values in requests: the same for all parts of the run, of which each has other ones
    /// of the arrivals, and requests with other numbers.
    package var seed: UInt64 = 0
    /// As the plan has them.
    package var options = ClientOptions()
    package var http2 = SessionSettings()
    package var caches = CacheOwnership.client
    /// Where the caches of another scope come from: the same for all loops.
    package var cacheOwners = CacheOwners()
    package var renewal = ConnectionRenewal.never
    /// nil: no request is sent again.
    package var retries: RetryPolicy.Settings?
    /// nil: requests are sent even when all before them failed.
    package var circuitBreaker: CircuitBreaker.Settings?
    package var manners = ClientManners()
    /// A sample has a row for each client's connection.
    package var listsConnections = false
    /// For each of `kinds` the predicted answer, or nil where it cannot be predicted. nil: answers are not checked.
    package var checkedTargets: [CheckedTarget?]?
    /// Added to the numbers of requests and to the seeds of bodies, which are the numbers less one.
    package var firstNumber: UInt64 = 0

    /// `addresses` are the proxy's; nil: they are the server's.
    package var proxy: ClientProxy?

    /// TLS on every connection; nil: in the clear.
    package var tls: TLSOptions?
    package var httpVersion = HTTPVersion.negotiated

    /// TLS, and the name of the peer.
    package struct TLSOptions: Sendable {
        /// The same for all loops.
        package var configuration: ClientTLSConfiguration
        /// The name or address that the certificate must be good for, and that SNI asks for.
        package var serverName: String

        package init(configuration: ClientTLSConfiguration, serverName: String) {
            self.configuration = configuration
            self.serverName = serverName
        }
    }

    /// Which HTTP the clients speak.
    package enum HTTPVersion: Sendable {
        /// Over TLS the server chooses (ALPN); in the clear HTTP/2 with prior knowledge.
        case negotiated
        /// HTTP/1.1: as many requests as there are streams are sent ahead (pipelining).
        case http1
        case http2

        /// The protocols that are offered over TLS, the best first.
        package var protocols: [ApplicationProtocol] {
            switch self {
            case .negotiated: [.http2, .http1]
            case .http1: [.http1]
            case .http2: [.http2]
            }
        }
    }

    /// The part of the run's schedule, of its requests' numbers and of its clients' that these clients have.
    var requestShare: RunShare { share.part(origin.index, of: origin.weights.count) }

    /// Flow-control window that a server has for a stream, and for the connection, bytes.
    package var windowByteCount: Int {
        get { Int(http2.initialWindowByteCount) }
        set {
            http2.initialWindowByteCount = UInt32(clamping: min(newValue, Int(Int32.max)))
            http2.connectionWindowByteCount = http2.initialWindowByteCount
        }
    }

    package init(addresses: [SocketAddress], authority: String) {
        precondition(!addresses.isEmpty, "clients need an address")
        self.addresses = addresses
        self.authority = authority
    }

    package init(address: SocketAddress, authority: String) { self.init(addresses: [address], authority: authority) }
}
