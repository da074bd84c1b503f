/// When a client leaves a connection that is still good: it finishes what is in flight and
/// connects again, so that handshakes, and what is kept for them, come into the picture.
package enum ConnectionRenewal: Sendable, Equatable {
    case never
    /// After so many requests; 1 is a connection for each request.
    case requests(Int)
    /// After so long, looked at when there is something to ask.
    case nanoseconds(UInt64)

    var requestLimit: Int {
        switch self {
        case .requests(let limit): max(1, limit)
        case .never, .nanoseconds: .max
        }
    }

    func endNanoseconds(fromNanoseconds start: UInt64) -> UInt64 {
        switch self {
        case .nanoseconds(let age): start.addingReportingOverflow(age).partialValue
        case .never, .requests: .max
        }
    }
}
