internal import Measurements

/// One loop's part of an open load: what is due, how much of it was sent, and how much there is.
///
/// A plain value; reads no clock.
struct OpenSchedule {
    private var schedule: Schedule
    /// Requests taken so far; the next one's number.
    private(set) var takenCount: UInt64 = 0
    /// Requests in all: asked for by the plan, or due when the end was decided.
    private var limit: UInt64
    /// When the rate last changed: the schedule knows nothing of the time before.
    private var changedNanoseconds: UInt64

    /// - Parameter limit: requests in all; nil for no end.
    init(rate: Double, phase: Double, startNanoseconds: UInt64, limit: Int?) {
        schedule = Schedule(rate: rate, startNanoseconds: startNanoseconds, phase: phase)
        changedNanoseconds = startNanoseconds
        self.limit = limit.map { UInt64($0) } ?? .max
    }

    /// Requests meant to be sent by now, sent or not.
    func scheduledCount(atNanoseconds now: UInt64) -> UInt64 {
        max(takenCount, min(limit, schedule.dueCount(atNanoseconds: max(now, changedNanoseconds))))
    }

    /// Requests meant to be sent by now that are not.
    func dueCount(atNanoseconds now: UInt64) -> UInt64 { scheduledCount(atNanoseconds: now) - takenCount }

    /// When the next request is meant to be sent; nil when there is no next one.
    var nextNanoseconds: UInt64? {
        takenCount < limit ? schedule.intendedNanoseconds(ofRequest: takenCount) : nil
    }

    /// Takes the next request if it is due. - Returns: when it was meant to be sent.
    mutating func takeRequest(atNanoseconds now: UInt64) -> UInt64? {
        guard let intended = nextNanoseconds, intended <= now else { return nil }
        takenCount += 1
        return intended
    }

    mutating func setRate(_ rate: Double, atNanoseconds now: UInt64) {
        schedule.setRate(rate, atNanoseconds: now)
        changedNanoseconds = now
    }

    /// Nothing becomes due after this time.
    mutating func freeze(atNanoseconds time: UInt64) { limit = scheduledCount(atNanoseconds: time) }
}
