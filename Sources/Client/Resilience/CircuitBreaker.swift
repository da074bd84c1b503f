/// Keeps requests from an origin that does not answer, until one of them is answered again.
///
/// A plain machine: events and the time go in, an answer comes out. There is one for each origin,
/// which for the clients of a load is one a loop.
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

    /// Whether the origin seems to answer.
    package enum State: Equatable, Sendable {
        /// All requests pass; the last so many have failed, one after the other.
        case closed(failures: Int)
        /// No request passes before that time.
        case open(untilNanoseconds: UInt64)
        /// One request passes, the probe, whose end decides.
        case halfOpen(isProbing: Bool)
    }

    /// Whether a request may be sent.
    package enum Answer: Equatable, Sendable {
        case pass
        /// It may, and its end decides for all requests.
        case probe
        /// It may not before that time; nil: not before the probe has ended.
        case refuse(untilNanoseconds: UInt64?)
    }

    /// A change that is worth an event.
    package enum Change: Equatable, Sendable {
        case opened, halfOpened, closed
    }

    private let settings: Settings
    package private(set) var state = State.closed(failures: 0)

    package init(_ settings: Settings) { self.settings = settings }

    /// A request is about to be sent.
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

    /// A request has ended. One that was sent before the breaker opened says nothing about the time after.
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

    /// The probe ended without a sign of the origin: another may be sent.
    package mutating func probeWasAbandoned() {
        if case .halfOpen(isProbing: true) = state { state = .halfOpen(isProbing: false) }
    }

    private mutating func open(_ now: UInt64) -> Change {
        state = .open(untilNanoseconds: now + settings.openNanoseconds)
        return .opened
    }
}
