package import Load
package import Measurements
internal import Recording

/// The totals of a whole run, gathered sample by sample, from a live run or a recording.
package struct Summary: Sendable {
    /// What the run was asked to do; a summary says it beside the results.
    package struct Request: Sendable, Equatable {
        /// Of the scenario; nil: it has none, or there is none.
        package var name: String?
        /// "127.0.0.1:8080"
        package var address: String
        /// nil without clients.
        package var load: Load?
        package var cpuCount: Int
        /// SO_SNDBUF of a watched server's sockets; nil: the server's own.
        package var sendBufferByteCount: Int?
        /// The program of a server that is watched: "node"; nil: the run starts none.
        package var program: String?
        /// Pages of its pending bytes are read-only (`--trap`).
        package var traps = false

        package init(address: String, load: Load?, cpuCount: Int) {
            self.address = address
            self.load = load
            self.cpuCount = cpuCount
        }
    }

    /// The load that was asked for.
    package struct Load: Sendable, Equatable {
        /// Between two samples, seconds; nil where that is not known.
        package var interval: Double?
        /// What is asked for: "http://127.0.0.1:8080/bytes/1KiB, negotiated"; empty where that is not known.
        package var target = ""
        /// The URLs of different requests, where all of them are the same each time; empty: a part of some request differs
        /// from one to the next, or it is not known.
        package var fixedURLs: [String] = []
        /// Answers are compared byte by byte.
        package var checksBodies = false
        /// The run has its server end: that the server is gone then is no failure.
        package var endsServer = false
        package var connections: Int
        package var streams: Int
        /// Requests per second; nil for a closed load.
        package var rate: Double?
        /// In all; nil without such an end.
        package var requests: Int?
        /// The load part by part; empty: the same all the time.
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

        /// "open load, 500 requests/s asked", "closed load", "3 phases of open load".
        var kindText: String {
            guard !phases.isEmpty else { return rate.map { "open load, \(JSON.number($0).text) requests/s asked" } ?? "closed load" }
            let kinds = (phases.contains(where: \.isOpen) ? ["open"] : []) + (phases.allSatisfy(\.isOpen) ? [] : ["closed"])
            return "\(Figure.counted(phases.count, "phase")) of \(kinds.joined(separator: " and ")) load"
        }
    }

    package let request: Request
    /// The sample added last; its counters are the run's totals, without the warm-up.
    package private(set) var last = Sample(
        timeNanoseconds: 0, intervalNanoseconds: 0, server: nil, client: nil, process: ProcessSample())
    /// The sample added last before the load was stopped: rates are of the time until then.
    package private(set) var endOfLoad: Sample?
    /// The last one as it came.
    private(set) var lastWhole: Sample?
    /// Of the whole run, by the metric's name; of those that had a value.
    private var histograms: [String: LatencyHistogram] = [:]
    private var requestTotals = RequestTotals()
    /// The first wrong answers that the body check found, as long as they were in the samples.
    package private(set) var bodyViolations: [BodyViolation] = []
    private(set) var gauges = GaugeTotals()
    private var loadHasEnded = false
    /// The last sample before counting begins: of the warm-up, or of the phase before.
    private var base: Sample?
    /// Of one phase, not of the run.
    private(set) var isPhase = false
    /// One for each phase that has begun, in their order; without the warm-up.
    package private(set) var phases: [PhaseSummary] = []
    /// The results of the run's thresholds.
    package var thresholds: [ThresholdResult] = []
    /// Changes of the load that the user made while the run went: the results then mix several loads.
    package var changesByHand = 0
    /// What the events told.
    private var told = EventTotals()
    /// Why the numbers cannot be trusted, where the samples do not show it: a late start, a part that is missing.
    package var doubts: [String] = []
    /// How the run ended.
    package var outcome = Outcome.ended
    /// What else is known of the run beside its samples.
    package var circumstances = RunCircumstances()
    /// When the server that can not be reached now was lost, on the axis of the samples; nil: it can be reached.
    private(set) var goneNanoseconds: UInt64?
    /// The longest time between two samples under load.
    private var longestGapNanoseconds: UInt64 = 0

    private static let histogramMetrics = Metric.measured.filter { $0.kind == .histogram }

    package init(_ request: Request) { self.request = request }

    /// Of a part of the run: counters count from `base`.
    init(_ request: Request, base: Sample?) {
        self.request = request
        self.base = base
        gauges = GaugeTotals(after: base)
        isPhase = true
    }

    /// Of one interval under load: counters count from the sample before. Without histograms and ranges of gauges.
    init(_ request: Request, of sample: Sample, after previous: Sample?) {
        self.init(request, base: previous)
        last = sample
        if let previous { last.subtractCounters(of: previous) }
        endOfLoad = last
        requestTotals.add(sample)
    }

    /// Takes a finding of the run.
    package mutating func add(_ finding: BrokenWrite) { told.add(finding) }

    /// Findings in a server that is watched; those of the warm-up count.
    package var findings: [BrokenWrite] { told.found.bugs }
    /// Where a server that is watched crashed first, innermost first; empty: it did not, or that is not known.
    var crashPlaces: [String] { told.crashPlaces }
    /// Times without an answer; those of the warm-up do not count.
    var answerGaps: AnswerGapList { told.answerGaps.ending(in: (startNanoseconds + 1)...) }

    /// Takes an event of the run: of findings and gaps more is told than their words. A gap belongs to the phase in which
    /// it ended.
    package mutating func add(_ event: Event) {
        told.add(event)
        guard event.answerGap != nil, let phase = phases.lastIndex(where: { $0.summary.startNanoseconds < event.timeNanoseconds }) else { return }
        phases[phase].summary.told.add(event)
    }

    /// Takes the next sample of the run. Those of the warm-up only say where counting begins.
    package mutating func add(_ sample: Sample) { add(sample, sample.readings) }

    /// The same, where the readings of the sample have been taken already.
    mutating func add(_ sample: Sample, _ readings: [Metric.Value?]) {
        told.update(sample.findingCounts)
        if sample.isWarmup {
            base = sample
            base?.client?.forgetHistograms()
            gauges.end(warmup: sample)
            return
        }
        addToPhase(sample)
        bodyViolations += sample.client?.bodyViolations ?? []
        for metric in Summary.histogramMetrics {
            guard let histogram = Metric.places[metric.name].flatMap({ readings[$0]?.histogram }), histogram.count > 0 else { continue }
            histograms[metric.name, default: LatencyHistogram()].merge(histogram)
        }
        requestTotals.add(sample)
        gauges.add(readings, of: sample, isUnderLoad: !loadHasEnded)
        noteLoss(sample)
        if !loadHasEnded { longestGapNanoseconds = max(longestGapNanoseconds, sample.intervalNanoseconds) }
        last = sample
        if let base { last.subtractCounters(of: base) }
        if !loadHasEnded { endOfLoad = last }
        if !loadHasEnded, let client = last.client { gauges.memory.add(sample, requests: client.requests.done) }
        lastWhole = sample
        lastWhole?.client?.forgetHistograms()
    }

    /// Keeps the time since when the clients are cut off.
    private mutating func noteLoss(_ sample: Sample) {
        guard let client = sample.client, client.isCutOff else { return goneNanoseconds = nil }
        let before = lastWhole?.client?.cutOffNanoseconds ?? 0
        let grown = client.cutOffNanoseconds - min(before, client.cutOffNanoseconds)
        goneNanoseconds = goneNanoseconds ?? (sample.timeNanoseconds - min(grown, sample.timeNanoseconds))
    }

    /// The sample after the load belongs to no phase: it has the requests that the last phase left in flight.
    private mutating func addToPhase(_ sample: Sample) {
        if let name = sample.phase, phases.last?.name != name {
            var part = Summary(request, base: lastWhole ?? base)
            // A gap that ended in it may have been told before its first sample.
            part.told = told.gaps(in: (part.startNanoseconds + 1)...)
            if let last = phases.indices.last { phases[last].summary.told = phases[last].summary.told.gaps(in: ...part.startNanoseconds) }
            phases.append(PhaseSummary(name: name, summary: part))
        }
        guard !phases.isEmpty else { return }
        if loadHasEnded { phases[phases.count - 1].summary.endLoad() }
        phases[phases.count - 1].summary.addAsPhase(sample)
    }

    /// Takes the next sample of the part that this summary is about.
    mutating func addAsPhase(_ sample: Sample) {
        var sample = sample
        sample.phase = nil
        add(sample)
    }

    /// The samples from here on belong to the drain: their requests count, their time does not.
    package mutating func endLoad() { loadHasEnded = true }

    /// When counting began.
    var startNanoseconds: UInt64 { base?.timeNanoseconds ?? 0 }

    /// Requests that were begun before counting began, and done after: done counts them, started does not.
    var carriedRequests: UInt64 { base?.client.map { $0.requests.started - min($0.requests.done, $0.requests.started) } ?? 0 }

    /// The same of the server's.
    var carriedServerRequests: UInt64 {
        base?.server.map { $0.requests.started - min($0.requests.completed, $0.requests.started) } ?? 0
    }

    /// Requests that failed in the warm-up: they count nowhere else.
    var warmupFailures: UInt64 { isPhase ? 0 : base?.client?.requests.failed ?? 0 }

    /// Requests that were due in the warm-up, and begun after it: the oldest are begun first. A phase
    /// has none: the next phase begins its late requests, so they are not dropped.
    var lateRequests: UInt64 {
        guard !isPhase, let before = base?.client, let client = last.client else { return 0 }
        return min(
            before.requests.scheduled - min(before.requests.started + before.requests.skipped, before.requests.scheduled),
            client.requests.started)
    }

    /// The highest value that any sample had. nil: no sample had such a number.
    package func maximum(of name: String) -> Double? { gauges.range(of: name)?.highest }

    /// The values of a gauge. nil: no sample had such a number.
    package func range(of name: String) -> GaugeRange? { gauges.range(of: name) }

    /// The value under load, last.
    func numberAtEndOfLoad(_ name: String) -> Double? {
        guard let metric = Metric.named(name) else { return nil }
        return gauges.isOfPart(metric) ? range(of: name)?.last : endOfLoad.flatMap { metric.number(of: $0) }
    }

    /// The run's total, or the last value, of a metric. Of a gauge that holds the most since the start, within a part: the
    /// most within it, also where the last sample has none. nil: the last sample had no such number.
    package func number(_ name: String) -> Double? {
        // Samples have the most of any loop, whose difference between two moments may be that of no loop: events know better.
        if name == "client.gaps.count" { return RunGaps(summary: self).isKnown ? Double(RunGaps(summary: self).count) : nil }
        guard let metric = Metric.named(name) else { return nil }
        return gauges.isOfPart(metric) ? maximum(of: name) : metric.number(of: last)
    }

    /// The requests by kind, in the order of the plan, with the latencies of the whole run or phase.
    package var requests: [RequestSample] { requestTotals.requests(of: last) }

    /// The run as if the requests of one kind were all: with the figures that are counted by kind. nil: it has no such
    /// requests.
    func of(request name: String) -> Summary? {
        guard let request = requests.first(where: { $0.name == name }) else { return nil }
        var part = self
        part.last = last.of(request)
        if let end = endOfLoad, let client = end.client, let request = client.byRequest.first(where: { $0.name == name }) {
            part.endOfLoad = end.of(request)
            // Rates are of the time in which the server could be reached.
            part.endOfLoad?.client?.connectionCounts = client.connectionCounts
            part.endOfLoad?.client?.loops = client.loops
        }
        part.histograms = ["client.service_time": request.serviceTime, "client.response_time": request.responseTime]
        part.gauges = GaugeTotals()
        return part
    }

    /// The longest time between two samples under load, where it is far beyond the interval that was asked for; nil: the
    /// samples came as they should.
    var longestGapSeconds: Double? {
        let intervals = [request.load?.interval, circumstances.longestInterval].compactMap { $0 }
        guard let interval = intervals.max() else { return nil }
        let gap = Metric.seconds(longestGapNanoseconds)
        return gap > Summary.lateIntervals * interval + Summary.latenessSeconds ? gap : nil
    }

    /// A sample waits for the slowest loop, and a busy machine for its turn.
    private static let lateIntervals = 2.0
    private static let latenessSeconds = 1.0

    /// A histogram of the whole run, or phase, by the metric's name.
    func histogram(_ name: String) -> LatencyHistogram { histograms[name] ?? LatencyHistogram() }
}

