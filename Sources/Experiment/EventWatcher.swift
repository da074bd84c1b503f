package import Measurements

/// Makes events of what changes between samples, so that a live run and a recording tell the same.
///
/// What happens in one sample after another is told when it begins, then once in `repeatNanoseconds`
/// with all that came since, and when it ends: a list of events that says the same twice a second
/// hides the others.
package struct EventWatcher {
    /// Events that nobody took; beyond, the oldest go. A reader takes them at every sample.
    package static let eventLimit = 1_000
    /// Between two events of a kind that goes on: 10 s.
    package static let repeatNanoseconds: UInt64 = 10_000_000_000

    /// A kind of event that is going on: when it was last told, and how often it happened since.
    private struct Streak {
        var toldNanoseconds: UInt64
        var untold: UInt64
    }

    private var events: [Event] = []
    private var last: Sample?
    private var streaks: [String: Streak] = [:]

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

    /// Compares with the sample before. `connectError` says why clients could not connect; with the run's last
    /// sample what has not been told yet is.
    package mutating func look(at sample: Sample, connectError: String?, isLast: Bool = false) {
        defer { last = sample }
        /// `words` say what there were so many of; they name the streak, too.
        func tell<Part>(
            _ level: Event.Level, _ source: String, _ part: KeyPath<Sample, Part?>, _ count: KeyPath<Part, UInt64>,
            less subtracted: KeyPath<Part, UInt64>? = nil, _ words: String, because reason: String? = nil
        ) {
            func total(_ sample: Sample?) -> UInt64 {
                guard let counts = sample?[keyPath: part] else { return 0 }
                let all = counts[keyPath: count]
                return all - min(all, subtracted.map { counts[keyPath: $0] } ?? 0)
            }
            let now = total(sample)
            let grown = now - min(now, total(last))
            guard let told = untold(of: words, grown: grown, at: sample.timeNanoseconds, isLast: isLast) else { return }
            note(Event(
                timeNanoseconds: sample.timeNanoseconds, level: level, source: source,
                text: "\(told) \(words)" + (reason.map { ": \($0)" } ?? "")))
        }
        tell(.error, "client", \.client, \.failedConnects, "failed to connect", because: connectError ?? "unknown reason")
        tell(.warning, "client", \.client, \.reconnects, "connected again")
        tell(.error, "client", \.client, \.cacheCorruptions, "faults in caches without a lock")
        tell(.error, "client", \.client, \.erroredRequests, less: \.errors.abandoned, "requests without an answer")
        for violation in sample.client?.bodyViolations ?? [] {
            note(Event(
                timeNanoseconds: sample.timeNanoseconds, level: .error, source: "client",
                text: violation.items.joined(separator: ", ")))
        }
        tell(.error, "client", \.client, \.bodies.wrong, "wrong answers, found by --body-check")
        tell(.error, "client", \.client, \.statuses.serverError, "answers 5xx")
        tell(.warning, "server", \.server, \.refusedConnections, "connections refused: over the limit")
        tell(.warning, "server", \.server, \.protocolErrors, "protocol errors")
        tell(.warning, "server", \.server, \.timeouts, "timeouts")
        tell(.error, "audit", \.server, \.audit.unsafeResets, "arenas reset with writes pending")
        tell(.error, "audit", \.server, \.audit.staleCompletions, "writes found another generation when they were done")
        tell(.error, "audit", \.server, \.audit.changedWrites, "writes had their bytes changed")
        tell(.info, "server", \.server, \.readPauses, "times reading paused: a peer does not read")
    }

    /// How many to tell now of a kind that grew by so many; `nil` for none, or later.
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
