package import Load
package import Measurements

/// What a whole run comes to, gathered sample by sample, from a live run or a recording.
package struct Summary: Sendable {
    /// What the run was asked to do; a summary says it beside what came of it.
    package struct Request: Sendable, Equatable {
        /// "127.0.0.1:8080"
        package var address: String
        /// nil without clients.
        package var load: Load?
        package var cpuCount: Int

        package init(address: String, load: Load?, cpuCount: Int) {
            self.address = address
            self.load = load
            self.cpuCount = cpuCount
        }
    }

    /// The load that was asked for.
    package struct Load: Sendable, Equatable {
        package var connections: Int
        package var streams: Int
        /// Requests per second; nil for a closed load.
        package var rate: Double?
        /// In all; nil without such an end.
        package var requests: Int?
        /// What was asked for part by part; empty: the same all the time.
        package var phases: [Phase] = []

        package init(connections: Int, streams: Int, rate: Double?, requests: Int?, phases: [Phase] = []) {
            self.phases = phases
            self.connections = connections
            self.streams = streams
            self.rate = rate
            self.requests = requests
        }

        /// A schedule says when to ask, at least some of the time.
        package var isOpen: Bool { rate != nil || phases.contains(where: \.isOpen) }
    }

    package let request: Request
    /// The sample added last; its counters are the run's totals, without the warm-up.
    package private(set) var last = Sample(
        timeNanoseconds: 0, intervalNanoseconds: 0, server: nil, client: nil, process: ProcessSample())
    /// The sample added last before the load was stopped: rates are of the time until then.
    package private(set) var endOfLoad: Sample?
    /// The last one as it came.
    private var lastWhole: Sample?
    /// Of the whole run.
    package private(set) var serviceTime = LatencyHistogram()
    package private(set) var responseTime = LatencyHistogram()
    package private(set) var scheduleDelay = LatencyHistogram()
    /// The first wrong answers that the body check found, as long as they were in the samples.
    package private(set) var bodyViolations: [BodyViolation] = []
    /// Those of metrics that have no field of their own here.
    private(set) var otherHistograms: [String: LatencyHistogram] = [:]
    /// What any sample had, by the gauge's name.
    private var ranges: [String: GaugeRange] = [:]
    private var loadHasEnded = false
    /// The last sample before what counts: of the warm-up, or of the phase before.
    private var base: Sample?
    /// Of one phase, not of the run.
    private var isPhase = false
    /// One for each phase that has begun, in their order; without the warm-up.
    package private(set) var phases: [PhaseSummary] = []
    /// What was demanded, and what became of it.
    package var thresholds: [ThresholdResult] = []
    /// Times that somebody's fingers changed the run while it went: it is of no one load then.
    package var changesByHand = 0
    /// How the run ended.
    package var outcome = Outcome.ended

    private static let gauges = Metric.all.filter { $0.kind == .gauge && $0.name != "time" && $0.name != "interval" }

    private static let otherHistogramMetrics = Metric.all.filter {
        $0.kind == .histogram && !["client.service_time", "client.response_time", "client.schedule_delay"].contains($0.name)
    }

    package init(_ request: Request) { self.request = request }

    fileprivate init(_ request: Request, base: Sample?) {
        self.request = request
        self.base = base
        isPhase = true
    }

    /// Takes the next sample of the run. Those of the warm-up only say where counting begins.
    package mutating func add(_ sample: Sample) {
        if sample.isWarmup {
            base = sample
            base?.client?.forgetHistograms()
            return
        }
        addToPhase(sample)
        if let client = sample.client {
            serviceTime.merge(client.serviceTime)
            responseTime.merge(client.responseTime)
            scheduleDelay.merge(client.scheduleDelay)
            bodyViolations += client.bodyViolations
        }
        for metric in Summary.otherHistogramMetrics {
            guard case .histogram(let histogram)? = metric.read(sample), histogram.count > 0 else { continue }
            otherHistograms[metric.name, default: LatencyHistogram()].merge(histogram)
        }
        for gauge in Summary.gauges {
            guard case .number(let value)? = gauge.read(sample) else { continue }
            ranges[gauge.name, default: GaugeRange()].add(
                value, atSeconds: Metric.seconds(sample.timeNanoseconds), isUnderLoad: !loadHasEnded)
        }
        last = sample
        if let base { last.subtractCounters(of: base) }
        if !loadHasEnded { endOfLoad = last }
        lastWhole = sample
        lastWhole?.client?.forgetHistograms()
    }

    /// The one after the load, of no phase, has what the last phase left in flight.
    private mutating func addToPhase(_ sample: Sample) {
        if let name = sample.phase, phases.last?.name != name {
            phases.append(PhaseSummary(name: name, summary: Summary(request, base: lastWhole ?? base)))
        }
        guard !phases.isEmpty else { return }
        if loadHasEnded { phases[phases.count - 1].summary.endLoad() }
        phases[phases.count - 1].summary.addAsPhase(sample)
    }

    private mutating func addAsPhase(_ sample: Sample) {
        var sample = sample
        sample.phase = nil
        add(sample)
    }

    /// The samples from here on belong to the drain: their requests count, their time does not.
    package mutating func endLoad() { loadHasEnded = true }

    /// When what counts began.
    var startNanoseconds: UInt64 { base?.timeNanoseconds ?? 0 }

    /// Requests that were begun before what counts, and done in it: done counts them, started does not.
    var carriedRequests: UInt64 { base?.client.map { $0.startedRequests - min($0.doneRequests, $0.startedRequests) } ?? 0 }

    /// The same of the server's.
    var carriedServerRequests: UInt64 {
        base?.server.map { $0.startedRequests - min($0.completedRequests, $0.startedRequests) } ?? 0
    }

    /// Requests that were due in the warm-up, and begun after it: the oldest are begun first. A phase
    /// has none: what it leaves to the next is not dropped.
    var lateRequests: UInt64 {
        guard !isPhase, let before = base?.client, let client = last.client else { return 0 }
        return min(before.scheduledRequests - min(before.startedRequests, before.scheduledRequests), client.startedRequests)
    }

    /// The highest value that any sample had. nil: no sample had such a number.
    package func maximum(of name: String) -> Double? { ranges[name]?.highest }

    /// What the samples had of a gauge. nil: none had such a number.
    package func range(of name: String) -> GaugeRange? { ranges[name] }

    /// The value under load, last.
    func numberAtEndOfLoad(_ name: String) -> Double? {
        guard let endOfLoad, case .number(let value)? = Metric.all.first(where: { $0.name == name })?.read(endOfLoad) else { return nil }
        return value
    }

    /// The run's total, or the last value, of a metric. nil: the last sample had no such number.
    package func number(_ name: String) -> Double? {
        guard let metric = Metric.all.first(where: { $0.name == name }), case .number(let value)? = metric.read(last)
        else { return nil }
        return value
    }
}

