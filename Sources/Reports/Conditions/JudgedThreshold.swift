internal import Measurements

/// A threshold and its result as a recording's summary has them: foreign text.
struct JudgedThreshold: Equatable {
    /// "all" for the whole run.
    var phase: String
    /// What has to hold.
    var check: String
    /// The condition that fails the run, where the user wrote that; nil: what has to hold.
    var failing: String?
    /// Where it comes from, if the user did not write it.
    var source: String?
    var hasPassed: Bool
    /// The value that was measured, or the reason that there is none.
    var valueText: String
    /// The text is a value.
    var hasValue: Bool

    /// As the user wrote it, without the phase.
    var title: String { (failing.map { "--fail-on \(ShellWords.quoted($0))" } ?? check) + (source.map { " (from \($0))" } ?? "") }

    /// With the value: `client.requests.failed == 0: 12`.
    var text: String { ThresholdResult.text(title, isFailing: failing != nil, hasPassed: hasPassed, valueText, hasValue: hasValue) }

    static func all(in summary: JSON) -> [JudgedThreshold] {
        guard case .array(let values)? = summary["thresholds"] else { return [] }
        return values.map { value in
            let unit = value["unit"]?.string.flatMap(Metric.Unit.init(rawValue:))
            let number = value["value"]?.number.map { number in unit?.text(number) ?? JSON.number(number).text }
            return JudgedThreshold(
                phase: value["phase"]?.string ?? Condition.wholeRun, check: value["check"]?.string ?? "?", failing: value["fail_on"]?.string,
                source: value["from"]?.string,
                hasPassed: value["passed"] == .bool(true), valueText: number ?? value["reason"]?.string ?? "no value",
                hasValue: number != nil)
        }
    }
}
