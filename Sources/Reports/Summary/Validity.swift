internal import Measurements

/// Whether a measurement is valid: whether the load was the one that was asked for, and the numbers those of the
/// server. A measurement of a server that fails can be valid.
package struct Validity: Sendable, Equatable {
    /// Why it is not valid. Empty: it is.
    package let reasons: [String]
    package var isValid: Bool { reasons.isEmpty }
    package var word: String { Validity.word(isValid: isValid) }

    /// The word of a measurement everywhere.
    package static func word(isValid: Bool) -> String { isValid ? "valid" : "not valid" }

    init(reasons: [String]) { self.reasons = reasons }

    /// `valid`, or `not valid: requests were sent late`.
    package var text: String { isValid ? word : "\(word): \(reasons.joined(separator: "; "))" }

    var json: JSON { .object([.init("valid", .bool(isValid)), .init("reasons", .array(reasons.map { .string($0) }))]) }

    /// As the summary of a recording has it, under the name of today or that of before; nil where it says nothing.
    init?(recorded summary: JSON) {
        let (name, word) = summary["measurement"] == nil ? ("verdict", "trustworthy") : ("measurement", "valid")
        guard case .bool(let isValid)? = summary[path: "\(name).\(word)"] else { return nil }
        let reasons = summary[path: "\(name).reasons"]?.strings ?? []
        self.init(reasons: isValid ? [] : reasons.isEmpty ? ["for no reason that the recording has"] : reasons)
    }

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

    /// Waits for connections that are at least such a share of the missing requests' time are their reason.
    static let waitShare = 0.5

    /// The share of the load's time in which it may have stood still, or without a sample.
    static let standstillShareLimit = 0.05

    /// The share of the looks at the clock that may come late, and the fewest late ones that say something.
    static let lateBeatShareLimit = 0.05
    static let lateBeatMinimum: UInt64 = 3

    /// The most connections that are advised, as a multiple of those of the run: beyond, the server is what is too slow.
    static let remedyFactor = 20.0

    /// The next higher number with two digits and zeros.
    static func rounded(_ count: Int) -> Int {
        var unit = 1
        while count / unit >= 100 { unit *= 10 }
        return (count + unit - 1) / unit * unit
    }

    /// The latest that a run may start after its `--start-at`, seconds. Parts that start later than this after
    /// each other are not one load.
    package static let startDelayLimit = 1.0
}

extension Summary {
    /// Whether the measurement is valid so far.
    package var validity: Validity { ValidityJudge(summary: self).validity }

    /// What a reader of late requests should know, though the measurement is valid; nil: none was late, or it is not.
    var lateByGaps: String? { ValidityJudge(summary: self).lateByGaps }
}

/// Looks through a summary for reasons why its numbers are not those of the load that was asked for.
private struct ValidityJudge {
    let summary: Summary

