internal import Measurements

/// A condition that a run has to meet.
@dynamicMemberLookup
package struct Threshold: Sendable, Equatable {
    package let condition: Condition
    /// Where a threshold comes from that the user did not write: "expect". nil: the user wrote it.
    package var source: String?
    /// The opposite, where the user wrote that (`--fail-on`): a condition that fails the run.
    package private(set) var failing: Condition?
    /// End the run as soon as it does not hold, but not before `after` into its phase.
    package var aborts = false
    package var after: Duration = .zero

    /// Reads a condition.
    ///
    /// - Parameter phase: the phase where it stands beside the text; nil: as the text says.
    package init(parsing text: String, phase: String? = nil) throws(ConditionError) {
        let parsed = try Condition(parsing: text, needsUnit: true)
        if parsed.isChange { throw .noBase(parsed.text) }
        if phase != nil && parsed.phase != nil { throw .phaseTwice }
        condition = Condition(
            phase: phase ?? parsed.phase, figure: parsed.figure, relation: parsed.relation, limit: parsed.limit, isChange: false,
            text: parsed.text)
    }

    /// Reads what a run must not come to, as `--fail-on` has it: its opposite must hold.
    package init(failingOn text: String) throws(ConditionError) {
        let parsed = try Condition(parsing: text, needsUnit: true)
        if parsed.isChange { throw .noBase(parsed.text) }
        condition = parsed.opposite
        failing = parsed
    }

    /// As the user wrote it: `steady: client.response_time.p99 < 25ms`, `--fail-on 'client.requests.failed > 0'`.
    package var title: String {
        let written = failing.map { "--fail-on \(ShellWords.quoted($0.fullText))" } ?? condition.namedText
        return source.map { "\(written) (from \($0))" } ?? written
    }

    /// A part of the condition.
    package subscript<Value>(dynamicMember path: KeyPath<Condition, Value>) -> Value { condition[keyPath: path] }

    /// Judges a run that has ended, or how it goes so far.
    ///
    /// - Parameter isPartial: the run was ended from outside before its time.
    package func judge(_ run: Summary, isPartial: Bool = false) -> ThresholdResult {
        let part: Summary? = if let phase = condition.phase { run.phases.first { $0.name == phase }?.summary } else { run }
        guard let part else { return .init(self, .notRun, isPartial: isPartial) }
        var value = condition.figure.read(part, endsWithLoad: condition.phase != nil)
        if case .tooFew(let count, let needed) = value, condition.isUpperLimit, let above = condition.figure.certainlyAbove(condition.limit, in: part) {
            value = .above(above, count: count, needed: needed)
        }
        return .init(self, value, isPartial: isPartial)
    }
}

/// A threshold and its result.
package struct ThresholdResult: Sendable, Equatable {
    package let threshold: Threshold
    package let value: RunFigure.Value
    /// The run did not come to its end.
    package let isPartial: Bool

    init(_ threshold: Threshold, _ value: RunFigure.Value, isPartial: Bool) {
        self.threshold = threshold
        self.value = value
        self.isPartial = isPartial
    }

    /// A threshold without a value fails: the run did not show that it holds.
    package var hasPassed: Bool {
        // What was never above something that holds holds.
        if case .notExceeded(nil, let before) = value, [.below, .atMost].contains(threshold.relation) { return threshold.condition.holds(before) }
        return value.number.map(threshold.condition.holds) ?? false
    }

    /// The run shows whether it holds.
    package var isJudged: Bool {
        switch value {
        case .number, .above: true
        case .notExceeded(let seen, _): seen != nil || hasPassed
        case .nothing, .untold, .tooFew, .notRun: false
        }
    }

    /// `all: client.requests.failed == 0: 12`, `--fail-on 'client.requests.failed > 0' is met: 12`.
    package var text: String {
        ThresholdResult.text(threshold.title, isFailing: threshold.failing != nil, hasPassed: hasPassed, valueText, hasValue: value.number != nil)
    }

    /// - Parameter isFailing: the condition fails the run: whether it is met is said, since its value alone has to be thought about.
    static func text(_ title: String, isFailing: Bool, hasPassed: Bool, _ value: String, hasValue: Bool) -> String {
        title + (isFailing && hasValue ? hasPassed ? " is not met: " : " is met: " : ": ") + value
    }

    /// The value, or the reason that there is none.
    package var valueText: String {
        switch value {
        case .number(let number): threshold.figure.unit.text(number)
        case .nothing: "nothing was measured"
        case .untold(let reason): reason
        case .tooFew(let count, let needed): "needs \(needed) values, and there are \(count)"
        case .above(let above, let count, _):
            "above \(threshold.figure.unit.text(threshold.limit)) for certain: \(above) of \(Figure.counted(count, "value")) are"
        case .notExceeded(let seen?, let before):
            "\(threshold.figure.unit.text(seen)) as samples saw it; more is possible, up to the \(threshold.figure.unit.text(before)) from before this part"
        case .notExceeded(nil, let before):
            "\(hasPassed ? "" : "not known: ")no more than the \(threshold.figure.unit.text(before)) from before this part"
        case .notRun: "the phase was not run"
        }
    }

    var json: JSON {
        var members: [JSON.Member] = [
            .init("phase", .string(threshold.phase ?? Condition.wholeRun)), .init("check", .string(threshold.text)),
            .init("passed", .bool(hasPassed)),
        ]
        if let source = threshold.source { members.append(.init("from", .string(source))) }
        if let failing = threshold.failing { members.append(.init("fail_on", .string(failing.text))) }
        if let number = value.number {
            members.append(.init("value", .number(number)))
        } else {
            members.append(.init("value", .null))
            members.append(.init("reason", .string(valueText)))
        }
        if case .notExceeded(_, let before) = value { members.append(.init("at_most", .number(before))) }
        members.append(.init("limit", .number(threshold.limit)))
        members.append(.init("unit", .string(threshold.figure.unit.rawValue)))
        if isPartial { members.append(.init("partial", .bool(true))) }
        return .object(members)
    }
}
