internal import Measurements

/// Notices a gap in the answers of one loop: nothing of an answer comes for much longer than usual, though requests are in
/// flight.
///
/// A plain value that reads no clock. A server that stands still for a moment shows as a gap, and one whose answers
/// usually take so long does not. It costs a request a few additions.
package struct AnswerGaps {
    /// When something of an answer came last, or a request went out with no other in flight.
    private var lastNanoseconds: UInt64 = 0
    /// The longest silence since the last answer was over, and when it ended.
    private var silence = Gap(nanoseconds: 0, endNanoseconds: 0)
    /// The longest silence of an answer, on an average of late; 0: none has come.
    private var usualNanoseconds: UInt64 = 0

    /// A gap is so many times as long as the usual silence.
    private static let usualMultiple: UInt64 = 8
    /// How fast the usual silence follows: one in so many parts comes from the newest answer.
    private static let inertia: UInt64 = 64

    /// A time in which nothing came.
    package struct Gap: Sendable, Equatable {
        package var nanoseconds: UInt64
        package var endNanoseconds: UInt64

        package init(nanoseconds: UInt64, endNanoseconds: UInt64) {
            self.nanoseconds = nanoseconds
            self.endNanoseconds = endNanoseconds
        }
    }

    package init() {}

    /// A request goes out, and no other is in flight.
    package mutating func waitDidBegin(atNanoseconds now: UInt64) { lastNanoseconds = now }

    /// A part of an answer has come.
    package mutating func bytesDidCome(atNanoseconds now: UInt64) {
        let waited = now - min(lastNanoseconds, now)
        if waited > silence.nanoseconds { silence = Gap(nanoseconds: waited, endNanoseconds: now) }
        lastNanoseconds = now
    }

    /// The run ends while requests are in flight. - Returns: the silence until then, where that is a gap; nil: it is none, or no
    /// answer has ever come.
    package func runDidEnd(atNanoseconds now: UInt64) -> Gap? {
        guard usualNanoseconds > 0 else { return nil }
        var last = self
        return last.answerDidCome(atNanoseconds: now)
    }

    /// An answer has come to its end. - Returns: the silence before it or within it, where that is a gap; nil: it is none.
    package mutating func answerDidCome(atNanoseconds now: UInt64) -> Gap? {
        bytesDidCome(atNanoseconds: now)
        let longest = silence, waited = longest.nanoseconds
        silence.nanoseconds = 0
        guard usualNanoseconds > 0 else {
            usualNanoseconds = max(1, waited)
            return nil
        }
        let isGap = waited >= AnswerGap.leastNanoseconds && waited >= AnswerGaps.usualMultiple * usualNanoseconds
        usualNanoseconds = max(1, usualNanoseconds - usualNanoseconds / AnswerGaps.inertia + waited / AnswerGaps.inertia)
        return isGap ? longest : nil
    }
}
