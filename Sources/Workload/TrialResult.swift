package import Measurements
package import Reports

/// The result of one trial, and whether it is as expected.
package struct TrialResult: Sendable {
    package let trial: Trial
    package let summary: Summary
    /// Evidence of the audit: the only result of a process that died before its first sample.
    package let violations: [Violation]
    /// When it ended, since its start.
    package let endNanoseconds: UInt64

    package init(_ trial: Trial, _ summary: Summary, violations: [Violation], endNanoseconds: UInt64) {
        self.trial = trial
        self.summary = summary
        self.violations = violations
        self.endNanoseconds = endNanoseconds
    }

    /// The process died, or a fault was found.
    package var hasFailed: Bool { summary.outcome.isDeath || !findings.isEmpty }

    /// It ended as expected.
    package var isAsExpected: Bool {
        switch trial.expectation {
        case .fails: hasFailed
        case .crashes: if case .crashed = summary.outcome { true } else { false }
        case .isClean: !hasFailed && (summary.last.client?.requests.answered ?? 0) > 0
        }
    }

    /// The faults that were found, beside a death: "3 wrong answers".
    package var findings: [String] {
        let client = summary.last.client
        let counts: [(UInt64, String)] = [
            (wrongAnswers, "wrong answers"), (client?.caches.corruptions ?? 0, "faults in caches"),
            (unsafeResets, "unsafe resets"), (audited(\.staleCompletions, .staleCompletion), "stale completions"),
            (audited(\.changedWrites, .changedBytes), "changed writes"), (notSuccessful, "not 2xx"),
            (client?.requests.errored ?? 0, "without an answer"),
        ]
        // A run that was cut short cannot keep its thresholds; its death says enough.
        let thresholds = summary.outcome.isDeath ? [] : summary.thresholds.filter { !$0.hasPassed }
        return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            + thresholds.map(\.text)
    }

    /// "crashed by SIGSEGV"; nil for a process that lived to its end.
    var death: String? { summary.outcome.isDeath ? summary.outcome.text : nil }

    /// The end in one word.
    var word: String {
        switch summary.outcome {
        case .crashed(let signal), .killed(let signal): signal
        case .exited(let code): "exit \(code)"
        case .hung: "hung"
        case .ended: findings.isEmpty ? "clean" : "caught"
        }
    }

    var wrongAnswers: UInt64 { summary.last.client?.bodies.wrong ?? 0 }
    var corruptedBodies: UInt64 { (summary.last.client?.bodies.corrupted ?? 0) + (summary.last.client?.bodies.swapped ?? 0) }
    var unsafeResets: UInt64 { audited(\.unsafeResets, .reset) }

    /// The count of the last sample, or of the evidence that came since, whichever is more.
    private func audited(_ path: KeyPath<AuditSample, UInt64>, _ kind: Violation.Kind) -> UInt64 {
        max(summary.last.server?.audit[keyPath: path] ?? 0, UInt64(violations.count { $0.kind == kind }))
    }

    var notSuccessful: UInt64 {
        guard let statuses = summary.last.client?.statuses else { return 0 }
        return statuses.informational + statuses.redirection + statuses.clientError + statuses.serverError
    }

    /// CPU time of the server's and of the clients' threads for one request; nil before the first.
    var serverSecondsPerRequest: Double? {
        summary.last.server.flatMap { TrialResult.share($0.loops.cpuNanoseconds, of: $0.requests.completed) }.map { $0 / 1e9 }
    }
    var clientSecondsPerRequest: Double? {
        summary.last.client.flatMap { TrialResult.share($0.loops.cpuNanoseconds, of: $0.requests.answered) }.map { $0 / 1e9 }
    }

    /// Calls of malloc and its kin by the server's and by the clients' threads for one request; nil
    /// before the first, and where they are not counted.
    var serverAllocationsPerRequest: Double? {
        summary.last.server.flatMap { TrialResult.share($0.loops.allocations, of: $0.requests.completed) }
    }
    var clientAllocationsPerRequest: Double? {
        summary.last.client.flatMap { TrialResult.share($0.loops.allocations, of: $0.requests.answered) }
    }

    /// nil without a sample.
    var residentBytes: Double? { summary.maximum(of: "process.memory.resident") }

    var p99Nanoseconds: UInt64? { summary.serviceTime.valuesAtPercentiles([99])[0] }

    private static func share(_ total: UInt64, of count: UInt64) -> Double? {
        count > 0 && total > 0 ? Double(total) / Double(count) : nil
    }
}
