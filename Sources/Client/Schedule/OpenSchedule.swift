internal import Load

/// One part of an open load: how many of its requests are due, were taken, and are to come.
///
/// A plain value; reads no clock.
struct OpenSchedule {
    /// Of all parts together, for a rate that may change live; not used where there are phases.
    private var schedule: Schedule
    private let share: RunShare
    /// Phases, walked through twice: to take requests, and ahead of that to count the due ones.
    private var taking: PhaseSchedule?
    private var counting: PhaseSchedule?
    /// Requests taken so far; the next one's number.
    private(set) var takenCount: UInt64 = 0
    /// Requests in all: by the plan, or due when the end was decided.
    private var limit: UInt64
    /// When the rate last changed: the schedule cannot be asked about the time before.
    private var changedNanoseconds: UInt64
    /// Requests that would be due then, or later, are no part of the run.
    private let endNanoseconds: UInt64

    /// - Parameters:
    ///   - rate: requests per second of all parts together.
    ///   - duration: of the run, nanoseconds; nil for no end.
    ///   - limit: requests of this part; nil for no end.
    init(rate: Double, share: RunShare, startNanoseconds: UInt64, duration: UInt64?, limit: Int?) {
        endNanoseconds = duration.map { startNanoseconds + $0 } ?? .max
        schedule = Schedule(rate: rate, startNanoseconds: startNanoseconds)
        self.share = share
        changedNanoseconds = startNanoseconds
        self.limit = limit.map { UInt64($0) } ?? .max
    }

    /// The open phases of a run.
    init(_ phases: PhaseSchedule) {
        self.init(rate: 0, share: .whole, startNanoseconds: 0, duration: nil, limit: nil)
        taking = phases
        counting = phases
    }

    /// Requests meant to be sent by now, sent or not.
    mutating func scheduledCount(atNanoseconds now: UInt64) -> UInt64 {
        let due: UInt64
        if counting != nil {
            while let next = counting?.nextNanoseconds, next <= now { counting?.advance() }
            due = counting?.count ?? 0
        } else {
            due = share.count(among: schedule.dueCount(atNanoseconds: max(min(now, endNanoseconds - 1), changedNanoseconds)))
        }
        return max(takenCount, min(limit, due))
    }

    /// Requests meant to be sent by now that are not.
    mutating func dueCount(atNanoseconds now: UInt64) -> UInt64 { scheduledCount(atNanoseconds: now) - takenCount }

    /// When the next request is meant to be sent; nil when there is no next one.
    var nextNanoseconds: UInt64? {
        guard takenCount < limit else { return nil }
        guard taking == nil else { return taking?.nextNanoseconds }
        guard let next = schedule.intendedNanoseconds(ofRequest: share.number(takenCount)), next < endNanoseconds else { return nil }
        return next
    }

    /// Takes the next request if it is due. - Returns: when it was meant to be sent.
    mutating func takeRequest(atNanoseconds now: UInt64) -> UInt64? {
        guard let intended = nextNanoseconds, intended <= now else { return nil }
        takenCount += 1
        taking?.advance()
        return intended
    }

    /// Takes so many requests without a look at when they were meant to be sent.
    mutating func skip(_ count: UInt64) {
        takenCount += count
        guard taking != nil else { return }
        for _ in 0..<count { taking?.advance() }
    }

    /// Another rate of all parts together from now on. Phases have their own, and keep it.
    mutating func setRate(_ rate: Double, atNanoseconds now: UInt64) {
        guard now < endNanoseconds else { return }
        schedule.setRate(rate, atNanoseconds: now)
        changedNanoseconds = now
    }

    /// Nothing becomes due after this time.
    mutating func freeze(atNanoseconds time: UInt64) { limit = scheduledCount(atNanoseconds: time) }
}
