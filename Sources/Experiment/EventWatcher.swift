package import Measurements

/// Makes events of the changes between samples, so that a live run and a recording tell the same.
///
/// A fault that goes on from sample to sample is told when it begins, then once in `repeatNanoseconds`
/// with its count since, and when it ends: a list of events that says the same twice a second
/// hides the others.
package struct EventWatcher {
    /// Events that have not been taken; beyond, the oldest go. A reader takes them at every sample.
    package static let eventLimit = 1_000
    /// Between two events of a kind that goes on: 10 s.
    package static let repeatNanoseconds: UInt64 = 10_000_000_000

    /// A kind of event that goes on: when it was last told, and how often it happened since.
    private struct Streak {
        var toldNanoseconds: UInt64
        var untold: UInt64
    }

    private var events: [Event] = []
    private var last: Sample?
    private var streaks: [String: Streak] = [:]
    /// When the server that was there could not be reached any more; nil while it can.
    private var cutOffNanoseconds: UInt64?
    /// Reasons of failures that have been told.
    private var toldReasons: Set<String> = []

    /// Kinds of events of which a reader knows that the first alone are told one by one.
    private var saidCounted: Set<String> = []
    private static let countedWords = "; the first are told one by one, and all are counted in the summary"

    package init() {}

    /// Adds an event as it is.
    package mutating func note(_ event: Event) {
        if events.count >= EventWatcher.eventLimit { events.removeFirst() }
        events.append(event)
    }

    /// The events since the last call, in the order in which they were noted.
    package mutating func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }

    /// Compares a sample with the one before.
    ///
    /// - Parameters:
    ///   - connectError: why clients could not connect.
    ///   - isLast: the run's last sample: counts that have not been told yet are told now.
    package mutating func look(at sample: Sample, connectError: String?, isLast: Bool = false) {
        defer { last = sample }
        lookForCutOff(sample, connectError)
        lookForStandstill(sample)
        // Attempts to connect are told below, with their count.
        for failure in sample.client?.failures ?? [] where toldReasons.insert(failure.reason).inserted {
            guard connectError.map({ failure.reason.hasPrefix("not connected: \($0)") }) != true else { continue }
            // The evidence below tells of them, each once.
            guard !failure.isWrongBody || sample.client?.bodyViolations.isEmpty == true else { continue }
            note(Event(timeNanoseconds: sample.timeNanoseconds, level: .error, source: "client", text: failure.text))
        }
        let isAtStart = sample.client?.failures.of(.connection).allSatisfy(\.isAtStart) == true
        /// Tells a count that has grown. `many` are the words for more than one, with the count at "#"; they name the streak.
        /// `shown` is how many of them have events of their own, where the first have: a reader is told once that the others
        /// are counted.
        func tell(
            _ level: Event.Level, _ source: String, _ total: (Sample) -> UInt64?, one: String, many: String, because reason: String? = nil,
            shown: Int? = nil
        ) {
            let now = total(sample) ?? 0
            let grown = now - min(now, last.flatMap(total) ?? 0)
            guard let told = untold(of: many, grown: grown, at: sample.timeNanoseconds, isLast: isLast) else { return }
            // Of what goes wrong the total too: a reader may have missed those before.
            let soFar = level > .info && now > told ? ", \(now) so far" : ""
            let words = (told == 1 ? one : many.replacing("#", with: "\(told)")) + soFar
                + (shown.map { told > $0 && saidCounted.insert(many).inserted } == true ? EventWatcher.countedWords : "")
            note(Event(
                timeNanoseconds: sample.timeNanoseconds, level: level, source: source, text: words + (reason.map { ": \($0)" } ?? "")))
        }
        tell(
            .error, "client", { $0.client?.connectionCounts.failed }, one: "1 attempt to connect failed", many: "# attempts to connect failed",
            because: (connectError ?? "unknown reason") + (isAtStart ? FailureCount.startWords : ""))
        tell(.warning, "client", { $0.client?.connectionCounts.reconnects }, one: "1 client reconnected", many: "# clients reconnected")
        tell(
            .error, "client", { $0.client?.caches.corruptions }, one: "1 fault in caches without a lock", many: "# faults in caches without a lock")
        tell(
            .error, "client", { $0.client.map { $0.requests.errored - min($0.requests.errored, $0.errors.abandoned) } },
            one: "1 request without an answer", many: "# requests without an answer")
        for violation in sample.client?.bodyViolations ?? [] where !violation.isErrorStatus {
            note(Event(
                timeNanoseconds: sample.timeNanoseconds, level: .error, source: "client", text: violation.sentence))
        }
        tell(
            .error, "client", { $0.client?.bodies.wrong }, one: "1 wrong answer, found by --body-check",
            many: "# wrong answers, found by --body-check",
            shown: sample.client?.bodyViolations.count)
        tell(
            .error, "client", { $0.client?.expectations.unexpected }, one: "1 answer is not as expected", many: "# answers are not as expected",
            shown: sample.client?.events.count { $0.level == .error })
        tell(.error, "client", { $0.client?.statuses.serverError }, one: "1 answer 5xx", many: "# answers 5xx")
        tell(
            .warning, "server", { $0.server?.connectionCounts.refused }, one: "1 connection refused: over the limit",
            many: "# connections refused: over the limit")
        tell(
            .error, "server", { $0.server?.connectionCounts.starved }, one: "1 connection closed: out of file descriptors",
            many: "# connections closed: out of file descriptors")
        tell(.warning, "server", { $0.server?.protocolErrors }, one: "1 protocol error", many: "# protocol errors")
        tell(.warning, "server", { $0.server?.timeouts }, one: "1 timeout", many: "# timeouts")
        tell(
            .error, "audit", { $0.server?.audit.unsafeResets }, one: "1 arena reset with writes pending", many: "# arenas reset with writes pending")
        tell(
            .error, "audit", { $0.server?.audit.staleCompletions }, one: "1 write found another generation when it was done",
            many: "# writes found another generation when they were done")
        tell(
            .error, "audit", { $0.server?.audit.changedWrites }, one: "1 write had its bytes changed", many: "# writes had their bytes changed")
        tell(
            .info, "server", { $0.server?.readPauses }, one: "reading paused once: the peer is not reading",
            many: "reading paused # times: the peers are not reading")
    }

    /// The machine slept, or the load stood still, since the sample before.
    private mutating func lookForStandstill(_ sample: Sample) {
        func grown(_ total: (Sample) -> UInt64) -> UInt64 {
            let before = last.map(total) ?? 0
            return total(sample) - min(before, total(sample))
        }
        let slept = grown { $0.process.sleptNanoseconds }
        if slept > 0 {
            note(Event(
                timeNanoseconds: sample.timeNanoseconds, level: .warning, source: "machine",
                text: "the machine slept for \(Figure.time(nanoseconds: slept))"))
        }
        let still = grown { $0.client?.standstillNanoseconds ?? 0 }
        guard still > 0 else { return }
        let skipped = grown { $0.client?.requests.skipped ?? 0 }
        note(Event(
            timeNanoseconds: sample.timeNanoseconds, level: .warning, source: "load",
            text: "the load stood still for \(Figure.time(nanoseconds: still)): the process was stopped, or had no CPU"
                + (skipped > 0 ? "; \(Figure.counted(skipped, "request that was due is", "requests that were due are")) skipped" : "")))
    }

    /// The server is gone, or is back. The time without it says when, between two samples.
    private mutating func lookForCutOff(_ sample: Sample, _ connectError: String?) {
        guard let client = sample.client else { return }
        let before = last?.client?.cutOffNanoseconds ?? 0
        let grown = min(client.cutOffNanoseconds - min(before, client.cutOffNanoseconds), sample.timeNanoseconds)
        if client.isCutOff {
            guard cutOffNanoseconds == nil else { return }
            cutOffNanoseconds = sample.timeNanoseconds - grown
            let count = client.connectionCounts.lost
            let reason = connectError == "connection refused" ? "refused" : "fail: \(connectError ?? "unknown reason")"
            return note(Event(
                timeNanoseconds: sample.timeNanoseconds - grown, level: .error, source: "client",
                text: "the server is gone: \(Figure.counted(count, "connection")) closed, reconnects \(reason)"))
        }
        let back = (last?.timeNanoseconds ?? 0) + grown
        if let since = cutOffNanoseconds {
            cutOffNanoseconds = nil
            note(Event(
                timeNanoseconds: back, level: .info, source: "client",
                text: "the server is back after \(Figure.time(nanoseconds: back - min(since, back)))"))
        } else if grown > 0 {
            note(Event(
                timeNanoseconds: sample.timeNanoseconds, level: .error, source: "client",
                text: "the server was gone for \(Figure.time(nanoseconds: grown)), and is back"))
        }
    }

    /// The count to tell now of a kind that grew by so many; nil: none, or later.
    private mutating func untold(of kind: String, grown: UInt64, at now: UInt64, isLast: Bool) -> UInt64? {
        guard var streak = streaks[kind] else {
            guard grown > 0 else { return nil }
            streaks[kind] = Streak(toldNanoseconds: now, untold: 0)
            return grown
        }
        streak.untold += grown
        let hasEnded = grown == 0 || isLast
        guard hasEnded || now - streak.toldNanoseconds >= EventWatcher.repeatNanoseconds else {
            streaks[kind] = streak
            return nil
        }
        streaks[kind] = hasEnded ? nil : Streak(toldNanoseconds: now, untold: 0)
        return streak.untold > 0 ? streak.untold : nil
    }
}
