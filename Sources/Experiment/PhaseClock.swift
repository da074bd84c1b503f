internal import Load
internal import Measurements

/// Which phase of a run it is: by the clock, as the loops have it too.
struct PhaseClock {
    private let phases: [Phase]
    /// When each ends, since the run's start.
    private let endNanoseconds: [UInt64]
    private var index = 0

    /// - Parameter startNanoseconds: when the first begins, since the run's start.
    init(_ phases: [Phase], startNanoseconds: UInt64) {
        self.phases = phases
        var end = startNanoseconds
        endNanoseconds = phases.map { phase in
            end += phase.durationNanoseconds
            return end
        }
    }

    /// After the end of the last one, still that one. nil: there are none.
    var current: Phase? { index < phases.count ? phases[index] : nil }

    /// Nothing follows the current one.
    var isLast: Bool { index == phases.count - 1 }

    /// When the current one ends, or has ended; nil without one.
    var nextNanoseconds: UInt64? { index < phases.count ? endNanoseconds[index] : nil }

    /// Goes on to the phase of this time. - Returns: the phases that have begun since.
    mutating func advance(to nanoseconds: UInt64) -> [Phase] {
        var begun: [Phase] = []
        while !isLast, let next = nextNanoseconds, nanoseconds >= next {
            index += 1
            if let current { begun.append(current) }
        }
        return begun
    }
}
