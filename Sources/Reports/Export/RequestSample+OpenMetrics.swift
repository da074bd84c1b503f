internal import Measurements

/// The families of the figures that are counted for each kind of request, with the kind as a label.
///
/// Families of their own: in one with the totals a sum over all labels would count each request twice.
enum RequestFamilies {
    /// A figure, its name under `client.`, and its family.
    private static let rows: [(figure: String, metric: Metric, name: OpenMetricsName)] = RequestSample.table.names.compactMap { figure in
        guard let metric = Metric.named("client.\(figure)"), var name = metric.openMetricsName else { return nil }
        if name.family.hasPrefix(prefix) {
            let rest = name.family.dropFirst(prefix.count)
            name.family = "highwater_request_" + (rest.hasPrefix("requests_") ? rest.dropFirst("requests_".count) : rest)
        } else {
            name.family = "highwater_request_\(figure)_seconds"
        }
        return (figure, metric, name)
    }
    private static let prefix = "highwater_client_"

    /// The lines of one moment.
    ///
    /// - Parameters:
    ///   - requests: with the latencies since the start.
    ///   - end: of each line, `OpenMetricsText.lineEnd`.
    ///   - add: the family, its head for the first time, and a line of it.
    static func lines(_ requests: [RequestSample], end: String, add: (_ metric: Metric, _ name: OpenMetricsName, _ lines: String) -> Void) {
        for (figure, metric, name) in rows {
            for request in requests {
                guard let value = RequestSample.table.values(of: request).first(where: { $0.name == figure })?.value else { continue }
                var labelled = name
                labelled.labels = "request=\"\(OpenMetricsText.escaped(request.name))\"" + (name.labels.isEmpty ? "" : ",\(name.labels)")
                add(metric, name, OpenMetricsSeries(metric, labelled).text(value, end: end))
            }
        }
    }
}
