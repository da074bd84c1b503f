internal import Measurements

/// A figure of the dashboard as a sentence tells it: its subject, its value at a sample, and how that is said.
struct PlainFigure: Sendable {
    /// "the request rate"
    let subject: String
    /// nil where the sample has no such figure.
    let value: @Sendable (Sample, Sample?) -> Double?
    let text: @Sendable (Double) -> String
    /// Any growth is told: failures, findings.
    let isFailure: Bool
    /// What the figure is over several samples.
    let rule: Rule

    enum Rule: Sendable {
        /// Of the last one: counts, levels.
        case last
        /// The middle one: rates.
        case median
        /// The highest one: what a peak is made of.
        case highest
    }

    private init(
        _ subject: String, _ rule: Rule, isFailure: Bool = false, _ text: @escaping @Sendable (Double) -> String,
        _ value: @escaping @Sendable (Sample, Sample?) -> Double?
    ) {
        self.subject = subject
        self.rule = rule
        self.isFailure = isFailure
        self.text = text
        self.value = value
    }

    /// In the order in which a listener needs them.
    static let all: [PlainFigure] = [
        PlainFigure("the number of failed requests", .last, isFailure: true, count) { now, _ in now.client.map { Double($0.requests.failed) } },
        PlainFigure("the number of the server's errors", .last, isFailure: true, count) { now, _ in
            now.knows(.httpDetails) ? now.server.map { Double($0.protocolErrors + $0.timeouts) } : nil
        },
        PlainFigure("the number of findings", .last, isFailure: true, count) { now, _ in now.knows(.findings) ? now.watch.map { Double($0.findings) } : nil },
        PlainFigure("the number of memory violations", .last, isFailure: true, count) { now, _ in
            now.server.flatMap { $0.audit.loops > 0 ? Double($0.audit.violations) : nil }
        },
        PlainFigure("the request rate", .median, perSecond) { now, before in
            let isClients = now.client != nil
            guard isClients || now.knows(.requests) else { return nil }
            return rate(now, before) { isClients ? $0.client?.requests.answered : $0.server?.requests.completed }
        },
        PlainFigure("the median response time", .median, time) { now, _ in now.client.flatMap { $0.responseTime.valuesAtPercentiles([50])[0].map { Double($0) } } },
        PlainFigure("the p99 response time", .median, time) { now, _ in now.client.flatMap { $0.responseTime.valuesAtPercentiles([99])[0].map { Double($0) } } },
        PlainFigure("the longest response time", .highest, time) { now, _ in now.client.flatMap { $0.responseTime.highestRecordedNanoseconds.map { Double($0) } } },
        PlainFigure("the number of requests in flight", .median, count) { now, _ in now.client.map { Double($0.requests.inFlight) } },
        PlainFigure("the number of requests that wait for a stream", .median, count) { now, _ in now.client.map { Double($0.requests.queued) } },
        PlainFigure("the number of open connections", .last, count) { now, _ in
            (now.knows(.openConnections) ? now.server.map { Double($0.connectionCounts.open) } : nil) ?? now.client.map { Double($0.connectionCounts.open) }
        },
        PlainFigure("the amount of pending bytes", .median, bytes) { now, _ in writes(now).map { Double($0.pendingBytes) } },
        PlainFigure("the age of the oldest pending byte", .median, time) { now, _ in writes(now).map { Double($0.oldestAgeNanoseconds) } },
        PlainFigure("the arena memory in use", .median, bytes) { now, _ in arena(now).map { Double($0.usedBytes) } },
        PlainFigure("the number of arenas that only pending writes keep", .median, count) { now, _ in arena(now).map { Double($0.retired) } },
        PlainFigure("the server's heap", .last, bytes) { now, _ in now.knows(.heap) ? now.watch.map { Double($0.heapBytes) } : nil },
        PlainFigure("the server's resident memory", .last, bytes) { now, _ in now.knows(.residentMemory) ? now.watch.map { Double($0.residentBytes) } : nil },
        PlainFigure("the byte rate of the requests", .median, byteRate) { now, before in
            rate(now, before) { $0.client?.sentBytes ?? ($0.knows(.traffic) ? $0.server?.receivedBytes : nil) }
        },
        PlainFigure("the byte rate of the responses", .median, byteRate) { now, before in
            rate(now, before) { $0.client?.receivedBytes ?? ($0.knows(.traffic) ? $0.server?.sentBytes : nil) }
        },
        PlainFigure("the hit rate of the string cache", .median, share) { now, before in hitRate(now, before) { $0.client?.caches.strings } },
        PlainFigure("the hit rate of the buffer cache", .median, share) { now, before in hitRate(now, before) { $0.client?.caches.buffers } },
        PlainFigure("the hit rate of the session cache", .median, share) { now, before in hitRate(now, before) { $0.client?.caches.sessions } },
        PlainFigure("the server's share of a processor", .median, share) { now, before in
            guard let before, now.knows(.cpu) else { return nil }
            return rate(now, before) { $0.server?.loops.cpuNanoseconds }.map { $0 / 1e9 }
        },
        PlainFigure("the clients' share of a processor", .median, share) { now, before in
            guard let before else { return nil }
            return rate(now, before) { $0.client?.loops.cpuNanoseconds }.map { $0 / 1e9 }
        },
    ]

    private static func writes(_ sample: Sample) -> WriteSample? {
        sample.server.flatMap { sample.knows(.pendingBytes) ? $0.writes : nil } ?? sample.client?.writes
    }

    private static func arena(_ sample: Sample) -> ArenaSample? { sample.knows(.arenas) ? sample.server?.arena : nil }

    /// Growth of a counter, a second; nil where there is none, or no time has passed.
    private static func rate(_ now: Sample, _ before: Sample?, _ counter: (Sample) -> UInt64?) -> Double? {
        let seconds = Metric.seconds(before.map { now.timeNanoseconds - min($0.timeNanoseconds, now.timeNanoseconds) } ?? now.intervalNanoseconds)
        guard let count = counter(now), seconds > 0 else { return nil }
        let old = before.flatMap(counter) ?? 0
        return Double(count - min(old, count)) / seconds
    }

    /// Of the look-ups since the sample before; nil without any.
    private static func hitRate(_ now: Sample, _ before: Sample?, _ cache: (Sample) -> CacheSample?) -> Double? {
        guard let new = cache(now) else { return nil }
        let old = before.flatMap(cache) ?? CacheSample()
        guard new.lookups > old.lookups else { return nil }
        return Double(new.hits - min(old.hits, new.hits)) / Double(new.lookups - old.lookups)
    }

    private static let count: @Sendable (Double) -> String = { Figure.fixed($0, decimals: 0) }
    private static let perSecond: @Sendable (Double) -> String = { "\(Figure.fixed($0, decimals: 0)) per second" }
    private static let time: @Sendable (Double) -> String = { Figure.time(nanoseconds: UInt64(max(0, $0))) }
    private static let bytes: @Sendable (Double) -> String = { Figure.bytes($0) }
    private static let byteRate: @Sendable (Double) -> String = { "\(Figure.bytes($0)) per second" }
    private static let share: @Sendable (Double) -> String = { Figure.percent($0) }
}