extension Summary {
    /// Where the totals of a recording's last line are not those of its samples, in words; nil: they are the same.
    package func mismatch(recorded: JSON) -> String? {
        for name in ["client.requests.done", "client.requests.succeeded", "client.requests.failed"] {
            guard let said = recorded[path: name]?.number, let counted = number(name), said != counted else { continue }
            return "its summary does not fit its samples: \(name) is \(JSON.number(said).text), and by the samples \(JSON.number(counted).text); "
                + "it was edited, or is of several runs"
        }
        return nil
    }

    package var serviceTime: LatencyHistogram { histogram("client.service_time") }
    package var responseTime: LatencyHistogram { histogram("client.response_time") }
    package var scheduleDelay: LatencyHistogram { histogram("client.schedule_delay") }

    /// A `SummaryMetric` by its name. nil: unknown, or this run has no such number.
    package func derived(_ name: String) -> Double? {
        SummaryMetric.named(name)?.read(self)
    }

    /// Half of the requests may be sent so late, and a hundredth of them: below both, response times are the server's.
    private static let punctualMedianNanoseconds: UInt64 = 50_000
    private static let punctualLimitNanoseconds: UInt64 = 200_000

    /// How late one in a hundred requests of an open load was sent, where that is more than a punctual load's: no
    /// difference of response times below it says anything about the server. nil: the load was punctual, or closed.
    package var coarseResolutionNanoseconds: UInt64? {
        guard request.load?.isOpen == true else { return nil }
        // A stall of the server that held all connections is no imprecision of the clients: one in a hundred of the others.
        let held = RunGaps(summary: self).explainLateness ? scheduleDelay.share(above: Validity.delayLimitNanoseconds) ?? 0 : 0
        let delays = scheduleDelay.valuesAtPercentiles([50, 99 * (1 - held)])
        guard let median = delays[0] else { return nil }
        // Few requests have no percentile 99: then the latest counts.
        let late = delays[1] ?? (held > 0 ? median : scheduleDelay.highestRecordedNanoseconds ?? median)
        return median > Summary.punctualMedianNanoseconds || late > Summary.punctualLimitNanoseconds ? late : nil
    }

