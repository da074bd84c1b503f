internal import Measurements

/// Makes events of what changes between samples, so that a live run and a recording tell the same.
struct EventWatcher {
    /// Events that nobody took; beyond, the oldest go. A reader takes them at every sample.
    static let eventLimit = 1_000

    private var events: [Event] = []
    private var last: Sample?

    mutating func note(_ event: Event) {
        if events.count >= EventWatcher.eventLimit { events.removeFirst() }
        events.append(event)
    }

    mutating func takeEvents() -> [Event] {
        defer { events = [] }
        return events
    }

    mutating func look(at sample: Sample, connectError: String?) {
        defer { last = sample }
        func grown<Part>(_ part: KeyPath<Sample, Part?>, _ count: KeyPath<Part, UInt64>) -> UInt64 {
            let now = sample[keyPath: part]?[keyPath: count] ?? 0
            let before = last?[keyPath: part]?[keyPath: count] ?? 0
            return now - min(now, before)
        }
        func note(_ level: Event.Level, _ source: String, _ text: String) {
            self.note(Event(timeNanoseconds: sample.timeNanoseconds, level: level, source: source, text: text))
        }
        let failedConnects = grown(\.client, \.failedConnects)
        if failedConnects > 0 {
            note(.error, "client", "\(failedConnects) failed to connect: \(connectError ?? "unknown reason")")
        }
        let reconnects = grown(\.client, \.reconnects)
        if reconnects > 0 { note(.warning, "client", "\(reconnects) connected again") }
        let corruptions = grown(\.client, \.cacheCorruptions)
        if corruptions > 0 { note(.error, "client", "\(corruptions) faults in caches without a lock") }
        let abandoned = grown(\.client, \.errors.abandoned)
        let errored = grown(\.client, \.erroredRequests) - abandoned
        if errored > 0 { note(.error, "client", "\(errored) requests without an answer") }
        for violation in sample.client?.bodyViolations ?? [] {
            note(.error, "client", violation.items.joined(separator: ", "))
        }
        let wrongBodies = grown(\.client, \.bodies.wrong)
        if wrongBodies > 0 { note(.error, "client", "\(wrongBodies) wrong answers, found by --body-check") }
        let serverErrors = grown(\.client, \.statuses.serverError)
        if serverErrors > 0 { note(.error, "client", "\(serverErrors) answers 5xx") }
        let refused = grown(\.server, \.refusedConnections)
        if refused > 0 { note(.warning, "server", "\(refused) connections refused: over the limit") }
        let protocolErrors = grown(\.server, \.protocolErrors)
        if protocolErrors > 0 { note(.warning, "server", "\(protocolErrors) protocol errors") }
        let timeouts = grown(\.server, \.timeouts)
        if timeouts > 0 { note(.warning, "server", "\(timeouts) timeouts") }
        let resets = grown(\.server, \.audit.unsafeResets)
        if resets > 0 { note(.error, "audit", "\(resets) arenas reset with writes pending") }
        let stale = grown(\.server, \.audit.staleCompletions)
        if stale > 0 { note(.error, "audit", "\(stale) writes found another generation when they were done") }
        let changed = grown(\.server, \.audit.changedWrites)
        if changed > 0 { note(.error, "audit", "\(changed) writes had their bytes changed") }
        let pauses = grown(\.server, \.readPauses)
        if pauses > 0 { note(.info, "server", "\(pauses) connections paused: the peer does not read") }
    }
}
