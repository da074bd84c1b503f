internal import Memory

/// Whether a request that failed is sent again, and when.
///
/// A request is sent again only if it is idempotent (RFC 9110, 9.2.2), or if the peer says that it has
/// not processed it. The pauses double, each drawn between half of it and all of it, so that clients
/// that failed together do not come back together. A budget keeps retries a share of the requests:
/// when everything fails, retries would only be more load.
package struct RetryPolicy {
    /// The limits of retries.
    package struct Settings: Sendable, Equatable {
        /// Attempts after the first.
        package var limit: Int
        /// Retries for each request, on average: 0.2 is one retry for five requests.
        package var budget: Double

        package init(limit: Int, budget: Double = 0.2) {
            self.limit = limit
            self.budget = budget
        }
    }

    /// Pause before the second attempt, and the longest.
    package static let firstPauseNanoseconds: UInt64 = 100_000_000
    package static let longestPauseNanoseconds: UInt64 = 5_000_000_000

    /// Retries that the budget has at the start, and at most beside its share: enough for a client
    /// with few requests, too few to make a retry storm.
    package static let reserve = 10.0

    private let settings: Settings
    private var balance = RetryPolicy.reserve
    private var random: SplitMix64

    /// - Parameter seed: for the pauses: the same seed gives the same pauses.
    package init(_ settings: Settings, seed: UInt64) {
        self.settings = settings
        random = SplitMix64(seed: seed)
    }

    /// A request was sent for the first time.
    package mutating func requestDidStart() {
        balance = min(balance + settings.budget, RetryPolicy.reserve + settings.budget * 1_000)
    }

    /// - Parameters:
    ///   - retries: how often this request was sent again already.
    ///   - isRepeatable: sending it twice does no harm.
    /// - Returns: nanoseconds until the request is sent again; nil when it has failed for good.
    package mutating func pause(afterRetries retries: Int, isRepeatable: Bool) -> UInt64? {
        guard isRepeatable, retries < settings.limit, balance >= 1 else { return nil }
        balance -= 1
        let pause = min(
            RetryPolicy.firstPauseNanoseconds << UInt64(min(retries, 16)), RetryPolicy.longestPauseNanoseconds)
        return pause / 2 + random.next() % (pause / 2 + 1)
    }

    /// Whether a method may be sent twice (RFC 9110, 9.2.2).
    package static func isIdempotent(_ method: String) -> Bool {
        switch method {
        case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE": true
        default: false
        }
    }

    /// Whether a status means "not now": bad gateway, unavailable, gateway timeout.
    package static func isTemporary(status: Int) -> Bool { (502...504).contains(status) }
}
