/// When each request of an open load is meant to be sent.
///
/// Requests are numbered from 0, and the time of each follows from arithmetic alone: a
/// timer that fires late makes a request late, never the schedule. Progress is counted
/// in whole billionths of a billionth of a request, so hours at any rate add up
/// exactly, ramps too, and a change of rate, also within the wait for one request, loses and
/// doubles nothing.
///
/// A plain value: each loop may keep a copy, of which it takes the requests that its `RunShare` has.
package struct Schedule: Sendable, Equatable {
    /// Rates are rounded to a billionth of a request per second; the highest is one a nanosecond.
    package static let rateLimit = 1e9

    /// Changes of rate that are remembered, for requests that were due before the change
    /// and are not sent yet. With older ones forgotten, such a request counts as due at the
    /// oldest change remembered. A person at a key makes fewer in a backlog's life.
    package static let segmentLimit = 256

    /// A time of steady rate, or of a rate that changes evenly.
    package struct Stretch: Sendable, Equatable {
        /// Requests per second, at the start and at the end.
        package var rate: Double
        package var endRate: Double
        package var nanoseconds: UInt64

        package init(rate: Double, endRate: Double, nanoseconds: UInt64) {
            self.rate = rate
            self.endRate = endRate
            self.nanoseconds = nanoseconds
        }
    }

    static let unitsPerRequest: UInt128 = 1_000_000_000_000_000_000

    /// In order of time; never empty.
    private var segments: [ScheduleSegment]

    /// - Parameters:
    ///   - rate: requests per second, 0 (nothing is due) to `rateLimit`.
    ///   - startNanoseconds: when the first request is due, on the caller's clock.
    package init(rate: Double, startNanoseconds: UInt64 = 0) {
        self.init(firstSegment: .init(
            startNanoseconds: startNanoseconds, startUnits: Schedule.unitsPerRequest, speed: Schedule.units(rate)))
    }

    /// The stretches one after the other, and then nothing.
    package init(_ stretches: [Stretch], startNanoseconds: UInt64 = 0) {
        var next = ScheduleSegment(startNanoseconds: startNanoseconds, startUnits: Schedule.unitsPerRequest, speed: 0)
        var segments: [ScheduleSegment] = []
        for stretch in stretches {
            next.speed = Schedule.units(stretch.rate)
            next.endSpeed = Schedule.units(stretch.endRate)
            next.rampNanoseconds = stretch.rate == stretch.endRate ? 0 : stretch.nanoseconds
            segments.append(next)
            next = ScheduleSegment(
                startNanoseconds: next.startNanoseconds + stretch.nanoseconds,
                startUnits: next.startUnits + next.progress(after: stretch.nanoseconds), speed: 0)
        }
        self.segments = segments + [next]
    }

    private init(firstSegment: ScheduleSegment) { segments = [firstSegment] }

    /// Requests per second of the last stretch.
    package var rate: Double { Double(segments[segments.count - 1].endSpeed) / 1e9 }

    /// Requests meant to be sent at or before this time; the next one's number, that is.
    ///
    /// - Parameter nanoseconds: not before the start.
    package func dueCount(atNanoseconds nanoseconds: UInt64) -> UInt64 {
        UInt64(progress(atNanoseconds: nanoseconds) / Schedule.unitsPerRequest)
    }

    /// When this request is meant to be sent: the first nanosecond at which `dueCount` counts it.
    /// nil when the rate is 0 and it never will be.
    package func intendedNanoseconds(ofRequest request: UInt64) -> UInt64? {
        nanoseconds(atUnits: (UInt128(request) + 1) * Schedule.unitsPerRequest)
    }

    /// The first nanosecond at which progress has come so far. nil when it never will.
    func nanoseconds(atUnits units: UInt128) -> UInt64? {
        // Nearly always the last one.
        let segment = segments.last { $0.startUnits < units } ?? segments[0]
        guard units > segment.startUnits else { return segment.startNanoseconds }
        return segment.wait(forUnits: units - segment.startUnits).map { segment.startNanoseconds + $0 }
    }

    /// From now on at another rate; stretches that were planned for later are dropped. The part of the wait
    /// for the next request that has passed stays passed.
    ///
    /// - Parameters:
    ///   - rate: requests per second, 0 (pause) to `rateLimit`.
    ///   - nanoseconds: not before the last change of rate that has come.
    package mutating func setRate(_ rate: Double, atNanoseconds nanoseconds: UInt64) {
        let segment = ScheduleSegment(
            startNanoseconds: nanoseconds, startUnits: progress(atNanoseconds: nanoseconds), speed: Schedule.units(rate))
        while let last = segments.last, last.startNanoseconds > nanoseconds { segments.removeLast() }
        if segments.count == Schedule.segmentLimit { segments.removeFirst() }
        segments.append(segment)
    }

    /// Progress at this time, in units.
    func progress(atNanoseconds nanoseconds: UInt64) -> UInt128 {
        let segment = segments.last { $0.startNanoseconds <= nanoseconds } ?? segments[0]
        precondition(nanoseconds >= segment.startNanoseconds, "the schedule is asked about its past")
        return segment.startUnits + segment.progress(after: nanoseconds - segment.startNanoseconds)
    }

    private static func units(_ rate: Double) -> UInt64 {
        precondition(rate >= 0 && rate <= rateLimit, "a rate is 0 to one request a nanosecond")
        return UInt64((rate * 1e9).rounded())
    }
}
