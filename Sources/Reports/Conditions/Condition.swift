/// A figure of a run, and how it has to stand to a limit: `steady: client.response_time.p99 < 25ms`.
///
/// A scenario's threshold is a condition that must hold. With `compare --fail-on` a condition fails the build when
/// it holds, and its limit may be a change from the base run: `client.response_time.p99 > +10%`.
package struct Condition: Sendable, Equatable {
    /// nil: the whole run without its warm-up.
    package let phase: String?
    package let figure: RunFigure
    package let relation: Relation
    /// In the figure's unit: seconds, bytes, a share of 1. Of a change: a share of the base run's value, 0.1 for +10 %.
    package let limit: Double
    /// The limit is a change from another run.
    package let isChange: Bool
    /// The condition as it was written, without the phase.
    package let text: String

    /// How the figure has to stand to the limit.
    package enum Relation: String, Sendable, CaseIterable {
        // Longer ones first: they begin with the shorter.
        case atLeast = ">="
        case atMost = "<="
        case equal = "=="
        case unequal = "!="
        case above = ">"
        case below = "<"

        var opposite: Relation {
            switch self {
            case .atLeast: .below
            case .atMost: .above
            case .equal: .unequal
            case .unequal: .equal
            case .above: .atMost
            case .below: .atLeast
            }
        }

        func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .atLeast: value >= limit
            case .atMost: value <= limit
            case .equal: value == limit
            case .unequal: value != limit
            case .above: value > limit
            case .below: value < limit
            }
        }
    }

    /// The name of the whole run, where a phase's name may stand.
    package static let wholeRun = "all"

    init(phase: String?, figure: RunFigure, relation: Relation, limit: Double, isChange: Bool, text: String) {
        self.phase = phase
        self.figure = figure
        self.relation = relation
        self.limit = limit
        self.isChange = isChange
        self.text = text
    }

    /// The condition with its phase: `steady: client.response_time.p99 < 25ms`.
    package var fullText: String { (phase.map { "\($0): " } ?? "") + text }

    /// The same, with the name of the whole run where there is no phase: `all: client.requests.failed == 0`.
    package var namedText: String { "\(phase ?? Condition.wholeRun): \(text)" }

    /// The condition that holds exactly where this one does not.
    var opposite: Condition {
        let relation = relation.opposite
        return Condition(
            phase: phase, figure: figure, relation: relation, limit: limit, isChange: isChange,
            text: text.replacing(" \(self.relation.rawValue) ", with: " \(relation.rawValue) ", maxReplacements: 1))
    }

    /// A value above the limit breaks it.
    var isUpperLimit: Bool { [.below, .atMost, .equal].contains(relation) }

    func holds(_ value: Double) -> Bool { relation.holds(value, limit) }
}
