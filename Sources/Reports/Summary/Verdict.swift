internal import Measurements

/// Whether the numbers of a measurement can be trusted, as the measurement itself shows.
package struct Verdict: Sendable, Equatable {
    /// Why the numbers cannot be trusted. Empty: they can.
    package var reasons: [String] = []
    package var isTrustworthy: Bool { reasons.isEmpty }

    /// The least share of the asked requests that an open load must have sent. Below it the
    /// latencies are those of another load than the one asked for.
    static let firedShareLimit = 0.99

    /// The share of the requests that may be sent later than `delayLimitNanoseconds`.
    static let lateShareLimit = 0.01

    /// A request that is sent later than this is late: not the server but its client is at fault. The schedule wakes
    /// within a tenth of a millisecond on a machine that is not full.
    static let delayLimitNanoseconds: UInt64 = 5_000_000

    /// Cores a loop. Above, the clients limit the load.
    static let utilizationLimit = 0.9

    /// A share of all cores. Above, client and server take time from each other.
    static let machineLimit = 0.95

    /// A share of the requests. With more errors the latencies of the others say little.
    static let erroredShareLimit = 0.01

    /// The latest that a run may start after its `--start-at`, seconds. Parts that start later than this after
    /// each other are not one load.
    package static let startDelayLimit = 1.0

    var json: JSON {
        .object([
            .init("trustworthy", .bool(isTrustworthy)),
            .init("reasons", .array(reasons.map { .string($0) })),
        ])
    }
}

extension Summary {
    package var verdict: Verdict { Judge(summary: self).verdict }
}

/// Looks through a summary for reasons to distrust it.
private struct Judge {
    let summary: Summary

    var verdict: Verdict {
        let outcome = summary.outcome
        let death = (outcome.isDeath ? ["\(summary.lostProcess) \(outcome.text)"] : []) + summary.doubts
        guard let load = summary.request.load, let client = summary.last.client else { return Verdict(reasons: death) }
        var reasons = death
        if summary.changesByHand > 0 {
            reasons.append("the load was changed by hand \(summary.changesByHand == 1 ? "once" : "\(summary.changesByHand) times"): the results mix several loads")
        }
        if client.requests.done == 0 { reasons.append("no request was done") }
        if load.isOpen {
            let fired = summary.derived("client.requests.fired_rate") ?? 0
            let asked = summary.derived("client.requests.asked_rate") ?? 0
            if fired < asked * Verdict.firedShareLimit {
                reasons.append("only \(Figure.percent(fired / asked)) of the asked rate was sent\(capacity(load, below: asked))")
            }
            if let words = lateness { reasons.append(words) }
        }
        if let words = strangers { reasons.append(words) }
        if let share = summary.derived("client.loop.utilization"), share > Verdict.utilizationLimit {
            reasons.append("the clients' threads were busy \(Figure.percent(share)) of the time: the load is their limit")
        }
        if let used = processUtilization, used > Verdict.machineLimit * Double(summary.request.cpuCount) {
            reasons.append("client and server used all \(summary.request.cpuCount) cores, and slow each other")
        }
        let opened = client.connectionCounts.opened - min(client.connectionCounts.reconnects, client.connectionCounts.opened)
        // Fewer requests than connections may be done before all are made.
        if opened < load.connections, load.requests.map({ $0 >= load.connections }) ?? true {
            reasons.append("only \(opened) of \(load.connections) connections were made")
        }
        for result in summary.thresholds {
            guard case .tooFew = result.value else { continue }
            reasons.append("too few values for \(result.threshold.text): \(result.valueText)")
        }
        let errored = client.requests.errored - min(client.errors.abandoned, client.requests.errored)
        if Double(errored) > Double(client.requests.done) * Verdict.erroredShareLimit {
            reasons.append("\(errored) of \(client.requests.done) requests got no full answer")
        }
        return Verdict(reasons: reasons)
    }

    /// Requests that were sent late, in words; nil where few were. With any count: a percentile needs many values,
    /// and a share does not.
    private var lateness: String? {
        let limit = Verdict.delayLimitNanoseconds
        guard let share = summary.scheduleDelay.share(above: limit), share > Verdict.lateShareLimit else { return nil }
        let longest = summary.scheduleDelay.highestRecordedNanoseconds ?? limit
        return "requests were sent late: \(Figure.percent(share)) more than \(Figure.time(nanoseconds: limit)) after they were due, "
            + "up to \(Figure.time(nanoseconds: longest))"
    }

    /// The most that this load's connections can ask a second, as the reason for a rate that was not reached; empty
    /// where it is no reason.
    private func capacity(_ load: Summary.Load, below asked: Double) -> String {
        guard let mean = summary.serviceTime.meanSeconds, mean > 0, load.connections > 0 else { return "" }
        let streams = Double(load.connections * load.streams)
        let most = streams / mean
        guard most < asked else { return "" }
        return ": \(JSON.number(streams).text) at once, each \(Figure.time(nanoseconds: Metric.nanoseconds(mean))), are \(Figure.threeDigits(most)) a second at most"
    }

    /// Answers of another server than this run's, in words; nil where there are none. Two servers can share a port.
    private var strangers: String? {
        guard let client = summary.last.client, let server = summary.last.server, summary.last.watch == nil, summary.last.unknown.isEmpty,
            !summary.outcome.isDeath else { return nil }
        let answered = client.requests.answered - min(summary.carriedRequests, client.requests.answered)
        let served = max(server.requests.started, server.requests.completed) + server.protocolErrors + server.timeouts
        guard Double(answered) * (1 - Verdict.erroredShareLimit) > Double(served) else { return nil }
        return "the server of this run answered \(served) of \(answered) requests: another one has its port"
    }

    /// CPU of the clients' and the server's threads, in cores.
    private var processUtilization: Double? {
        guard let end = summary.endOfLoad, let seconds = summary.loadSeconds, seconds > 0 else { return nil }
        let used = (end.client?.loops.cpuNanoseconds ?? 0) + (end.server?.loops.cpuNanoseconds ?? 0)
        return Metric.seconds(used) / seconds
    }
}