extension Summary {
    /// A `SummaryMetric` by its name. nil: unknown, or this run has no such number.
    package func derived(_ name: String) -> Double? {
        SummaryMetric.all.first { $0.name == name }?.read(self)
    }

    /// Half of the requests may be sent so late, and a hundredth of them: below both, response times are the server's.
    private static let punctualMedianNanoseconds: UInt64 = 50_000
    private static let punctualLimitNanoseconds: UInt64 = 200_000

    /// How late one in a hundred requests of an open load was sent, where that is more than a punctual load's: no
    /// difference of response times below it says anything about the server. nil: the load was punctual, or closed.
    package var coarseResolutionNanoseconds: UInt64? {
        guard request.load?.isOpen == true else { return nil }
        let delays = scheduleDelay.valuesAtPercentiles([50, 99])
        guard let median = delays[0] else { return nil }
        // Few requests have no percentile 99: then the latest counts.
        let late = delays[1] ?? scheduleDelay.highestRecordedNanoseconds ?? median
        return median > Summary.punctualMedianNanoseconds || late > Summary.punctualLimitNanoseconds ? late : nil
    }

    /// Time under load. nil before the first sample.
    var loadSeconds: Double? {
        endOfLoad.map { Metric.seconds($0.timeNanoseconds - min(startNanoseconds, $0.timeNanoseconds)) }
    }

    var totalRequests: Double? {
        guard let client = last.client else { return nil }
        return request.load?.requests.map { Double($0) } ?? Double(client.scheduledRequests)
    }

    func perSecond(_ count: UInt64) -> Double? {
        loadSeconds.flatMap { $0 > 0 ? Double(count) / $0 : nil }
    }

    /// The same numbers under the same names as in a sample; a gauge has its `last` and its
    /// `max`; histograms are those of the whole run.
    package var json: JSON {
        var json = JSON.object([.init("time", .number(Metric.seconds(last.timeNanoseconds)))])
        for metric in SummaryMetric.all {
            json.set(metric.read(self).map { .number($0) } ?? .null, atPath: metric.name)
        }
        for metric in Metric.all where metric.name != "time" && metric.name != "interval" {
            switch metric.read(last) {
            case .number(let number) where metric.kind == .gauge:
                json.set(.number(number), atPath: "\(metric.name).last")
                json.set(maximum(of: metric.name).map { .number($0) } ?? .null, atPath: "\(metric.name).max")
            case .number(let number): json.set(.number(number), atPath: metric.name)
            case .histogram, nil: continue
            }
        }
        if last.client != nil {
            json.set(serviceTime.json(encoded: true), atPath: "client.service_time")
            json.set(responseTime.json(encoded: true), atPath: "client.response_time")
            json.set(scheduleDelay.json(encoded: true), atPath: "client.schedule_delay")
        }
        if !phases.isEmpty {
            json.set(.array(phases.map(\.json)), atPath: "phases")
        }
        if !thresholds.isEmpty {
            json.set(.array(thresholds.map(\.json)), atPath: "thresholds")
        }
        json.set(.string(outcome.text), atPath: "outcome")
        json.set(verdict.json, atPath: "verdict")
        return json
    }
}
