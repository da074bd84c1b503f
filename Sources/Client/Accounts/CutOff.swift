/// Whether a loop's clients are cut off from a server that they had reached: all connections are lost, and an
/// attempt to connect again has failed.
///
/// A plain machine that reads no clock. The time begins with the loss of the last connection, not with the
/// attempt that shows what the loss means.
package struct CutOff {
    private enum State {
        /// There is a connection, or there never was one.
        case reached
        /// The last connection was lost; the next attempt decides.
        case lost(atNanoseconds: UInt64)
        case cutOff(sinceNanoseconds: UInt64)
    }
    private var state = State.reached
    /// Connections lost since one was last made.
    private var lostCount = 0
    /// Of cut-offs that are over.
    private var pastNanoseconds: UInt64 = 0

    package init() {}

    /// Established, and soon in use.
    package mutating func connectionDidOpen(atNanoseconds now: UInt64) {
        if case .cutOff(let since) = state { pastNanoseconds += now - since }
        state = .reached
        lostCount = 0
    }

    /// An established connection has ended. One that we left ourselves may be the last before the server goes.
    /// - Parameter isLast: there is no other.
    package mutating func connectionDidEnd(_ ending: ConnectionLife.Ending, isLast: Bool, atNanoseconds now: UInt64) {
        if ending == .lost { lostCount += 1 }
        switch state {
        case .reached: if isLast { state = .lost(atNanoseconds: now) }
        case .lost, .cutOff: break
        }
    }

    /// No connection could be made.
    package mutating func attemptDidFail() {
        switch state {
        case .lost(let time): state = .cutOff(sinceNanoseconds: time)
        case .reached, .cutOff: break
        }
    }

    /// Connections that were lost before it; nil: the clients are not cut off.
    package var lostConnectionCount: Int? { if case .cutOff = state { lostCount } else { nil } }

    /// Time cut off so far.
    package func nanoseconds(atNanoseconds now: UInt64) -> UInt64 {
        if case .cutOff(let since) = state { pastNanoseconds + (now - since) } else { pastNanoseconds }
    }
}