    /// Time under load. nil before the first sample.
    var loadSeconds: Double? {
        endOfLoad.map { Metric.seconds($0.timeNanoseconds - min(startNanoseconds, $0.timeNanoseconds)) }
    }

    var totalRequests: Double? {
        guard let client = last.client else { return nil }
        return request.load?.requests.map { Double($0) } ?? Double(client.requests.scheduled)
    }

    func perSecond(_ count: UInt64) -> Double? {
        loadSeconds.flatMap { $0 > 0 ? Double(count) / $0 : nil }
    }

    /// The same of the time under load in which the server could be reached.
    func perReachableSecond(_ count: UInt64) -> Double? {
        let reachable = (loadSeconds ?? 0) - Metric.seconds(endOfLoad?.client?.cutOffNanoseconds ?? 0)
        return reachable > 0 ? Double(count) / reachable : nil
    }

    /// Whether there is the part of the run that a number belongs to: a server, clients, a server that is watched.
    private func isOfRun(_ name: String) -> Bool {
        switch name.prefix(while: { $0 != "." }) {
        case "server": last.server != nil
        case "client": last.client != nil
        case "watch": last.watch != nil
        default: true
        }
    }

    /// The same numbers under the same names as in a sample; a gauge has its `last` and its
    /// `max`; histograms are those of the whole run.
    package var json: JSON {
        var json = JSON.object([.init("time", .number(Metric.seconds(last.timeNanoseconds)))])
        if let name = request.name { json.set(.string(name), atPath: "run.name") }
        for metric in SummaryMetric.all where isOfRun(metric.name) {
            json.set(metric.read(self).map { .number($0) } ?? .null, atPath: metric.name)
        }
        for metric in Metric.measured {
            switch metric.read(last) {
            case .number where metric.kind == .gauge:
                guard let number = number(metric.name) else { continue }
                json.set(.number(number), atPath: "\(metric.name).last")
                json.set(maximum(of: metric.name).map { .number($0) } ?? .null, atPath: "\(metric.name).max")
            case .number(let value): json.set(.number(number(metric.name) ?? value), atPath: metric.name)
            case nil where metric.kind == .gauge:
                // Known once, and not at the end: the process has ended since.
                if let most = maximum(of: metric.name) { json.set(.number(most), atPath: "\(metric.name).max") }
            case .histogram, nil: continue
            }
        }
        for metric in Summary.histogramMetrics where metric.read(last) != nil {
            json.set(histogram(metric.name).json(encoded: true), atPath: metric.name)
        }
        if var client = last.client {
            client.byRequest = requests
            for list in client.listsJSON(ofWholeRun: true) { json.set(list.value, atPath: "client.\(list.name)") }
        }
        if !phases.isEmpty {
            json.set(.array(phases.map(\.json)), atPath: "phases")
        }
        if !thresholds.isEmpty {
            json.set(.array(thresholds.map(\.json)), atPath: "thresholds")
        }
        if last.watch != nil { json.set(findingsJSON, atPath: "findings") }
        json.set(.string(outcome.text), atPath: "outcome")
        json.set(result.json, atPath: "result")
        json.set(validity.json, atPath: "measurement")
        return json
    }
}
