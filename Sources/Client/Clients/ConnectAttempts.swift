/// One client's attempts to connect: how long to wait before the next one, and when there is none.
///
/// A plain value; reads no clock.
package struct ConnectAttempts {
    /// Connections in a row that could not be made, or answered none of the requests they took.
    private var failedCount = 0
    /// nil before the first attempt.
    private var firstNanoseconds: UInt64?
    /// Another attempt could only fail the same way.
    private var isHopeless = false

    /// Attempts without success in a row after which a client of a load that ends with its requests gives up. With
    /// the pauses between them these take ten seconds: a server that restarts is back by then.
    private static let limit = 10

    /// The same as long as no client of the loop has ever been connected: with the pauses less than a
    /// second, so that a wrong port is noticed at once and a server that starts is waited for.
    private static let firstLimit = 5
    /// The time after which no further attempt is made then, for addresses that do not answer.
    private static let firstLimitNanoseconds: UInt64 = 1_000_000_000

    /// Pause before the second attempt; doubles up to the longest.
    private static let firstPauseNanoseconds: UInt64 = 50_000_000
    private static let longestPauseNanoseconds: UInt64 = 2_000_000_000

    package init() {}

    /// An attempt begins.
    package mutating func attemptWillBegin(atNanoseconds now: UInt64) {
        if firstNanoseconds == nil { firstNanoseconds = now }
    }

    /// No connection could be made.
    /// - Parameter isHopeless: another attempt could only fail the same way.
    package mutating func attemptDidFail(isHopeless: Bool) {
        failedCount += 1
        self.isHopeless = isHopeless
    }

    /// An established connection has ended. A connection that was not used is no failure.
    package mutating func connectionDidEnd(_ use: ConnectionLife.Use) {
        switch use {
        case .unused: break
        case .asked: failedCount += 1
        case .answered: failedCount = 0
        }
    }

    /// Whether there is no next attempt. A server that was there may come back; one that no client has
    /// ever reached is not worth the wait.
    /// - Parameter triesToTheEnd: the load has an end of its own, and until then a server that was there is asked again.
    package func areOver(hasEverConnected: Bool, triesToTheEnd: Bool, atNanoseconds now: UInt64) -> Bool {
        if isHopeless { return true }
        if hasEverConnected && triesToTheEnd { return false }
        if failedCount >= ConnectAttempts.limit { return true }
        guard !hasEverConnected, failedCount > 0, let firstNanoseconds else { return false }
        return failedCount >= ConnectAttempts.firstLimit || now - firstNanoseconds >= ConnectAttempts.firstLimitNanoseconds
    }

    /// How long to wait before the next attempt.
    package var pauseNanoseconds: UInt64 {
        min(
            ConnectAttempts.firstPauseNanoseconds << UInt64(min(max(failedCount - 1, 0), 16)),
            ConnectAttempts.longestPauseNanoseconds)
    }
}
