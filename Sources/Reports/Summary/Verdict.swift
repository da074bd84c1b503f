internal import Measurements

/// Whether the numbers of a measurement can be trusted, as the measurement itself shows.
package struct Verdict: Sendable, Equatable {
    /// Why the numbers cannot be trusted. Empty: they can.
    package var reasons: [String] = []
    package var isTrustworthy: Bool { reasons.isEmpty }

    /// The least share of the asked requests that an open load must have sent. Below it the
    /// latencies are those of another load than the one asked for.
    static let firedShareLimit = 0.99

    /// The latest that 99 % of the requests may be sent. Half of them may leave a timer's tick late; beyond
    /// five ticks of libuv's clock our own scheduler is at fault, not the server.
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
    package var verdict: Verdict {
        let death = (outcome.isDeath ? ["\(lostProcess) \(outcome.text)"] : []) + doubts
        guard let load = request.load, let client = last.client else { return Verdict(reasons: death) }
        var reasons = death
        if changesByHand > 0 {
            reasons.append("the load was changed by hand \(changesByHand == 1 ? "once" : "\(changesByHand) times"): the results mix several loads")
        }
        if client.requests.done == 0 { reasons.append("no request was done") }
        if load.isOpen {
            let fired = derived("client.requests.fired_rate") ?? 0
            let asked = derived("client.requests.asked_rate") ?? 0
            if fired < asked * Verdict.firedShareLimit {
                reasons.append(
                    "only \(Figure.percent(fired / asked)) of the asked rate was sent: try more connections, streams")
            }
            if let delay = scheduleDelay.valuesAtPercentiles([99])[0], delay > Verdict.delayLimitNanoseconds {
                reasons.append("requests were sent late: p99 \(Figure.time(nanoseconds: delay)) after they were due")
            }
        }
        if let share = derived("client.loop.utilization"), share > Verdict.utilizationLimit {
            reasons.append("the clients' threads were busy \(Figure.percent(share)) of the time: the load is their limit")
        }
        if let used = processUtilization, used > Verdict.machineLimit * Double(request.cpuCount) {
            reasons.append("client and server used all \(request.cpuCount) cores, and slow each other")
        }
        let opened = client.connectionCounts.opened - min(client.connectionCounts.reconnects, client.connectionCounts.opened)
        // Fewer requests than connections may be done before all are made.
        if opened < load.connections, load.requests.map({ $0 >= load.connections }) ?? true {
            reasons.append("only \(opened) of \(load.connections) connections were made")
        }
        for result in thresholds {
            guard case .tooFew = result.value else { continue }
            reasons.append("too few values for \(result.threshold.text): \(result.valueText)")
        }
        let errored = client.requests.errored - min(client.errors.abandoned, client.requests.errored)
        if Double(errored) > Double(client.requests.done) * Verdict.erroredShareLimit {
            reasons.append("\(errored) of \(client.requests.done) requests got no full answer")
        }
        return Verdict(reasons: reasons)
    }

    /// CPU of the clients' and the server's threads, in cores.
    private var processUtilization: Double? {
        guard let end = endOfLoad, let seconds = loadSeconds, seconds > 0 else { return nil }
        let used = (end.client?.loops.cpuNanoseconds ?? 0) + (end.server?.loops.cpuNanoseconds ?? 0)
        return Metric.seconds(used) / seconds
    }
}
