internal import Load

/// Where a loop is in the phases of its run, by its own clock.
///
/// Phases say when clients ask. How many connections and streams there are in each, the experiment
/// says, after it has taken the last sample of the phase before.
struct PhaseTimeline {
    private let phases: [Phase]
    private let ends: [UInt64]
    private var index = -1
    /// When the next phase begins, or the last one ends; far away when nothing is to come.
    private(set) var nextNanoseconds: UInt64

    init(_ phases: [Phase], startNanoseconds: UInt64) {
        self.phases = phases
        var end = startNanoseconds
        ends = phases.map { phase in
            end += phase.durationNanoseconds
            return end
        }
        nextNanoseconds = phases.isEmpty ? .max : startNanoseconds
    }

    /// Goes on to the phase of this time. nil: the same as before, or all phases are over.
    mutating func phase(atNanoseconds now: UInt64) -> Phase? {
        guard now >= nextNanoseconds else { return nil }
        while index < phases.count, now >= nextNanoseconds {
            index += 1
            nextNanoseconds = index < phases.count ? ends[index] : .max
        }
        return index < phases.count ? phases[index] : nil
    }
}
