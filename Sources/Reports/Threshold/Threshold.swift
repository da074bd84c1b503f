package import Measurements

/// What a run has to come to: `client.response_time.p99 < 25ms`, of one phase or of all.
package struct Threshold: Sendable, Equatable {
    /// nil: the whole run without its warm-up.
    package var phase: String?
    package var figure: ThresholdFigure
    package var relation: Relation
    /// In the figure's unit: seconds, bytes, a share of 1.
    package var limit: Double
    /// The condition as it was written.
    package var text: String
    /// End the run as soon as it does not hold, but not before `after` into its phase.
    package var aborts = false
    package var after: Duration = .zero

    /// How the figure has to stand to the limit.
    package enum Relation: String, Sendable, CaseIterable {
        // Longer ones first: they begin with the shorter.
        case atLeast = ">="
        case atMost = "<="
        case equal = "=="
        case unequal = "!="
        case above = ">"
        case below = "<"

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

    /// Judges a run that has ended, or how it goes so far.
    ///
    /// - Parameter isPartial: the run was ended from outside before its time.
    package func judge(_ run: Summary, isPartial: Bool = false) -> ThresholdResult {
        let part: Summary? = if let phase { run.phases.first { $0.name == phase }?.summary } else { run }
        guard let part else { return .init(self, .notRun, isPartial: isPartial) }
        return .init(self, figure.read(part, endsWithLoad: phase != nil), isPartial: isPartial)
    }
}

/// What became of a threshold.
package struct ThresholdResult: Sendable, Equatable {
    package let threshold: Threshold
    package let value: ThresholdFigure.Value
    /// The run did not come to its end.
    package let isPartial: Bool

    init(_ threshold: Threshold, _ value: ThresholdFigure.Value, isPartial: Bool) {
        self.threshold = threshold
        self.value = value
        self.isPartial = isPartial
    }

    /// Without a value it fails: what was demanded was not shown.
    package var hasPassed: Bool {
        guard case .number(let number) = value else { return false }
        return threshold.relation.holds(number, threshold.limit)
    }

    /// The value, or why there is none.
    package var valueText: String {
        switch value {
        case .number(let number): threshold.figure.unit.text(number)
        case .nothing: "nothing was measured"
        case .tooFew(let count, let needed): "needs \(needed) values, and there are \(count)"
        case .notRun: "the phase was not run"
        }
    }

    var json: JSON {
        var members: [JSON.Member] = [
            .init("phase", .string(threshold.phase ?? "all")), .init("check", .string(threshold.text)),
            .init("passed", .bool(hasPassed)),
        ]
        if case .number(let number) = value {
            members.append(.init("value", .number(number)))
        } else {
            members.append(.init("value", .null))
            members.append(.init("reason", .string(valueText)))
        }
        members.append(.init("limit", .number(threshold.limit)))
        members.append(.init("unit", .string(threshold.figure.unit.rawValue)))
        if isPartial { members.append(.init("partial", .bool(true))) }
        return .object(members)
    }
}

extension Metric.Unit {
    /// A number with this unit, for people.
    package func text(_ number: Double) -> String {
        switch self {
        case .seconds: number < 0 ? JSON.number(number).text + "s" : Figure.time(nanoseconds: Metric.nanoseconds(number))
        case .bytes: Figure.bytes(number)
        case .bytesPerSecond: Figure.bytes(number) + "/s"
        case .one: Figure.percent(number)
        case .requestPerSecond: Figure.fixed(number, decimals: 1) + "/s"
        default: number == number.rounded() ? JSON.number(number).text : Figure.threeDigits(number)
        }
    }
}
