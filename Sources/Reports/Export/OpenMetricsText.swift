internal import Measurements

/// The lines of OpenMetrics 1.0, and of Prometheus' older text where it differs.
enum OpenMetricsText {
    /// Which of the two.
    enum Form: Sendable {
        case openMetrics, plain
    }

    /// OpenTelemetry's bounds for a request's duration, and smaller ones for loopback, seconds.
    static let bucketBounds = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5,
        5, 7.5, 10,
    ]

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
        return head + "highwater_build_info{version=\"\(escaped(toolVersion))\"} 1\(suffix(time))\n"
    }

    /// One number of a family.
    static func line(_ metric: Metric, _ name: OpenMetricsName, _ number: Double, time: String?) -> String {
        "\(start(metric, name))\(JSON.number(number).text)\(suffix(time))\n"
    }

    /// What the line of a number begins with, up to the number.
    static func start(_ metric: Metric, _ name: OpenMetricsName) -> String {
        let labels = name.labels.isEmpty ? "" : "{\(name.labels)}"
        return "\(name.family)\(metric.kind == .counter ? "_total" : "")\(labels) "
    }

    /// Counts at or below each bound.
    static func lines(_ name: OpenMetricsName, _ histogram: LatencyHistogram, time: String?) -> String {
        let family = name.family
        let labels = name.labels.isEmpty ? "" : "{\(name.labels)}"
        let first = name.labels.isEmpty ? "" : "\(name.labels),"
        var counts = [UInt64](repeating: 0, count: bucketBounds.count)
        var sum = 0.0
        histogram.forEachBucket { nanoseconds, count in
            let seconds = Metric.seconds(nanoseconds)
            sum += seconds * Double(count)
            if let index = bucketBounds.firstIndex(where: { seconds <= $0 }) { counts[index] += count }
        }
        var text = ""
        var below: UInt64 = 0
        for (bound, count) in zip(bucketBounds, counts) {
            below += count
            text += "\(family)_bucket{\(first)le=\"\(bound)\"} \(below)\(suffix(time))\n"
        }
        text += "\(family)_bucket{\(first)le=\"+Inf\"} \(histogram.count)\(suffix(time))\n"
        text += "\(family)_count\(labels) \(histogram.count)\(suffix(time))\n"
        return text + "\(family)_sum\(labels) \(JSON.number(sum).text)\(suffix(time))\n"
    }

    private static func suffix(_ time: String?) -> String { time.map { " \($0)" } ?? "" }

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
