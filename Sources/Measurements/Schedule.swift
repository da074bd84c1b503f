/// When each request of an open load is meant to be sent.
///
/// Requests are numbered from 0, and the time of each follows from arithmetic alone: a
/// timer that fires late makes a request late, never the schedule. Progress is counted
/// in whole billionths of a billionth of a request, so hours at any rate add up
/// exactly, and a change of rate, also within the wait for one request, loses and
/// doubles nothing.
///
/// A plain value: each loop may keep its own.
package struct Schedule: Sendable, Equatable {
    /// Rates are rounded to a billionth of a request per second; the highest is one a nanosecond.
    package static let rateLimit = 1e9

    /// Changes of rate that are remembered, for requests that were due before the change
    /// and are not sent yet. With older ones forgotten, such a request counts as due at the
    /// oldest change remembered. A person at a key makes fewer in a backlog's life.
    package static let segmentLimit = 256

    /// A stretch of constant rate.
    private struct Segment: Equatable {
        var startNanoseconds: UInt64
        /// Units of progress at the start; request i is due at i * `unitsPerRequest`.
        var startUnits: UInt128
        /// Billionths of a request per second, which is units per nanosecond.
        var unitsPerNanosecond: UInt64
    }

    private static let unitsPerRequest: UInt128 = 1_000_000_000_000_000_000

    /// In order of time; never empty.
    private var segments: [Segment]

    /// - Parameters:
    ///   - rate: requests per second, 0 (nothing is due) to `rateLimit`.
    ///   - startNanoseconds: when the first request is due, on the caller's clock.
    ///   - phase: 0 to 1, the part of a period by which everything is later. Loop k of n that
    ///     share a rate take phase k / n, so that their requests interleave evenly.
    package init(rate: Double, startNanoseconds: UInt64 = 0, phase: Double = 0) {
        precondition(phase >= 0 && phase < 1, "a phase is a part of a period")
        segments = [
            Segment(
                startNanoseconds: startNanoseconds,
                // Everything is shifted up by one request, so that a phase needs no negative progress.
                startUnits: Schedule.unitsPerRequest - UInt128(phase * 1e18),
                unitsPerNanosecond: Schedule.units(rate))
        ]
    }

    /// Requests per second, now.
    package var rate: Double { Double(segments[segments.count - 1].unitsPerNanosecond) / 1e9 }

    /// Requests meant to be sent at or before this time; the next one's number, that is.
    ///
    /// - Parameter nanoseconds: not before the last change of rate.
    package func dueCount(atNanoseconds nanoseconds: UInt64) -> UInt64 {
        UInt64(progress(atNanoseconds: nanoseconds) / Schedule.unitsPerRequest)
    }

    /// When this request is meant to be sent: the first nanosecond at which `dueCount` counts it.
    /// nil when the rate is 0 and it never will be.
    package func intendedNanoseconds(ofRequest request: UInt64) -> UInt64? {
        let units = (UInt128(request) + 1) * Schedule.unitsPerRequest
        // Nearly always the last one.
        let segment = segments.last { $0.startUnits < units } ?? segments[0]
        guard units > segment.startUnits else { return segment.startNanoseconds }
        guard segment.unitsPerNanosecond > 0 else { return nil }
        let speed = UInt128(segment.unitsPerNanosecond)
        let wait = (units - segment.startUnits + speed - 1) / speed
        return segment.startNanoseconds + UInt64(clamping: wait)
    }

    /// From now on at another rate. The part of the wait for the next request that has
    /// passed stays passed.
    ///
    /// - Parameters:
    ///   - rate: requests per second, 0 (pause) to `rateLimit`.
    ///   - nanoseconds: not before the last change of rate.
    package mutating func setRate(_ rate: Double, atNanoseconds nanoseconds: UInt64) {
        let segment = Segment(
            startNanoseconds: nanoseconds,
            startUnits: progress(atNanoseconds: nanoseconds),
            unitsPerNanosecond: Schedule.units(rate))
        if segments.count == Schedule.segmentLimit { segments.removeFirst() }
        segments.append(segment)
    }

    private func progress(atNanoseconds nanoseconds: UInt64) -> UInt128 {
        let segment = segments[segments.count - 1]
        precondition(nanoseconds >= segment.startNanoseconds, "the schedule is asked about its past")
        return segment.startUnits
            + UInt128(nanoseconds - segment.startNanoseconds) * UInt128(segment.unitsPerNanosecond)
    }

    private static func units(_ rate: Double) -> UInt64 {
        precondition(rate >= 0 && rate <= rateLimit, "a rate is 0 to one request a nanosecond")
        return UInt64((rate * 1e9).rounded())
    }
}
