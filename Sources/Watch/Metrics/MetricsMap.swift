package import Measurements

/// Our names for the figures on another server's page of metrics: a line each, `ours = theirs`.
///
/// A figure on the left is one of a server that is not ours, as `highwater metrics` lists them. Figures that only
/// together are known (accepted and closed, received and sent) are mapped together.
package struct MetricsMap: Sendable {
    /// "haproxy", or the file's name.
    package let name: String
    private let lines: [(metric: Metric, formula: MetricFormula)]

    /// Series that the page has to have for it.
    package var names: Set<String> { Set(lines.flatMap(\.formula.names)) }
    /// Our names, in the order of the lines.
    package var figures: [String] { lines.map(\.metric.name) }

    /// Lines at the most: more than a server has figures.
    private static let lineLimit = 200

    /// Reads a map; `#` begins a comment.
    ///
    /// Errors: the line that is wrong, and what would be right.
    package init(parsing text: String, name: String) throws(WatchError) {
        var lines: [(metric: Metric, formula: MetricFormula)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop(while: \.isWhitespace)
            guard !line.isEmpty, line.first != "#" else { continue }
            do throws(WatchError) {
                let (metric, formula) = try MetricsMap.parse(line)
                if lines.contains(where: { $0.metric.name == metric.name }) { throw WatchError("\(metric.name) has a line before this one") }
                lines.append((metric, formula))
            } catch { throw WatchError("\(name):\(index + 1): \(error.description)") }
            if lines.count > MetricsMap.lineLimit { throw WatchError("\(name): more than \(MetricsMap.lineLimit) lines") }
        }
        guard !lines.isEmpty else { throw WatchError("\(name): the map is empty; write lines like server.requests.completed = nginx_http_requests_total") }
        for (metric, _) in lines {
            if let missing = MetricsMap.group(of: metric).first(where: { other in !lines.contains { $0.metric.name == other.name } }) {
                throw WatchError("\(name): \(metric.name) is known only together with \(missing.name); map both or none")
            }
        }
        self.lines = lines
        self.name = name
    }

    private static func parse(_ line: Substring) throws(WatchError) -> (Metric, MetricFormula) {
        let sides = line.split(separator: "=", maxSplits: 1)
        guard sides.count == 2 else { throw WatchError("\"\(line)\" is not a line of a map; write server.requests.completed = nginx_http_requests_total") }
        let name = String(sides[0].filter { !$0.isWhitespace })
        guard let metric = Metric.named(name), mapped.contains(metric.name) else {
            let nearest = Spelling.nearest(to: name, of: mapped).map { "; did you mean \($0)?" } ?? "; 'highwater metrics' lists those of the server"
            throw WatchError("\"\(name)\" is no figure of a server that a page of metrics can have\(nearest)")
        }
        return (metric, try MetricFormula(parsing: String(sides[1])))
    }

    /// Figures that a page can have: those that are unknown apart from others, or together with a few.
    private static let mapped: [String] = Metric.all.filter {
        isOfServer($0) && !$0.isHighWater && !$0.figures.isEmpty && group(of: $0).count <= groupLimit
    }.map(\.name)
    private static let groupLimit = 5

    private static func isOfServer(_ metric: Metric) -> Bool { metric.name.hasPrefix("server.") || metric.name.hasPrefix("watch.") }

    /// The figures that are known together with this one. Peaks are ours to find.
    private static func group(of metric: Metric) -> [Metric] {
        Metric.all.filter { isOfServer($0) && $0.figures == metric.figures && !$0.isHighWater }
    }

    // MARK: Values

    /// A figure on a page.
    package struct Value: Sendable {
        package let metric: Metric
        /// In our unit; nil: the page does not have it.
        package let number: Double?
    }

    /// The figures on a page, in the order of the lines.
    package func values(on page: [UInt8]) -> [Value] {
        let text = MetricsText(page, names: names)
        return lines.map { Value(metric: $0.metric, number: $0.formula.value(on: text)) }
    }
}

extension MetricsMap {
    /// The maps that are part of the program: their texts by the names of their servers.
    package static let shipped: [(name: String, text: String)] = [
        ("haproxy", PackageResources.haproxy_map), ("nginx", PackageResources.nginx_map), ("envoy", PackageResources.envoy_map),
        ("node", PackageResources.node_map), ("go", PackageResources.go_map),
    ].map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }

    /// The shipped map that finds most of its figures on a page; nil: none finds any.
    package static func fitting(_ page: [UInt8]) -> MetricsMap? {
        var best: (map: MetricsMap, count: Int)?
        for (name, text) in shipped {
            guard let map = try? MetricsMap(parsing: text, name: name) else { continue }
            // Of several that find as many the first: the process's figures are on many pages.
            let count = map.values(on: page).count { $0.number != nil }
            if count > best?.count ?? 0 { best = (map, count) }
        }
        return best?.map
    }
}