    var validity: Validity {
        let death = (summary.deathText.map { [$0] } ?? []) + summary.doubts
        guard let load = summary.request.load else { return Validity(reasons: death) }
        guard let client = summary.last.client else { return Validity(reasons: death + ["nothing was measured: there is no sample after the warm-up"]) }
        var reasons = death
        if summary.changesByHand > 0 {
            reasons.append("the load was changed by hand \(Figure.times(summary.changesByHand)): the results mix several loads")
        }
        reasons += standstills
        if client.requests.done == 0 { reasons.append("no request was done") }
        if load.isOpen {
            let fired = summary.derived("client.requests.fired_rate") ?? 0
            let asked = summary.derived("client.requests.asked_rate") ?? 0
            if fired < asked * Validity.firedShareLimit {
                let skipped = client.requests.skipped
                let why = skipped > 0 ? ": \(Figure.counted(skipped, "request was", "requests were")) skipped after a standstill (--catch-up skip)" : waits(load, missingShare: 1 - fired / asked) ?? capacity(load, below: asked)
                reasons.append("only \(Figure.percent(fired / asked)) of the asked rate was sent\(why)")
            }
            if let words = lateness { reasons.append(words) } else { reasons += phaseLateness }
        }
        if let words = strangers { reasons.append(words) }
        if let watch = summary.last.watch, watch.takeovers > 0 {
            reasons.append("another program took the server's port\(watch.takeovers == 1 ? "" : " \(Figure.counted(watch.takeovers, "time"))"): the results are of several servers")
        }
        if let share = summary.derived("client.loop.utilization"), share > Validity.utilizationLimit {
            reasons.append("the clients' threads were busy \(Figure.percent(share)) of the time: the load is their limit")
        }
        if let used = processUtilization, used > Validity.machineLimit * Double(summary.request.cpuCount) {
            reasons.append("client and server used \(summary.request.cpuCount == 1 ? "the only core" : "all \(summary.request.cpuCount) cores"), and slow each other")
        }
        let counts = client.connectionCounts
        if Double(counts.broken) > Double(client.requests.done) * Validity.erroredShareLimit {
            reasons.append(
                "the server broke the protocol on \(Figure.counted(counts.broken, "connection")) with no request out: answers may not be those of their requests")
        }
        let replaced = counts.reconnects + counts.renewed
        let opened = counts.opened - min(replaced, counts.opened)
        // Fewer requests than connections may be done before all are made.
        if opened < load.connections, load.requests.map({ $0 >= load.connections }) ?? true {
            reasons.append("only \(opened) of \(Figure.counted(load.connections, "connection")) were made")
        }
        for result in summary.thresholds {
            guard case .tooFew = result.value else { continue }
            reasons.append("too few values for \(result.threshold.title): \(result.valueText)")
        }
        let errored = client.requests.errored - min(client.errors.abandoned, client.requests.errored)
        if Double(errored) > Double(client.requests.done) * Validity.erroredShareLimit {
            reasons.append("\(errored) of \(Figure.counted(client.requests.done, "request")) got no full answer")
        }
        return Validity(reasons: reasons)
    }

    /// Times in which the run did not run, in words.
    private var standstills: [String] {
        var words: [String] = []
        if summary.last.process.sleptNanoseconds > 0 {
            words.append("the machine slept for \(Figure.time(nanoseconds: summary.last.process.sleptNanoseconds))")
        }
        let seconds = summary.loadSeconds ?? 0, limit = Validity.standstillShareLimit * seconds
        let still = Metric.seconds(summary.last.client?.standstillNanoseconds ?? 0)
        if still > limit {
            words.append(
                "the load stood still for \(Figure.time(nanoseconds: Metric.nanoseconds(still))) of \(summary.durationText): "
                    + "the process was stopped, or had no CPU")
        } else if let late = lateBeats {
            words.append(late)
        } else if let gap = summary.longestGapSeconds, gap > limit {
            words.append("there is a gap of \(Figure.time(nanoseconds: Metric.nanoseconds(gap))) between two samples")
        }
        return words
    }

    /// Moments without a processor, in words; nil where they were few. An open load sends requests late by them, and a
    /// closed one sends fewer.
    private var lateBeats: String? {
        guard let counts = summary.last.client?.requests, counts.lateBeats >= Validity.lateBeatMinimum,
            Double(counts.lateBeats) > Double(counts.beats) * Validity.lateBeatShareLimit
        else { return nil }
        return "the clients' threads had no CPU when they were due, \(counts.lateBeats) of \(counts.beats) times that were looked at: "
            + "a CPU quota, other programs, or a process that was stopped"
    }

    /// Requests that were sent late, in words; nil where few were. With any count: a percentile needs many values,
    /// and a share does not.
    private var lateness: String? {
        guard let share = lateShare, !RunGaps(summary: summary).explainLateness else { return nil }
        let limit = Validity.delayLimitNanoseconds, longest = summary.scheduleDelay.highestRecordedNanoseconds ?? limit
        return "requests were sent late: \(Figure.percent(share)) more than \(Figure.time(nanoseconds: limit)) after they were due, "
            + "up to \(Figure.time(nanoseconds: longest))" + (fullness(longest) ?? "")
    }

    /// Of all requests; nil where few were late.
    private var lateShare: Double? {
        summary.scheduleDelay.share(above: Validity.delayLimitNanoseconds).flatMap { $0 > Validity.lateShareLimit ? $0 : nil }
    }

