internal import Measurements

/// A threshold as the summary of a recording has it, whoever wrote that.
struct JudgedThreshold: Equatable {
    /// "all" for the whole run.
    var phase: String
    /// As it was written.
    var check: String
    var hasPassed: Bool
    /// What there was instead, or why there was nothing.
    var valueText: String

    static func all(in summary: JSON) -> [JudgedThreshold] {
        guard case .array(let values)? = summary["thresholds"] else { return [] }
        return values.map { value in
            let passed = if case .bool(true)? = value["passed"] { true } else { false }
            let unit = value["unit"]?.string.flatMap(Metric.Unit.init(rawValue:))
            let words = value["value"]?.number.map { number in unit.map { JudgedThreshold.text(number, $0) } ?? JSON.number(number).text }
            return JudgedThreshold(
                phase: value["phase"]?.string ?? "all", check: value["check"]?.string ?? "?", hasPassed: passed,
                valueText: words ?? value["reason"]?.string ?? "no value")
        }
    }

    static func strings(_ json: JSON?) -> [String] {
        if case .array(let values)? = json { values.compactMap(\.string) } else { [] }
    }

    private static func text(_ number: Double, _ unit: Metric.Unit) -> String {
        switch unit {
        case .seconds: number < 0 ? JSON.number(number).text + "s" : Figure.time(nanoseconds: Metric.nanoseconds(number))
        case .bytes: Figure.bytes(number)
        case .bytesPerSecond: Figure.bytes(number) + "/s"
        case .one: Figure.percent(number)
        default: number == number.rounded() ? JSON.number(number).text : Figure.threeDigits(number)
        }
    }
}
