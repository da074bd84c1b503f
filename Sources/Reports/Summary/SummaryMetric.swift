package import Measurements

/// A number that only a whole run has.
package struct SummaryMetric: Sendable {
    package let name: String
    package let unit: Metric.Unit
    /// In which direction a change is an improvement.
    package var better = Metric.Better.neither
    /// From 0 to 1.
    package var isShare = false
    package let meaning: String
    package let read: @Sendable (Summary) -> Double?
    /// Why there is no such number, in words; nil: nothing was measured.
    var absence: @Sendable (Summary) -> String? = { _ in nil }

    /// It says how a run went, whatever its length: a rate or a share, or how many bugs there are.
    package var isCompared: Bool { [.requestPerSecond, .bytesPerSecond, .one, .bug].contains(unit) }

    /// The number of that name; nil: there is none.
    package static func named(_ name: String) -> SummaryMetric? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// In the order in which a summary has them.
    package static let all: [SummaryMetric] = [
        .init(name: "run.duration", unit: .seconds, meaning: "From the start to the end of the load, without the drain") {
            $0.loadSeconds
        },
        .init(name: "run.warmup", unit: .seconds, meaning: "Before that, and left out of all totals") {
            Metric.seconds($0.startNanoseconds)
        },
        .init(name: "client.requests.carried", unit: .request, meaning: "Begun in the warm-up, done after it: in done, not in started") {
            $0.last.client == nil ? nil : Double($0.carriedRequests)
        },
        .init(name: "client.requests.total", unit: .request, meaning: "Asked for: the number given, or scheduled") {
            $0.totalRequests
        },
        .init(name: "client.requests.asked_rate", unit: .requestPerSecond, meaning: "Scheduled a second; in an open load only") {
            guard $0.request.load?.isOpen == true, let client = $0.endOfLoad?.client else { return nil }
            return $0.perSecond(client.requests.scheduled)
        },
        .init(name: "client.requests.fired_rate", unit: .requestPerSecond, meaning: "Started a second") {
            $0.endOfLoad?.client.map(\.requests.started).flatMap($0.perSecond)
        },
        .init(name: "client.requests.achieved", unit: .one, better: .higher, isShare: true, meaning: "Started in scheduled; in an open load only") {
            guard let client = $0.endOfLoad?.client, $0.request.load?.isOpen == true, client.requests.scheduled > 0 else { return nil }
            return Double(client.requests.started) / Double(client.requests.scheduled)
        },
        .init(name: "client.requests.failed_share", unit: .one, better: .zero, isShare: true, meaning: "Failed in done") {
            guard let client = $0.last.client, client.requests.done > 0 else { return nil }
            return Double(client.requests.failed) / Double(client.requests.done)
        },
        .init(name: "client.requests.rate", unit: .requestPerSecond, better: .higher, meaning: "Answered in full a second of the time in which the server could be reached, whatever the status") {
            $0.endOfLoad?.client.map(\.requests.answered).flatMap($0.perReachableSecond)
        },
        .init(name: "client.requests.succeeded_rate", unit: .requestPerSecond, better: .higher, meaning: "Succeeded a second of the same time") {
            $0.endOfLoad?.client.map(\.requests.succeeded).flatMap($0.perReachableSecond)
        },
        .init(name: "client.requests.dropped", unit: .request, better: .zero, meaning: "Scheduled and never started") {
            guard let client = $0.last.client else { return nil }
            let started = client.requests.started - $0.lateRequests
            return Double(client.requests.scheduled) - Double(min(started, client.requests.scheduled))
        },
        .init(name: "client.response_resolution", unit: .seconds, better: .lower, meaning: "One in a hundred requests was sent so late or later: a smaller difference of response times says nothing of the server; none for a punctual load") {
            $0.coarseResolutionNanoseconds.map(Metric.seconds)
        },
        .init(name: "client.gaps.longest", unit: .seconds, better: .lower, meaning: "The longest time without an answer though requests were in flight, where it was a gap: client.gaps.count; 0: there was none") {
            RunGaps(summary: $0).isKnown ? Metric.seconds(RunGaps(summary: $0).longestNanoseconds) : nil
        },
        .init(name: "client.gaps.period", unit: .seconds, meaning: "From one of them to the next, where they recur; none where they do not") {
            $0.answerGaps.period.map(Metric.seconds)
        },
        .init(name: "client.bytes.received_rate", unit: .bytesPerSecond, meaning: "Read from sockets a second of the same time, by the clients") {
            $0.endOfLoad?.client.map(\.receivedBytes).flatMap($0.perReachableSecond)
        },
        .init(name: "client.loop.utilization", unit: .one, meaning: "CPU of the clients' threads, in cores a loop") {
            guard let client = $0.endOfLoad?.client, client.loops.count > 0 else { return nil }
            return $0.perSecond(client.loops.cpuNanoseconds).map { $0 / 1e9 / Double(client.loops.count) }
        },
        .init(name: "server.requests.rate", unit: .requestPerSecond, better: .higher, meaning: "Completed a second, by the server") {
            $0.endOfLoad.flatMap { $0.knows(.requests) ? $0.server?.requests.completed : nil }.flatMap($0.perSecond)
        },
        .init(name: "server.bytes.sent_rate", unit: .bytesPerSecond, meaning: "Written to sockets a second, by the server") {
            $0.endOfLoad.flatMap { $0.knows(.traffic) ? $0.server?.sentBytes : nil }.flatMap($0.perSecond)
        },
        .init(name: "server.loop.utilization", unit: .one, meaning: "CPU of the server's threads, in cores a loop") {
            guard let end = $0.endOfLoad, end.watch == nil, let server = end.server, server.loops.count > 0 else { return nil }
            return $0.perSecond(server.loops.cpuNanoseconds).map { $0 / 1e9 / Double(server.loops.count) }
        },
        .init(name: "watch.memory.growth_per_request", unit: .bytes, better: .lower, meaning: "Growth of resident memory by the line that fits best, in bytes for each request done") {
            guard let slope = $0.range(of: "watch.memory.resident")?.slope, let seconds = $0.loadSeconds,
                let client = $0.endOfLoad?.client, client.requests.done > 0
            else { return nil }
            return slope * seconds / Double(client.requests.done)
        },
        .init(name: "watch.memory.leak_per_request", unit: .bytes, better: .zero, meaning: "By how much memory grew for each request, evenly and to the end of the load, as 'growing memory' of the summary says: live heap, or else resident memory; 0: it did not, but for noise; none: the load was too short to tell, or memory grew in steps that a healthy program takes as well") {
            $0.gauges.memory.bytesPerRequest
        } absence: {
            $0.range(of: "watch.memory.resident") == nil || $0.last.client == nil ? nil : $0.memoryDoubt
        },
        .init(name: "watch.bugs", unit: .bug, better: .zero, meaning: "Bugs that the findings are of, each once: watch.findings counts how often they were found; of a whole run") {
            guard let watch = $0.last.watch, $0.last.knows(.findings), !$0.isPhase else { return nil }
            return Double(max($0.findings.count, watch.findings > 0 ? 1 : 0))
        },
        .init(name: "watch.utilization", unit: .one, meaning: "CPU of the processes of a server that is watched, in cores") {
            guard let end = $0.endOfLoad, end.watch != nil, end.knows(.cpu), let server = end.server else { return nil }
            return $0.perSecond(server.loops.cpuNanoseconds).map { $0 / 1e9 }
        },
    ]
}
