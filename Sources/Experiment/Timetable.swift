internal import Load
internal import Measurements
internal import Workload

/// The parts of the plan that have a time: phases and events. All times are of the monotonic clock.
struct Timetable {
    private(set) var phases: PhaseTimeline
    /// Still to come, the next one first.
    private var events: [(dueNanoseconds: UInt64, change: RunChange)]

    /// - Parameter startNanoseconds: when the load begins.
    init(_ plan: Plan, startNanoseconds: UInt64) {
        phases = PhaseTimeline(plan.phases, startNanoseconds: startNanoseconds)
        events = plan.events.sorted { $0.time < $1.time }.map { (startNanoseconds + $0.time.nanoseconds, $0.action.change) }
    }

    /// The next of all: a phase's end or an event. `UInt64.max`: nothing is to come.
    var nextNanoseconds: UInt64 { min(phases.nextNanoseconds, events.first?.dueNanoseconds ?? .max) }

    /// The next event, if its time has come.
    mutating func takeEvent(atNanoseconds now: UInt64) -> RunChange? {
        guard let next = events.first, next.dueNanoseconds <= now else { return nil }
        events.removeFirst()
        return next.change
    }

    /// Another phase than the last one is over: it wants a sample, and then the next begins.
    func isPhaseOver(atNanoseconds now: UInt64) -> Bool { phases.current != nil && !phases.isLast && now >= phases.nextNanoseconds }

    /// The last phase is over. False in a run without phases.
    func areAllPhasesOver(atNanoseconds now: UInt64) -> Bool { phases.isLast && now >= phases.nextNanoseconds }

    /// The first phase begins, or the next one.
    mutating func enterNextPhase() -> Phase? {
        phases.enterNext()
        return phases.current
    }
}

extension PlannedEvent.Action {
    /// The change that the event makes.
    fileprivate var change: RunChange {
        switch self {
        case .slowReader(let duration): .slowReader(seconds: Double(duration.nanoseconds) / 1e9)
        case .writePolicy(let policy): .writePolicy(policy)
        case .connections(let count): .connections(count)
        case .dropConnections(let count): .dropConnections(count)
        case .drainServer: .drainServer
        }
    }
}
