internal import Measurements

/// The name of a metric in OpenMetrics 1.0: a family, and labels where several metrics
/// are one family.
///
/// The names are OpenTelemetry's where it has one; the rest begin with `highwater_`. Dots
/// become `_` and the unit is the last word, before `_total`.
struct OpenMetricsName: Equatable {
    /// Without `_total`.
    var family: String
    /// `status="2xx"`; empty for a family of one.
    var labels = ""
    /// The unit's word, with which the family's name ends; nil for counts.
    var unit: String?
}

extension Metric {
    /// nil for a metric that OpenMetrics has in another form: each line has its time, and a ratio is
    /// two counters.
    var openMetricsName: OpenMetricsName? {
        guard kind != .ratio, name != "time", name != "interval" else { return nil }
        if let family = Metric.openTelemetryFamilies[name] { return OpenMetricsName(family: family, unit: unitWord) }
        var parts = name.split(separator: ".").map(String.init)
        var labels = ""
        if let (index, label) = Metric.labelled(parts) {
            labels = "\(label)=\"\(parts[index])\""
            parts.remove(at: index)
        }
        // bytes.sent is sent_bytes: the unit stands last.
        parts.removeAll { $0 == unitWord }
        var family = "highwater_" + parts.joined(separator: "_")
        if let unitWord, !family.hasSuffix("_\(unitWord)") { family += "_\(unitWord)" }
        return OpenMetricsName(family: family, labels: labels, unit: unitWord)
    }

    /// Those that OpenTelemetry (semantic conventions 1.44) or Prometheus' own clients name; and
    /// `_count`, which Prometheus keeps for histograms.
    private static let openTelemetryFamilies = [
        "client.service_time": "http_client_request_duration_seconds",
        "client.requests.in_flight": "http_client_active_requests",
        "client.connections.open": "http_client_open_connections",
        "server.requests.active": "http_server_active_requests",
        "client.loop.count": "highwater_client_loops",
        "server.loop.count": "highwater_server_loops",
        "process.cpu": "process_cpu_seconds",
        "process.memory.resident": "process_resident_memory_bytes",
        "process.files.open": "process_open_fds",
    ]

    /// Which part of a name is a label's value, and the label: status classes, causes of errors, caches, ages.
    private static func labelled(_ parts: [String]) -> (Int, String)? {
        guard parts.count > 2 else { return nil }
        switch parts[1] {
        case "responses": return (2, "status")
        case "errors": return (2, "error_type")
        case "cache": return (2, "cache")
        case "writes" where parts.count > 3: return (3, "age")
        default: return nil
        }
    }

    private var unitWord: String? {
        switch unit {
        case .seconds: "seconds"
        case .bytes: "bytes"
        default: nil
        }
    }
}
