internal import Measurements

/// One plot of the report over the time of the run: which numbers, and how they are drawn.
struct ReportPlot: Sendable {
    /// One line of a plot.
    struct Series: Sendable {
        var name: String
        var fold: Timeline.Fold
        /// The colour, from 1; two lines of one colour differ by their dashes.
        var colour: Int
        var isDashed = false
        /// Also filled down to 0.
        var isFilled = false
    }

    let title: String
    let note: String
    let quantity: ReportScale.Quantity
    var isLogarithmic = false
    let series: [Series]
    /// The values of a sample, one for each series; the sample before is nil for the first.
    let read: @Sendable (Sample, Sample?) -> [Double?]

    /// The plots of the report, the most wanted first.
    static let all: [ReportPlot] = [
        throughput, responseTime, serviceTime, pending, connections, arena, caches, cpu, memory, traffic,
    ]

    private static let throughput = ReportPlot(
        title: "Throughput", note: "requests a second", quantity: .count,
        series: [
            Series(name: "answered", fold: .mean, colour: 1, isFilled: true), Series(name: "asked for", fold: .mean, colour: 2, isDashed: true),
            Series(name: "failed", fold: .mean, colour: 4), Series(name: "server completed", fold: .mean, colour: 3, isDashed: true),
        ],
        read: { sample, before in
            [
                sample.rate(since: before) { $0.client?.requests.answered }, sample.rate(since: before) { $0.client?.requests.scheduled },
                sample.rate(since: before) { $0.client?.requests.failed }, sample.rate(since: before) { $0.knows(.requests) ? $0.server?.requests.completed : nil },
            ]
        })

    private static let responseTime = latency(
        "Response time", "from when a request was due, logarithmic") { $0.client?.responseTime }
    private static let serviceTime = latency("Service time", "from when a request was sent, logarithmic") { $0.client?.serviceTime }

    private static func latency(
        _ title: String, _ note: String, _ histogram: @escaping @Sendable (Sample) -> LatencyHistogram?
    ) -> ReportPlot {
        ReportPlot(
            title: title, note: note, quantity: .seconds, isLogarithmic: true,
            series: [
                Series(name: "p50", fold: .highest, colour: 1), Series(name: "p99", fold: .highest, colour: 2),
                Series(name: "p99.9", fold: .highest, colour: 5, isDashed: true), Series(name: "max", fold: .highest, colour: 4, isDashed: true),
            ],
            read: { sample, _ in
                guard let histogram = histogram(sample) else { return [nil, nil, nil, nil] }
                return histogram.valuesAtPercentiles([50, 99, 99.9, 100]).map { $0.map(Metric.seconds) }
            })
    }

    private static let pending = ReportPlot(
        title: "Pending writes", note: "bytes that wait for their sockets", quantity: .bytes,
        series: [
            Series(name: "server", fold: .highest, colour: 1, isFilled: true),
            Series(name: "server, most so far", fold: .highest, colour: 1, isDashed: true), Series(name: "clients", fold: .highest, colour: 2),
        ],
        read: { sample, _ in
            [
                sample.server.map { Double($0.writes.pendingBytes) }, sample.server.map { Double($0.writes.pendingBytesHighWater) },
                sample.client.map { Double($0.writes.pendingBytes) },
            ]
        })

    private static let connections = ReportPlot(
        title: "Connections and requests", note: "at the end of each interval", quantity: .count,
        series: [
            Series(name: "connections, clients", fold: .highest, colour: 1), Series(name: "connections, server", fold: .highest, colour: 3, isDashed: true),
            Series(name: "in flight", fold: .highest, colour: 2), Series(name: "queued", fold: .highest, colour: 4),
        ],
        read: { sample, _ in
            [
                sample.client.map { Double($0.connectionCounts.open) }, sample.server.map { Double($0.connectionCounts.open) },
                sample.client.map { Double($0.requests.inFlight) }, sample.client.map { Double($0.requests.queued) },
            ]
        })

