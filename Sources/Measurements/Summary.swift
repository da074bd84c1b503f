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

        package init(connections: Int, streams: Int, rate: Double?, requests: Int?) {
            self.connections = connections
            self.streams = streams
            self.rate = rate
            self.requests = requests
        }
    }

    package let request: Request
    /// The sample added last; its counters are the run's totals.
    package private(set) var last = Sample(
        timeNanoseconds: 0, intervalNanoseconds: 0, server: nil, client: nil, process: ProcessSample())
    /// The sample added last before the load was stopped: rates are of the time until then.
    package private(set) var endOfLoad: Sample?
    /// Of the whole run.
    package private(set) var serviceTime = LatencyHistogram()
    package private(set) var responseTime = LatencyHistogram()
    package private(set) var scheduleDelay = LatencyHistogram()
    /// The first wrong answers that the body check found, as long as they were in the samples.
    package private(set) var bodyViolations: [BodyViolation] = []
    /// The highest value that any sample had, by the gauge's name.
    private var maxima: [String: Double] = [:]
    private var loadHasEnded = false
    /// How the run ended.
    package var outcome = Outcome.ended

    private static let gauges = Metric.all.filter { $0.kind == .gauge && $0.name != "time" && $0.name != "interval" }

    package init(_ request: Request) { self.request = request }

    /// Takes the next sample of the run.
    package mutating func add(_ sample: Sample) {
        if let client = sample.client {
            serviceTime.merge(client.serviceTime)
            responseTime.merge(client.responseTime)
            scheduleDelay.merge(client.scheduleDelay)
            bodyViolations += client.bodyViolations
        }
        for gauge in Summary.gauges {
            guard case .number(let value)? = gauge.read(sample) else { continue }
            maxima[gauge.name] = max(maxima[gauge.name] ?? value, value)
        }
        last = sample
        if !loadHasEnded { endOfLoad = sample }
    }

    /// The samples from here on belong to the drain: their requests count, their time does not.
    package mutating func endLoad() { loadHasEnded = true }

    /// The highest value that any sample had. nil: no sample had such a number.
    package func maximum(of name: String) -> Double? { maxima[name] }

    /// The run's total, or the last value, of a metric. nil: the last sample had no such number.
    package func number(_ name: String) -> Double? {
        guard let metric = Metric.all.first(where: { $0.name == name }), case .number(let value)? = metric.read(last)
        else { return nil }
        return value
    }
}

/// A number that only a whole run has.
package struct SummaryMetric: Sendable {
    package let name: String
    package let unit: Metric.Unit
    package let meaning: String
    package let read: @Sendable (Summary) -> Double?

    package static let all: [SummaryMetric] = [
        .init(name: "run.duration", unit: .seconds, meaning: "From the start to the end of the load, without the drain") {
            $0.loadSeconds
        },
        .init(name: "client.requests.total", unit: .request, meaning: "Asked for: the number given, or scheduled") {
            $0.totalRequests
        },
        .init(name: "client.requests.asked_rate", unit: .requestPerSecond, meaning: "Scheduled a second; in an open load only") {
            guard $0.request.load?.rate != nil, let client = $0.endOfLoad?.client else { return nil }
            return $0.perSecond(client.scheduledRequests)
        },
        .init(name: "client.requests.fired_rate", unit: .requestPerSecond, meaning: "Started a second") {
            $0.endOfLoad?.client.map(\.startedRequests).flatMap($0.perSecond)
        },
        .init(name: "client.requests.rate", unit: .requestPerSecond, meaning: "Done a second") {
            $0.endOfLoad?.client.map(\.doneRequests).flatMap($0.perSecond)
        },
        .init(name: "client.requests.dropped", unit: .request, meaning: "Scheduled and never started") {
            $0.last.client.map { Double($0.scheduledRequests) - Double(min($0.startedRequests, $0.scheduledRequests)) }
        },
        .init(name: "client.bytes.received_rate", unit: .bytesPerSecond, meaning: "Read from sockets a second, by the clients") {
            $0.endOfLoad?.client.map(\.receivedBytes).flatMap($0.perSecond)
        },
        .init(name: "client.loop.utilization", unit: .one, meaning: "CPU of the clients' threads, in cores a loop") {
            guard let client = $0.endOfLoad?.client, client.loopCount > 0 else { return nil }
            return $0.perSecond(client.cpuNanoseconds).map { $0 / 1e9 / Double(client.loopCount) }
        },
        .init(name: "server.requests.rate", unit: .requestPerSecond, meaning: "Completed a second, by the server") {
            $0.endOfLoad?.server.map(\.completedRequests).flatMap($0.perSecond)
        },
        .init(name: "server.bytes.sent_rate", unit: .bytesPerSecond, meaning: "Written to sockets a second, by the server") {
            $0.endOfLoad?.server.map(\.sentBytes).flatMap($0.perSecond)
        },
        .init(name: "server.loop.utilization", unit: .one, meaning: "CPU of the server's threads, in cores a loop") {
            guard let server = $0.endOfLoad?.server, server.loopCount > 0 else { return nil }
            return $0.perSecond(server.cpuNanoseconds).map { $0 / 1e9 / Double(server.loopCount) }
        },
    ]
}

extension Summary {
    /// A `SummaryMetric` by its name. nil: unknown, or this run has no such number.
    package func derived(_ name: String) -> Double? {
        SummaryMetric.all.first { $0.name == name }?.read(self)
    }

    /// Time under load. nil before the first sample.
    var loadSeconds: Double? { endOfLoad.map { Metric.seconds($0.timeNanoseconds) } }

    fileprivate var totalRequests: Double? {
        guard let client = last.client else { return nil }
        return request.load?.requests.map { Double($0) } ?? Double(client.scheduledRequests)
    }

    fileprivate func perSecond(_ count: UInt64) -> Double? {
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
        json.set(.string(outcome.text), atPath: "outcome")
        json.set(verdict.json, atPath: "verdict")
        return json
    }
}
