internal import Measurements

/// A threshold and its result as a recording's summary has them: foreign text.
struct JudgedThreshold: Equatable {
    /// "all" for the whole run.
    var phase: String
    /// As it was written.
    var check: String
    var hasPassed: Bool
    /// The value that was measured, or the reason that there is none.
    var valueText: String

    static func all(in summary: JSON) -> [JudgedThreshold] {
        guard case .array(let values)? = summary["thresholds"] else { return [] }
        return values.map { value in
            let unit = value["unit"]?.string.flatMap(Metric.Unit.init(rawValue:))
            let number = value["value"]?.number.map { number in unit?.text(number) ?? JSON.number(number).text }
            return JudgedThreshold(
                phase: value["phase"]?.string ?? Condition.wholeRun, check: value["check"]?.string ?? "?",
                hasPassed: value["passed"] == .bool(true), valueText: number ?? value["reason"]?.string ?? "no value")
        }
    }
}
