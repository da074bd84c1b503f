internal import Measurements

/// Conditions that fail a build for what a run shows: the user has seen a fault, and wants to be told when it is there again.
struct GateAdvice {
    let summary: Summary

    /// As `--fail-on` takes them; those are left out whose figures the run's own thresholds judge. Nothing where the run has
    /// failed by itself: then its exit code says so.
    var conditions: [String] {
        guard summary.result.faults.allSatisfy({ $0.cause == .thresholds }), summary.result.isOK || !summary.result.faults.isEmpty else { return [] }
        return failures + [broken, gaps, growth].compactMap(\.self)
    }

    /// One line to paste: the user's command with them, or the options alone where that is not to be shown. nil: there is
    /// nothing to gate.
    var line: (text: String, isCommand: Bool)? {
        let options = conditions.map { UserCommand.Option.failOn($0) }
        guard !options.isEmpty else { return nil }
        if let command = summary.circumstances.command?.line(setting: [], adding: options) { return (command, true) }
        return (ShellWords.line(options.flatMap(\.words)), false)
    }

    /// Whether the run ended with exit code 99 without any condition, for what the server did, and will again.
    var isGate: Bool {
        guard let cause = summary.result.faults.first?.cause else { return false }
        return [.brokenServer, .wrongBodies, .brokenProtocol].contains(cause) || cause == .death && summary.last.watch != nil
    }

    private func isJudged(_ metrics: [String]) -> Bool { !summary.thresholds(on: metrics).isEmpty }

    /// Requests that are left early on purpose fail in each run: beside them the other causes are limited, each by its name.
    private var failures: [String] {
        guard let client = summary.last.client, client.ownFailures > 0,
            !isJudged(SummaryHeadline.failureMetrics + ["client.responses.unexpected"])
        else { return [] }
        guard client.errors.abandoned > 0 else { return ["client.requests.failed > 0"] }
        return ["connect", "closed", "reset", "goaway", "timeout", "protocol", "aborted"].map { "client.errors.\($0)" }
            .filter { (summary.number($0) ?? 0) > 0 && !isJudged([$0]) }.map { "\($0) > 0" }
    }

    private var broken: String? {
        guard let count = summary.last.client?.connectionCounts.broken, count > 0, !isJudged(["client.connections.broken"]) else { return nil }
        return "client.connections.broken > 0"
    }

    private var gaps: String? { isJudged(["client.gaps.count", "client.gaps.longest"]) ? nil : RunGaps(summary: summary).gate ?? turns }

    /// An event loop that stood still shows so also where all answers waited alike, and where none was due.
    private var turns: String? {
        guard let turn = TurnOfRun(summary), turn.isPause, !isJudged(["watch.loop.longest_turn"]) else { return nil }
        return "watch.loop.longest_turn.max > \(RunGaps.half(turn.nanoseconds))"
    }

    private var growth: String? {
        guard summary.gauges.memory.growth != nil,
            !isJudged(["watch.memory.leak_per_request", "watch.memory.growth_per_request"])
        else { return nil }
        return "watch.memory.leak_per_request > 0"
    }
}

extension SummarySection {
    /// What to gate on: last, so that it can be pasted.
    static let gates = SummarySection { summary, page in
        let advice = GateAdvice(summary: summary)
        guard let line = advice.line else {
            guard advice.isGate else { return }
            page.line("")
            return page.row("as a gate", ["the same command as it is: where this shows again, it ends with exit code 99"])
        }
        page.line("")
        page.row("as a gate", [(line.isCommand ? "this ends" : "your command with this ends") + " with exit code 99 where it shows again:"])
        page.line("  " + line.text)
    }
}