    private static let arena = ReportPlot(
        title: "Arena memory", note: "of the server's exchanges", quantity: .bytes,
        series: [
            Series(name: "reserved", fold: .highest, colour: 3), Series(name: "used", fold: .highest, colour: 1, isFilled: true),
        ],
        read: { sample, _ in
            guard sample.knows(.arenas) else { return [nil, nil] }
            return [sample.server.map { Double($0.arena.reservedBytes) }, sample.server.map { Double($0.arena.usedBytes) }]
        })

    /// Every cache of the clients with a hit rate.
    private static let hitRates = Metric.all.filter { $0.name.hasPrefix("client.cache.") && $0.name.hasSuffix(".hit_rate") }

    private static let caches = ReportPlot(
        title: "Cache hit rates", note: "since the start; arenas: of each interval", quantity: .share,
        series: hitRates.enumerated().map { index, metric in
            Series(name: metric.name.split(separator: ".").dropLast().last.map(String.init) ?? metric.name, fold: .mean, colour: index % 5 + 1)
        } + [Series(name: "arenas", fold: .mean, colour: 3, isDashed: true)],
        read: { sample, before in
            let taken = sample.server.map { $0.arena.taken &- (before?.server?.arena.taken ?? 0) } ?? 0
            let reused = sample.server.map { $0.arena.reused &- (before?.server?.arena.reused ?? 0) } ?? 0
            return hitRates.map { $0.number(of: sample) }
                + [taken > 0 ? Double(reused) / Double(taken) : nil]
        })

    private static let cpu = ReportPlot(
        title: "CPU", note: "in cores", quantity: .cores,
        series: [
            Series(name: "clients", fold: .mean, colour: 1), Series(name: "server", fold: .mean, colour: 2),
            Series(name: "whole process", fold: .mean, colour: 3, isDashed: true),
        ],
        read: { sample, before in
            [
                sample.rate(since: before) { $0.client?.loops.cpuNanoseconds }, sample.rate(since: before) { $0.knows(.cpu) ? $0.server?.loops.cpuNanoseconds : nil },
                sample.rate(since: before) { $0.process.cpuNanoseconds },
            ].map { $0.map { $0 / 1e9 } }
        })

    private static let memory = ReportPlot(
        title: "Memory", note: "resident, of the whole process", quantity: .bytes,
        series: [
            Series(name: "resident", fold: .highest, colour: 1, isFilled: true), Series(name: "watched server", fold: .highest, colour: 3),
            Series(name: "its heap", fold: .highest, colour: 2, isDashed: true),
        ],
        read: { sample, _ in
            [
                Double(sample.process.residentBytes), sample.knows(.residentMemory) ? sample.watch.map { Double($0.residentBytes) } : nil,
                sample.knows(.heap) ? sample.watch.map { Double($0.heapBytes) } : nil,
            ]
        })

    private static let traffic = ReportPlot(
        title: "Traffic", note: "bytes a second on the sockets", quantity: .bytes,
        series: [
            Series(name: "clients received", fold: .mean, colour: 1), Series(name: "clients sent", fold: .mean, colour: 2),
            Series(name: "server sent", fold: .mean, colour: 3, isDashed: true),
        ],
        read: { sample, before in
            [
                sample.rate(since: before) { $0.client?.receivedBytes }, sample.rate(since: before) { $0.client?.sentBytes },
                sample.rate(since: before) { $0.knows(.traffic) ? $0.server?.sentBytes : nil },
            ]
        })
}

extension Sample {
    /// A counter's growth a second in this sample's interval; nil where there is no such counter or no time.
    fileprivate func rate(since before: Sample?, _ counter: (Sample) -> UInt64?) -> Double? {
        guard let now = counter(self), intervalNanoseconds > 0 else { return nil }
        // CPU time of a process counts from its own start, before the first sample's interval.
        guard let earlier = before.flatMap(counter) ?? (before == nil ? 0 : nil) else { return nil }
        return max(0, Double(now) - Double(earlier)) / Metric.seconds(intervalNanoseconds)
    }
}
