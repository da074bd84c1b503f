/// A page of metrics in Prometheus's text form: series by their names, as many of them as are wanted.
package struct MetricsText: Sendable {
    /// A number with its labels.
    struct Series: Sendable, Equatable {
        var labels: [String: String]
        var value: Double
    }

    private var series: [String: [Series]] = [:]

    /// Reads a page. Lines that are not of this form are left out.
    ///
    /// - Parameter names: of the series that are kept. A server may have ten thousand others.
    package init(_ page: [UInt8], names: Set<String>) {
        for line in page.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let end = line.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } ?? line.endIndex
            let name = String(decoding: line[..<end], as: UTF8.self)
            guard names.contains(name), let read = MetricsText.read(String(decoding: line[end...], as: UTF8.self)) else { continue }
            series[name, default: []].append(read)
        }
    }

    /// The sum of the series of this name whose labels are right; nil where there is none.
    func sum(of name: String, where isRight: ([String: String]) -> Bool) -> Double? {
        let values = series[name, default: []].filter { isRight($0.labels) }.map(\.value)
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    /// What stands behind the name: labels in braces, the value, and perhaps a time. nil: not of this form.
    private static func read(_ text: String) -> Series? {
        var rest = text[...]
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            guard let read = MetricLabel.readAll(&rest) else { return nil }
            for label in read { labels[label.name] = label.value }
        }
        guard let word = rest.split(whereSeparator: \.isWhitespace).first, let value = Double(word), value.isFinite else { return nil }
        return Series(labels: labels, value: value)
    }
}

/// A label of a series, or a condition on one: `code="2xx"`, `proxy!="stats"`.
struct MetricLabel: Equatable, Sendable {
    var name: String
    var value: String
    /// Of a condition: all values but this one.
    var isExcluded = false

    /// Labels up to the closing brace, which is taken too. nil: not of this form.
    static func readAll(_ rest: inout Substring) -> [MetricLabel]? {
        var labels: [MetricLabel] = []
        while true {
            rest = rest.drop { $0 == " " || $0 == "," }
            if rest.first == "}" {
                rest.removeFirst()
                return labels
            }
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
            rest = rest.dropFirst(name.count)
            let isExcluded = rest.first == "!"
            if isExcluded { rest.removeFirst() }
            guard !name.isEmpty, rest.hasPrefix("=\"") else { return nil }
            rest = rest.dropFirst(2)
            guard let value = readQuoted(&rest) else { return nil }
            labels.append(MetricLabel(name: String(name), value: value, isExcluded: isExcluded))
        }
    }

    /// A value up to its closing quotation mark, which is taken too.
    private static func readQuoted(_ rest: inout Substring) -> String? {
        var value = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return value
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == "n" ? "\n" : escaped)
            default: value.append(character)
            }
        }
        return nil
    }
}
