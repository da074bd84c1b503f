extension LatencyHistogram {
    /// The lowest and the highest value; nil when there is none.
    package var lowestNanoseconds: UInt64? { count == 0 ? nil : lowest }
    package var highestRecordedNanoseconds: UInt64? { count == 0 ? nil : highest }

    /// The percentiles that summaries and recordings give, by their name in both.
    package static let percentiles: [(name: String, percent: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p99_9", 99.9), ("p99_99", 99.99),
    ]

    /// Count, lowest, percentiles and highest in seconds; null where the count does not support it.
    ///
    /// - Parameter encoded: also the whole histogram, as `hdr`: nanoseconds in HdrHistogram's V2 encoding.
    package func json(encoded: Bool) -> JSON {
        func seconds(_ nanoseconds: UInt64?) -> JSON { nanoseconds.map { .number(Metric.seconds($0)) } ?? .null }
        var members = [JSON.Member("count", .number(Double(count))), JSON.Member("min", seconds(lowestNanoseconds))]
        let values = valuesAtPercentiles(LatencyHistogram.percentiles.map(\.percent))
        for (percentile, value) in zip(LatencyHistogram.percentiles, values) {
            members.append(JSON.Member(percentile.name, seconds(value)))
        }
        members.append(JSON.Member("max", seconds(highestRecordedNanoseconds)))
        if encoded { members.append(JSON.Member("hdr", .string(encodedText))) }
        return .object(members)
    }
}
