/// The phases of a run one after the other on the time axis, and which of them is now.
///
/// A plain value without a clock: the experiment and each loop of clients keep a copy and go on by
/// the clock that all of them share, so that boundaries are arithmetic and no message that comes late.
package struct PhaseTimeline: Sendable {
    /// A phase and its place on the axis.
    package struct Span: Sendable {
        package let phase: Phase
        package let startNanoseconds: UInt64
        package let endNanoseconds: UInt64
    }

    package let spans: [Span]
    /// The phase of now, from 0; -1 before the first, and the number of phases after the last.
    package private(set) var index = -1
    /// When the next phase begins, or the last one ends; `UInt64.max` when nothing is to come.
    package private(set) var nextNanoseconds: UInt64

    /// - Parameter startNanoseconds: when the first phase begins, on the caller's clock.
    package init(_ phases: [Phase], startNanoseconds: UInt64 = 0) {
        var start = startNanoseconds
        spans = phases.map { phase in
            defer { start += phase.durationNanoseconds }
            return Span(phase: phase, startNanoseconds: start, endNanoseconds: start + phase.durationNanoseconds)
        }
        nextNanoseconds = phases.isEmpty ? .max : startNanoseconds
    }

    /// The phase of now; nil before the first and after the last.
    package var current: Phase? { spans.indices.contains(index) ? spans[index].phase : nil }

    /// Nothing follows the phase of now.
    package var isLast: Bool { index >= 0 && index == spans.count - 1 }

    /// Goes on to the next phase, or from the last one to the end.
    package mutating func enterNext() {
        precondition(index < spans.count, "a phase after the last")
        index += 1
        nextNanoseconds = index < spans.count ? spans[index].endNanoseconds : .max
    }
}

extension Phase {
    /// The changes with which the phase begins, beside when it asks.
    package var changes: [RunChange] { (connections.map { [.connections($0)] } ?? []) + (streams.map { [.streams($0)] } ?? []) }
}
