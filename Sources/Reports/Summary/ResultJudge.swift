internal import Measurements

/// Looks through a summary for what went wrong: for the thing under test, and for the run.
struct ResultJudge {
    let summary: Summary

    var result: RunResult {
        let found: [RunResult.Fault?] = [
            fault(.recording, summary.circumstances.recordingFault), fault(.loops, summary.circumstances.loopFailures.first),
            fault(.death, summary.deathText), fault(.brokenServer, brokenServer),
            fault(.unreachable, unreachable), fault(.unreachableServer, unreachable == nil ? summary.last.client?.unreachableServers : nil),
            fault(.interrupted, summary.circumstances.signal.map { "ended by \($0) before its time" }),
            fault(.wrongBodies, wrongBodies), fault(.brokenProtocol, brokenProtocol), fault(.nothingChecked, uncheckedBodies), fault(.serverGone, goneServer),
            fault(.nothingSucceeded, nothingSucceeded),
        ]
        let faults = found.compactMap(\.self)
        let missed = missedThresholds(isExplained: faults.contains { ![.recording, .interrupted].contains($0.cause) })
        return RunResult(faults + [fault(.thresholds, missed)].compactMap(\.self) + summary.circumstances.partFaults.map { .init(cause: .part, text: $0) })
    }

    /// Thresholds say how many of these the server may have, and it has no more.
    private func isAllowed(_ names: String...) -> Bool {
        let judged = summary.thresholds(on: names)
        return !judged.isEmpty && judged.allSatisfy(\.hasPassed)
    }

    private func fault(_ cause: RunResult.Cause, _ text: String?) -> RunResult.Fault? { text.map { .init(cause: cause, text: $0) } }

    /// A finding or a crash in a server that is watched, unless it has no more of them than thresholds allow.
    private var brokenServer: String? {
        if !summary.findings.isEmpty, !isAllowed("watch.findings", "watch.bugs") {
            let distinct = summary.distinctFindings
            return "\(Figure.counted(summary.findingCount, "finding")) in the server: \(distinct[0].kind.rawValue)"
                + ResultJudge.others(distinct) + (distinct[0].isLatent ? ", harmless so far" : "")
        }
        guard !summary.outcome.isDeath, let crashes = summary.last.watch?.crashes, crashes > 0, !isAllowed("watch.crashes") else { return nil }
        return "the server crashed" + (crashes == 1 ? "" : " \(Figure.counted(crashes, "time"))")
    }

    /// " and 1 more bug", or that several findings are probably one bug.
    private static func others(_ findings: [BrokenWrite]) -> String {
        var groups: [[BrokenWrite]] = []
        for finding in findings {
            func isRelated(_ group: [BrokenWrite]) -> Bool { group.contains { $0.isProbablySameBug(as: finding) } }
            groups = groups.filter { !isRelated($0) } + [[finding] + groups.filter(isRelated).joined()]
        }
        let more = groups.count > 1 ? " and \(Figure.counted(UInt64(groups.count - 1), "more bug"))" : ""
        return more + (groups.count == findings.count ? "" : ", in \(findings.count) places" + (more.isEmpty ? " (probably one bug)" : ""))
    }

    private var unreachable: String? {
        guard let client = summary.last.client, client.connectionCounts.opened == 0, let reason = summary.circumstances.connectFailure else { return nil }
        return "cannot connect to \(summary.request.address): \(reason)"
    }

    private var wrongBodies: String? {
        guard let bodies = summary.last.client?.bodies, bodies.wrong > 0 else { return nil }
        let kinds = BodyViolation.Kind.allCases.filter { $0 != .wrongStatus && bodies[$0] > 0 }.map { "\(bodies[$0]) \($0.rawValue)" }
        let wrong = bodies.wrong - bodies.wrongStatus
        let texts = (wrong > 0 ? [RunResult.text(wrongBodies: Double(wrong)) + " (\(kinds.joined(separator: ", ")))"] : [])
            + (bodies.wrongStatus > 0 ? ["\(Figure.counted(bodies.wrongStatus, "answer")) with another status than 200 (--body-check)"] : [])
        return texts.joined(separator: ", ")
    }

