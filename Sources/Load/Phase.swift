internal import Measurements

/// A part of a run with a load of its own; connections are kept from one to the next.
package struct Phase: Sendable, Equatable {
    /// Unique in its run: samples, events and thresholds name it.
    package var name: String
    /// Before the measurement: recorded, and left out of the summary and the verdict.
    package var isWarmup = false
    package var duration: Duration
    package var load: Load
    /// Clients, and streams of each at most, from here on. nil: as before.
    package var connections: Int?
    package var streams: Int?

    /// When the clients send requests.
    package enum Load: Sendable, Equatable {
        /// Open load: by a schedule, however fast the responses are.
        case open(OpenLoad)
        /// Closed load: each stream sends its next request as soon as it has the response.
        case closed
        /// Not at all.
        case pause
    }

    package init(name: String, duration: Duration, load: Load, isWarmup: Bool = false) {
        self.name = name
        self.duration = duration
        self.load = load
        self.isWarmup = isWarmup
    }

    package var isOpen: Bool { if case .open = load { true } else { false } }
}

/// How a schedule's rate goes over a phase, and how requests lie in it.
package struct OpenLoad: Sendable, Equatable {
    /// Requests per second of all clients together, at the start.
    package var rate: Double
    /// At the end: the rate changes all the time, in a straight line. nil: it stays.
    package var endRate: Double?
    /// The same change in so many steps, the first at `rate`, the last at `endRate`.
    package var stepCount: Int?
    package var arrivals = Arrivals.constant

    /// How requests follow each other.
    package enum Arrivals: String, Sendable, CaseIterable {
        /// Evenly.
        case constant
        /// As independent users do (a Poisson process): exactly as many as evenly, at random times.
        case poisson
    }

    package init(rate: Double, endRate: Double? = nil, stepCount: Int? = nil, arrivals: Arrivals = .constant) {
        self.rate = rate
        self.endRate = endRate
        self.stepCount = stepCount
        self.arrivals = arrivals
    }

    /// With more steps it is a ramp.
    package static let stepLimit = 100

    /// The same over `nanoseconds`, as stretches of steady or evenly changing rate that add up to it exactly.
    package func stretches(nanoseconds: UInt64) -> [Schedule.Stretch] {
        guard let endRate else { return [.init(rate: rate, endRate: rate, nanoseconds: nanoseconds)] }
        guard let stepCount, stepCount > 1 else { return [.init(rate: rate, endRate: endRate, nanoseconds: nanoseconds)] }
        return (0..<stepCount).map { step in
            let level = rate + (endRate - rate) * Double(step) / Double(stepCount - 1)
            // Edges by multiplication, so that no rounding adds up.
            let (start, end) = (nanoseconds * UInt64(step) / UInt64(stepCount), nanoseconds * UInt64(step + 1) / UInt64(stepCount))
            return .init(rate: level, endRate: level, nanoseconds: end - start)
        }
    }

    /// Requests per second, over all of it.
    package var meanRate: Double { (rate + (endRate ?? rate)) / 2 }
}

extension Phase {
    /// `open 500..20000/s, poisson`, `closed`, `pause`: for people.
    package var loadText: String {
        switch load {
        case .closed: return "closed"
        case .pause: return "pause"
        case .open(let open):
            var text = "open " + JSON.number(open.rate).text
            if let end = open.endRate { text += ".." + JSON.number(end).text }
            text += "/s"
            if let steps = open.stepCount { text += " in \(steps) steps" }
            if open.arrivals == .poisson { text += ", poisson" }
            return text
        }
    }

    /// What of it one part of the run has. Rates are for people: the schedule is divided request by request.
    package func own(_ share: RunShare) -> Phase {
        var own = self
        own.connections = connections.map { share.count(among: $0) }
        guard case .open(var open) = load else { return own }
        open.rate /= Double(share.count)
        open.endRate = open.endRate.map { $0 / Double(share.count) }
        own.load = .open(open)
        return own
    }

    /// To the next lower nanosecond.
    package var durationNanoseconds: UInt64 { duration.nanoseconds }
}
