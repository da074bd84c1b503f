internal import Load
internal import Measurements

/// A phase as its keys fill it.
struct PhaseDraft {
    var place: ScenarioPlace
    var name = ""
    var isWarmup = false
    var duration = Duration.zero
    var rate: Double?
    var rampTo: Double?
    var steps: Int?
    var arrivals: OpenLoad.Arrivals?
    var load: LoadWord?
    var pauses = false
    var connections: Int?
    var streams: Int?

    /// The loads that have names.
    enum LoadWord: String, CaseIterable {
        case open, closed, pause
    }

    /// Phases of a run: a day has few, and each has histograms of its own.
    static let limit = 64

    private static let durations: ClosedRange<Duration> = .milliseconds(10)...(.seconds(86_400 * 366))

    static let keys: [ScenarioKey<PhaseDraft>] = [
        .name("name", "What samples, events and thresholds call it") { $0.name = $1 },
        .duration("duration", durations, "How long", isRequired: true) { $0.duration = $1 },
        .flag("warmup", "Recorded, and left out of the summary, the thresholds and the verdict") { $0.isWarmup = $1 },
        .rate("rate", "Requests per second of all clients together, whatever the answers do (open load)") { $0.rate = $1 },
        .rate("ramp_to", "The rate at the end; it changes evenly from 'rate'") { $0.rampTo = $1 },
        .count("steps", 2...OpenLoad.stepLimit, "That change as a staircase of so many stairs") { $0.steps = $1 },
        .choice("arrivals", OpenLoad.Arrivals.self, "constant: evenly; poisson: as independent users come") { $0.arrivals = $1 },
        .choice("load", LoadWord.self, "closed: each stream asks again as soon as it was answered; pause: nobody asks") { $0.load = $1 },
        .flag("pause", "Nobody asks") { $0.pauses = $1 },
        .count("connections", 1...64_000, "Clients from here on") { $0.connections = $1 },
        .count("streams", 1...65_536, "Most streams of a client from here on") { $0.streams = $1 },
    ]

    /// Reads the list of phases.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        draft.hasPhases = true
        guard let list = reader.list(node, limit: limit) else { return }
        if list.isEmpty { reader.note(node.place, "an empty list has no load: what load, and how long") }
        for (index, element) in list.enumerated() {
            let issueCount = reader.issues.count
            var phase = PhaseDraft(place: element.place)
            guard reader.map(element, keys, into: &phase) else { continue }
            if phase.name.isEmpty { phase.name = "phase-\(index + 1)" }
            // What is missing for another fault is not missed.
            if reader.issues.count == issueCount { phase.check(&reader) }
            draft.phases.append(phase)
        }
    }

    private func check(_ reader: inout ScenarioReader) {
        let isPause = pauses || load == .pause
        if isPause, rate != nil || rampTo != nil || load == .closed { reader.note(place, "a pause asks for nothing: leave out 'rate' and 'load'") }
        if load == .closed, rate != nil || rampTo != nil { reader.note(place, "a closed load has no rate: its rate is what the answers allow") }
        if rate == nil, !isPause, load != .closed { reader.note(place, "what load? Write 'rate: 500', 'load: closed' or 'pause: true'") }
        if rate != nil || rampTo != nil {
            if rate == nil { reader.note(place, "'ramp_to' without 'rate': from where?") }
            if steps != nil, rampTo == nil { reader.note(place, "'steps' without 'ramp_to': to where?") }
        } else if arrivals != nil || steps != nil {
            reader.note(place, "'arrivals' and 'steps' go with 'rate'")
        }
    }

    func phase(scale: Double) -> Phase {
        let kind: Phase.Load =
            if let rate { .open(OpenLoad(rate: rate, endRate: rampTo, stepCount: steps, arrivals: arrivals ?? .constant)) }
            else if load == .closed { .closed } else { .pause }
        // Whole milliseconds: a phase's ends are for people too.
        let milliseconds = (duration / Duration.milliseconds(1) * scale).rounded()
        var phase = Phase(name: name, duration: scale == 1 ? duration : .milliseconds(max(1, Int64(milliseconds))), load: kind, isWarmup: isWarmup)
        phase.connections = connections
        phase.streams = streams
        return phase
    }
}