    /// Bytes that no request asked for are a fault of the server, though each request has its answer. Those on a few of its
    /// connections are for thresholds to limit, as requests that fail in part.
    private var brokenProtocol: String? {
        guard let counts = summary.last.client?.connectionCounts, counts.broken > 0, counts.broken > counts.opened / 2,
            !isAllowed("client.connections.broken")
        else { return nil }
        return SummaryHeadline.broken(counts.broken, of: counts.opened)
    }

    private var uncheckedBodies: String? {
        guard summary.request.load?.checksBodies == true, summary.last.client?.bodies.checked == 0 else { return nil }
        return "no answer came that --body-check could look at; its server has to give predictable bodies, see 'highwater manual predictable-bodies'"
    }

    /// A scenario that has its server end wants it gone.
    private var goneServer: String? {
        // That it died says more.
        guard summary.last.watch == nil || !summary.outcome.isDeath else { return nil }
        guard summary.endOfLoad?.client?.isCutOff == true, summary.request.load?.endsServer == false else { return nil }
        return "the server was gone" + (summary.goneNanoseconds.map { " at \(Figure.time(nanoseconds: $0))" } ?? "")
    }

    private var nothingSucceeded: String? {
        if summary.request.load != nil, summary.last.client == nil { return "nothing was measured" }
        // Connections that are closed on purpose say nothing of the server.
        guard let client = summary.last.client, client.requests.started > 0, client.requests.succeeded == 0, client.errors.abandoned == 0
        else { return nil }
        let most = client.failures.of(.request).max { $0.count < $1.count }
        return "no request succeeded" + (most.map { ": \($0.count) of \(client.requests.done) \($0.reason)" } ?? "")
            + (most.flatMap(FailureWords(summary: summary).adviceOnTLS).map { "; \($0)" } ?? "")
    }

    /// - Parameter isExplained: what is wrong has been said before.
    private func missedThresholds(isExplained: Bool) -> String? {
        let missed = summary.thresholds.filter { !$0.hasPassed }
        let failures = isExplained ? nil : failures(thatMiss: missed)
        let count = RunResult.text(
            missed: missed.map { ($0.threshold.condition.figure.metric, $0.text) }, of: summary.thresholds.count, isExplained: isExplained || failures != nil)
        return count.map { (failures.map { "\($0); " } ?? "") + $0 }
    }

    /// The failed requests, with the most frequent reason and the server's own most frequent fault, where a threshold on them is among those missed.
    private func failures(thatMiss missed: [ThresholdResult]) -> String? {
        guard let client = summary.last.client, client.requests.failed > 0, client.requests.done > 0,
            missed.contains(where: { SummaryHeadline.failureMetrics.contains($0.threshold.condition.figure.metric) })
        else { return nil }
        let failures = client.failures.of(.request).sorted { $0.count > $1.count }
        let most = failures.first, fault = failures.first { $0.isServerError }
        return SummaryHeadline.failures(Double(client.requests.failed), of: Double(client.requests.done))
            + (most.map { ", \($0.count == client.requests.failed ? "all" : "\($0.count)") of them: \($0.reason)" } ?? "")
            + (fault.flatMap { $0 == most ? nil : ", \($0.count): \($0.reason)" } ?? "")
    }
}

extension ClientSample {
    /// Servers of several that are named: the first line of a summary is to stay one.
    private static let namedServerLimit = 2

    /// Servers of several to which no connection was ever made: the others had the whole load. nil: there are none.
    fileprivate var unreachableServers: String? {
        let missed = origins.filter(\.isUnreachable)
        guard !missed.isEmpty, origins.count > 1 else { return nil }
        let texts = missed.prefix(ClientSample.namedServerLimit).map { origin in
            // "not connected: 127.0.0.1:9001: connection refused (before a first connection was made)"
            let failure = failures.of(.connection).first { $0.reason.contains("\(origin.name): ") }?.reason ?? ""
            let reason = failure.firstRange(of: "\(origin.name): ").map { failure[$0.upperBound...].replacing(FailureCount.startWords, with: "") }
            return origin.name + (reason.map { ": \($0)" } ?? "")
        }
        let rest = missed.count - texts.count
        return "cannot connect to \(missed.count) of \(origins.count) servers: \(texts.joined(separator: "; "))" + (rest > 0 ? "; and \(rest) more" : "")
    }
}
