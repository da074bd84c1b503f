/// Keeps requests from an origin that does not answer, until one of them gets through again.
///
/// A plain machine: events and the time go in, an answer comes out. One for each origin, which for
/// the clients of a load is one a loop.
package struct CircuitBreaker {
    /// When it opens, and for how long.
    package struct Settings: Sendable, Equatable {
        /// Failures one after the other.
        package var failureLimit: Int
        /// Until a probe may be sent.
        package var openNanoseconds: UInt64

        package init(failureLimit: Int, openNanoseconds: UInt64) {
            self.failureLimit = failureLimit
            self.openNanoseconds = openNanoseconds
        }
    }

    /// How it stands with the origin.
    package enum State: Equatable, Sendable {
        /// All requests pass; so many have failed one after the other.
        case closed(failures: Int)
        /// None passes before that time.
        case open(untilNanoseconds: UInt64)
        /// One passes, the probe, which decides. Until it is asked for there is none.
        case halfOpen(isProbing: Bool)
    }

    /// Whether a request may be sent.
    package enum Answer: Equatable, Sendable {
        case pass
        /// It may, and what becomes of it is the answer for all.
        case probe
        /// Not before that time; nil: not before the probe has ended.
        case refuse(untilNanoseconds: UInt64?)
    }

    /// Worth an event.
    package enum Change: Equatable, Sendable {
        case opened, halfOpened, closed
    }

    private let settings: Settings
    package private(set) var state = State.closed(failures: 0)

    package init(_ settings: Settings) { self.settings = settings }

    /// Somebody wants to send a request.
    package mutating func ask(atNanoseconds now: UInt64) -> (answer: Answer, change: Change?) {
        switch state {
        case .closed: return (.pass, nil)
        case .open(let until):
            if now < until { return (.refuse(untilNanoseconds: until), nil) }
            state = .halfOpen(isProbing: true)
            return (.probe, .halfOpened)
        case .halfOpen(isProbing: false):
            state = .halfOpen(isProbing: true)
            return (.probe, nil)
        case .halfOpen(isProbing: true): return (.refuse(untilNanoseconds: nil), nil)
        }
    }

    /// A request has ended. What was sent before it opened says nothing about the time after.
    package mutating func requestDidEnd(isFailure: Bool, wasProbe: Bool, atNanoseconds now: UInt64) -> Change? {
        switch state {
        case .closed(let failures):
            guard isFailure else {
                state = .closed(failures: 0)
                return nil
            }
            if failures + 1 < settings.failureLimit {
                state = .closed(failures: failures + 1)
                return nil
            }
            return open(now)
        case .open: return nil
        case .halfOpen:
            guard wasProbe else { return nil }
            if isFailure { return open(now) }
            state = .closed(failures: 0)
            return .closed
        }
    }

    /// The probe was given up without a word from the origin: another may be sent.
    package mutating func probeWasAbandoned() {
        if case .halfOpen(isProbing: true) = state { state = .halfOpen(isProbing: false) }
    }

    private mutating func open(_ now: UInt64) -> Change {
        state = .open(untilNanoseconds: now + settings.openNanoseconds)
        return .opened
    }
}
