internal import Load

/// When the clients of one loop ask: as soon as they can, by a schedule, or in phases of both.
///
/// Closed load: a client asks again as soon as it was answered. Open load: the schedule says when,
/// by arithmetic, whatever the answers do. Knows no clock and no client.
///
/// `@safe`: the pointer to its schedule is its own.
@safe
final class LoadSchedule {
    /// When a request is meant to be sent.
    enum Due {
        /// Closed load: as soon as a client can.
        case anyTime
        case at(nanoseconds: UInt64)
    }

    private enum State {
        /// Before `begin`.
        case idle
        case running
        case paused
        /// Nothing more is asked.
        case stopped
    }
    private var state = State.idle
    private let configuration: ClientConfiguration
    /// Of all parts of an open load without phases, also in a pause.
    private var rate: Double

    /// Whether a schedule has a part in this load.
    let isOpen: Bool
    /// Requests of a closed load.
    private let limit: UInt64
    /// Requests that no schedule wanted.
    private var unscheduledCount: UInt64 = 0
    /// Each stream asks again as soon as it was answered. With phases: in this one.
    private var asksAtOnce = false
    private var timeline = PhaseTimeline([])
    /// When the next phase begins, or the last one ends. Beside the timeline: each request looks at it.
    private var phaseEndNanoseconds: UInt64 = .max
    /// nil: closed load. Behind a pointer: as a stored property it would be checked for exclusive
    /// access at run time, with each request.
    private let open: UnsafeMutablePointer<OpenSchedule?>

    init(_ configuration: ClientConfiguration) {
        self.configuration = configuration
        rate = configuration.rate ?? 0
        limit = configuration.requests.map { UInt64($0) } ?? .max
        isOpen = configuration.phases.isEmpty ? configuration.rate != nil : configuration.phases.contains(where: \.isOpen)
        unsafe open = .allocate(capacity: 1)
        unsafe open.initialize(to: nil)
    }

    deinit {
        unsafe open.deinitialize(count: 1)
        unsafe open.deallocate()
    }

    /// The load begins at this time of the monotonic clock, or with the first phase.
    func begin(atNanoseconds now: UInt64) {
        state = .running
        let start = configuration.startNanoseconds ?? now
        timeline = PhaseTimeline(configuration.phases, startNanoseconds: start)
        phaseEndNanoseconds = timeline.nextNanoseconds
        // With phases nothing is asked before the first, which `enterPhase` enters.
        asksAtOnce = !isOpen && configuration.phases.isEmpty
        guard isOpen else { return }
        if configuration.phases.isEmpty {
            unsafe open.pointee = OpenSchedule(
                rate: rate, share: configuration.requestShare, startNanoseconds: now, duration: configuration.durationNanoseconds,
                limit: configuration.requests)
        } else {
            unsafe open.pointee = OpenSchedule(PhaseSchedule(
                configuration.phases, startNanoseconds: start, share: configuration.requestShare, seed: configuration.seed))
        }
    }

    // MARK: Requests

    /// The next request, if there is one to send now.
    func takeRequest(atNanoseconds now: UInt64) -> Due? {
        guard state == .running else { return nil }
        if isOpen, let intended = takeScheduled(now) { return .at(nanoseconds: intended) }
        // The timer enters the next phase; a closed load does not outlive its own.
        guard asksAtOnce, now < phaseEndNanoseconds, takenCount < limit else { return nil }
        unscheduledCount += 1
        return .anyTime
    }

    private var takenCount: UInt64 { unsafe unscheduledCount + (isOpen ? open.pointee?.takenCount ?? 0 : 0) }

    /// Takes a request that is due by the schedule, and which will not be sent. - Returns: whether there was one.
    func skipScheduled(atNanoseconds now: UInt64) -> Bool { state == .running && takeScheduled(now) != nil }

    /// Takes up to so many requests that are due by the schedule, one after the other, which will not be sent.
    /// - Returns: how many, and when the first of them was meant to be sent; nil: none is due.
    func takeScheduled(upTo count: UInt64, atNanoseconds now: UInt64) -> (count: UInt64, intendedNanoseconds: UInt64)? {
        let due = min(count, dueCount(atNanoseconds: now))
        guard due > 0, let first = takeScheduled(now) else { return nil }
        unsafe open.pointee?.skip(due - 1)
        return (due, first)
    }

    private func takeScheduled(_ now: UInt64) -> UInt64? { unsafe open.pointee?.takeRequest(atNanoseconds: now) }

    /// Requests meant to be sent by now that are not.
    func dueCount(atNanoseconds now: UInt64) -> UInt64 {
        guard state == .running else { return 0 }
        return unsafe open.pointee?.dueCount(atNanoseconds: now) ?? 0
    }

    /// Requests that were wanted by now, sent or not.
    func scheduledCount(atNanoseconds now: UInt64) -> UInt64 {
        unsafe unscheduledCount + (open.pointee?.scheduledCount(atNanoseconds: now) ?? 0)
    }

    /// When something is due next: a request, or another phase. Far away when nothing is to come.
    var nextNanoseconds: UInt64 {
        switch state {
        case .running: unsafe min(open.pointee?.nextNanoseconds ?? .max, phaseEndNanoseconds)
        case .paused: phaseEndNanoseconds
        case .idle, .stopped: .max
        }
    }

    /// The phase of now is left out of the run's totals.
    var isWarmup: Bool { timeline.current?.isWarmup == true }

    // MARK: Changes

    /// Enters the phase of this time. - Returns: whether it is another one than before.
    func enterPhase(atNanoseconds now: UInt64) -> Bool {
        guard now >= phaseEndNanoseconds else { return false }
        while now >= timeline.nextNanoseconds { timeline.enterNext() }
        phaseEndNanoseconds = timeline.nextNanoseconds
        asksAtOnce = timeline.current?.load == .closed
        return true
    }

    /// Another rate of this loop from now on. Without effect on a closed load, and on phases, which have their own.
    func setRate(_ new: Double, atNanoseconds now: UInt64) {
        // Each part that keeps the schedule of all takes its own requests out of it.
        rate = min(new * Double(configuration.requestShare.count), Schedule.rateLimit)
        applyRate(atNanoseconds: now)
    }

    private func applyRate(atNanoseconds now: UInt64) {
        unsafe open.pointee?.setRate(state == .paused ? 0 : rate, atNanoseconds: now)
    }

    /// Stops asking for a while, or goes on. An open load does not pile up in a pause.
    func setPaused(_ paused: Bool, atNanoseconds now: UInt64) {
        switch state {
        case .running, .paused: state = paused ? .paused : .running
        case .idle, .stopped: return
        }
        applyRate(atNanoseconds: now)
    }

    /// Nothing becomes due after this time; what is due by then may still be sent until `stop`.
    func freeze(atNanoseconds time: UInt64) { unsafe open.pointee?.freeze(atNanoseconds: time) }

    /// Nothing more is asked.
    func stop() { state = .stopped }
}
