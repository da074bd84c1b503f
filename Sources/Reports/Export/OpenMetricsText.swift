internal import Measurements

/// The lines of OpenMetrics 1.0, and of Prometheus' older text where it differs.
enum OpenMetricsText {
    /// Which of the two.
    enum Form: Sendable {
        case openMetrics, plain
    }

    /// The lines above a family. The plain form has no units, and its counters' names have `_total`.
    static func head(_ metric: Metric, _ name: OpenMetricsName, _ form: Form) -> String {
        var help = metric.meaning
        if !name.labels.isEmpty {
            help = metric.name.split(separator: ".").dropLast().joined(separator: " ") + ", by \(name.labels.prefix { $0 != "=" })"
        }
        switch form {
        case .openMetrics:
            let unit = name.unit.map { "# UNIT \(name.family) \($0)\n" } ?? ""
            return "# TYPE \(name.family) \(metric.kind.rawValue)\n\(unit)# HELP \(name.family) \(escaped(help))\n"
        case .plain:
            let family = name.family + (metric.kind == .counter ? "_total" : "")
            return "# HELP \(family) \(escaped(help))\n# TYPE \(family) \(metric.kind.rawValue)\n"
        }
    }

    /// The program that wrote this. An info in OpenMetrics; the plain form has only gauges for it.
    static func build(_ toolVersion: String, _ form: Form, time: String?) -> String {
        let help = "HELP highwater_build\(form == .plain ? "_info" : "") The program that measured."
        let head = form == .plain ? "# \(help)\n# TYPE highwater_build_info gauge\n" : "# TYPE highwater_build info\n# \(help)\n"
        return head + "highwater_build_info{version=\"\(escaped(toolVersion))\"} 1\(lineEnd(time))"
    }

    /// What a line ends with. - Parameter time: seconds since 1970; nil: the scraper's clock counts.
    static func lineEnd(_ time: String?) -> String { time.map { " \($0)\n" } ?? "\n" }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