    /// That requests were sent late by gaps in the answers. The load was the one that was asked for, as far as the server let it
    /// be, and response times count from when each request was due: the measurement is valid.
    var lateByGaps: String? {
        let gaps = RunGaps(summary: summary)
        guard summary.request.load?.isOpen == true, let share = lateShare, let connections = summary.request.load?.connections, gaps.explainLateness else { return nil }
        let longest = summary.scheduleDelay.highestRecordedNanoseconds ?? 0
        return "\(Figure.percent(share)) of requests were sent up to \(Figure.time(nanoseconds: longest)) late, since \(connections == 1 ? "the connection was" : "all \(connections) connections were")"
            + " waiting while the server gave no answer (gaps): the response times count this, and more connections would wait too"
    }

    /// That the connections were the reason, and how many would do; nil: they were not. A request is delayed by them when
    /// it was due and all of them were waiting for answers.
    private func fullness(_ longest: UInt64) -> String? {
        guard let load = summary.request.load, let client = summary.last.client, load.connections > 0 else { return nil }
        let late = summary.scheduleDelay.count(above: Validity.delayLimitNanoseconds)
        guard client.requests.delayed >= max(1, late / 2) else {
            return client.failures.of(.connection).contains(where: \.isAtStart) ? "; the server took no connection at first" : nil
        }
        let all = load.connections == 1 ? "the connection was" : "all \(load.connections) connections were"
        // So many requests more are in flight when none waits for the slowest answer.
        let rate = summary.derived("client.requests.asked_rate") ?? 0
        let missing = (rate * Metric.seconds(longest) / Double(max(1, load.streams))).rounded(.up)
        // A merge of parts may not know the rate that was asked of all.
        guard missing >= 1 else { return ", since \(all) waiting for answers: open more connections (-c)" }
        guard missing < Validity.remedyFactor * Double(load.connections) else {
            return ", since \(all) waiting for answers: the server is slower than the rate that is asked for; ask for less (-q), or open more connections (-c)"
        }
        return ", since \(all) waiting for answers; with -c \(Validity.rounded(load.connections + Int(missing))) there is one for each request that is due"
    }

    /// The same of single phases: a short one is a small share of the whole, and thresholds judge it alone.
    private var phaseLateness: [String] {
        summary.phases.compactMap { phase in ValidityJudge(summary: phase.summary).lateness.map { "in phase \(phase.name) \($0)" } }
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

    /// That clients waited before they connected again, as the reason for a rate that was not reached; nil: they did not wait for
    /// so long.
    private func waits(_ load: Summary.Load, missingShare: Double) -> String? {
        guard let counts = summary.last.client?.connectionCounts, counts.waits > 0, let seconds = summary.loadSeconds, seconds > 0, load.connections > 0
        else { return nil }
        let waited = Metric.seconds(counts.waitedNanoseconds)
        guard waited >= Validity.waitShare * missingShare * seconds * Double(load.connections) else { return nil }
        return ": clients waited \(Figure.times(counts.waits)) before they connected again, "
            + "\(Figure.time(nanoseconds: counts.waitedNanoseconds)) in all, since the connections before had ended without an answer, or could not be made"
    }

    /// Answers of another server than this run's, in words; nil where there are none. Two servers can share a port.
    private var strangers: String? {
        guard let client = summary.last.client, let server = summary.last.server, summary.last.watch == nil, summary.last.unknown.isEmpty,
            !summary.outcome.isDeath else { return nil }
        let answered = client.requests.answered - min(summary.carriedRequests, client.requests.answered)
        let served = max(server.requests.started, server.requests.completed) + server.protocolErrors + server.timeouts
        guard Double(answered) * (1 - Validity.erroredShareLimit) > Double(served) else { return nil }
        return "the server of this run answered \(served) of \(answered) requests: another one has its port"
    }

    /// CPU of the clients' and the server's threads, in cores.
    private var processUtilization: Double? {
        guard let end = summary.endOfLoad, let seconds = summary.loadSeconds, seconds > 0 else { return nil }
        let used = (end.client?.loops.cpuNanoseconds ?? 0) + (end.server?.loops.cpuNanoseconds ?? 0)
        return Metric.seconds(used) / seconds
    }
}
