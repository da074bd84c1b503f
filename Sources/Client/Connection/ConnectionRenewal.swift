/// When a client leaves a connection that is still good: it finishes the requests in flight and connects
/// again, so that handshakes, and the sessions that are kept for them, come into the picture.
package enum ConnectionRenewal: Sendable, Equatable {
    case never
    /// After so many requests; 1 is a connection for each request.
    case requests(Int)
    /// After so long; an idle connection is renewed with its next request.
    case nanoseconds(UInt64)

    /// How much one connection may still be used.
    struct Allowance {
        private(set) var requestCount: Int
        private let endNanoseconds: UInt64

        /// - Parameter start: when the connection was established.
        init(_ renewal: ConnectionRenewal, startNanoseconds start: UInt64) {
            switch renewal {
            case .never: (requestCount, endNanoseconds) = (.max, .max)
            case .requests(let limit): (requestCount, endNanoseconds) = (max(1, limit), .max)
            case .nanoseconds(let age): (requestCount, endNanoseconds) = (.max, start.addingReportingOverflow(age).partialValue)
            }
        }

        /// A request was handed to the connection.
        mutating func spend() { requestCount &-= 1 }

        func isSpent(atNanoseconds now: UInt64) -> Bool { requestCount <= 0 || now >= endNanoseconds }
    }
}
