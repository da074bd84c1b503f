package import HTTP2

/// The control frames that an HTTP/2 peer may send: a bucket that refills with time.
///
/// They cost the peer next to nothing. A flood of them (CVE-2019-9512 and its like, CVE-2023-44487) has to
/// end the connection. A plain machine: frames and the time go in.
package struct ControlFrameBudget {
    /// Frames at once, and then each second: nghttp2's own newer numbers (1000 and 33) would cut off
    /// honest clients that cancel much, so ten times the rate.
    package static let burstLimit = 1_000.0
    package static let framesPerSecond = 330.0

    private enum State {
        /// So many frames are left.
        case open(frames: Double, atNanoseconds: UInt64)
        /// The budget was exceeded, which is told once.
        case exceeded
    }
    private var state: State
    /// WINDOW_UPDATEs let through because we had sent that many KiB.
    private var windowUpdateCount: UInt64 = 0

    /// A full bucket.
    package init(nowNanoseconds: UInt64) {
        state = .open(frames: ControlFrameBudget.burstLimit, atNanoseconds: nowNanoseconds)
    }

    /// Takes a frame of the peer.
    /// - Parameter sentByteCount: bytes that the connection has sent so far.
    /// - Returns: whether this frame is the first beyond the budget.
    package mutating func spend(_ kind: ControlFrame, sentByteCount: UInt64, nowNanoseconds now: UInt64) -> Bool {
        // WINDOW_UPDATEs come in honest numbers: one for each DATA frame we sent, or so.
        if kind == .windowUpdate && sentByteCount / 1024 > windowUpdateCount {
            windowUpdateCount += 1
            return false
        }
        guard case .open(let frames, let last) = state else { return false }
        let refilled = frames + Double(now - last) / 1e9 * ControlFrameBudget.framesPerSecond
        let left = min(ControlFrameBudget.burstLimit, refilled) - 1
        state = left < 0 ? .exceeded : .open(frames: left, atNanoseconds: now)
        return left < 0
    }
}
