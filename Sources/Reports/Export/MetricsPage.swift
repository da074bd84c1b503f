package import Measurements

/// The run so far as the page that `--metrics` serves to Prometheus and its like.
///
/// Every number is as the last sample had it, without a time: the scraper's clock is the one
/// that counts. Histograms count from the start of the run.
package struct MetricsPage: Sendable {
    private let toolVersion: String
    /// Without histograms and rows of connections.
    private var last: Sample?
    /// By the metric's name.
    private var totals: [String: LatencyHistogram] = [:]
    private var requestTotals = RequestTotals()

    /// The two forms of the page, and their Content-Type.
    package enum Form: Sendable, Equatable {
        /// `application/openmetrics-text; version=1.0.0; charset=utf-8`
        case openMetrics
        /// `text/plain; version=0.0.4; charset=utf-8`
        case plain

        package var contentType: StaticString {
            switch self {
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            case .plain: "text/plain; version=0.0.4; charset=utf-8"
            }
        }
    }

    package init(toolVersion: String) { self.toolVersion = toolVersion }

    /// Takes the next sample of the run.
    package mutating func add(_ sample: Sample) {
        for metric in Metric.all where metric.kind == .histogram {
            guard let interval = metric.histogram(of: sample) else { continue }
            totals[metric.name, default: LatencyHistogram()].merge(interval)
        }
        requestTotals.add(sample)
        var sample = sample
        sample.forgetDetails()
        last = sample
    }

    /// The page, as it is now.
    package func text(_ form: Form) -> String {
        let form = form == .openMetrics ? OpenMetricsText.Form.openMetrics : .plain
        var families: [(name: String, text: String)] = []
        var indices: [String: Int] = [:]
        func add(_ metric: Metric, _ name: OpenMetricsName, _ lines: String) {
            let index = indices[name.family] ?? families.count
            if index == families.count {
                indices[name.family] = index
                families.append((name.family, OpenMetricsText.head(metric, name, form)))
            }
            families[index].text += lines
        }
        let end = OpenMetricsText.lineEnd(nil)
        for metric in Metric.all {
            guard let last, let name = metric.openMetricsName, var value = metric.read(last) else { continue }
            if case .histogram = value { value = .histogram(totals[metric.name] ?? LatencyHistogram()) }
            add(metric, name, OpenMetricsSeries(metric, name).text(value, end: end))
        }
        if let last { RequestFamilies.lines(requestTotals.requests(of: last), end: end, add: add) }
        let text = OpenMetricsText.build(toolVersion, form, time: nil) + families.map(\.text).joined()
        return form == .openMetrics ? text + "# EOF\n" : text
    }
}

extension MetricsPage.Form {
    /// The form that a scraper prefers, by its Accept field (RFC 9110, 12.5.1). A scraper that accepts
    /// neither gets the plain form, as from every Prometheus client.
    package init(accept: String) {
        var openMetrics = 0.0, plain = 0.0
        for item in accept.split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            func parameter(_ name: String) -> String? {
                parts.dropFirst().first { $0.hasPrefix(name + "=") }.map { $0.dropFirst(name.count + 1).filter { $0 != "\"" } }
            }
            // An invalid q value counts as 0.
            let weight = parameter("q").map { Double($0).flatMap { (0...1).contains($0) ? $0 : nil } ?? 0 } ?? 1
            let version = parameter("version")
            switch parts.first ?? "" {
            case "application/openmetrics-text" where version == nil || version == "1.0.0": openMetrics = max(openMetrics, weight)
            case "text/plain" where version == nil || version == "0.0.4", "text/*", "*/*": plain = max(plain, weight)
            default: continue
            }
        }
        self = openMetrics > 0 && openMetrics >= plain ? .openMetrics : .plain
    }
}
