internal import Load
internal import Measurements
internal import Reports

/// A phase as a scenario, a plan's JSON and `--phase` say it, under the names that a scenario has.
struct PhaseDraft: SettingPart {
    var place = ScenarioPlace()
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

    static let settings: [Setting<PhaseDraft>] = [
        .init("name", \.name, .name, "What samples, events and thresholds call it."),
        .init("warmup", \.isWarmup, .flag, "Recorded, and left out of the summary, the thresholds and the verdict."),
        .init("duration", \.duration, .time(Phase.durationRange), "How long it takes.", isRequired: true),
        .init("rate", \.rate, .rate(ClientPlan.rateRange), "Requests per second of all clients together, sent on schedule whatever the answers do (open load)."),
        .init("ramp_to", \.rampTo, .rate(ClientPlan.rateRange), "The rate at the end; it changes evenly from `rate`."),
        .init("steps", \.steps, .count(2...OpenLoad.stepLimit), "That change as a staircase of so many stairs."),
        .init("arrivals", \.arrivals, .choice, "constant: evenly; poisson: as independent users come."),
        .init("load", \.load, .choice, "closed: each stream asks again as soon as it is answered; pause: no requests."),
        .init("pause", \.pauses, .flag, "No requests."),
        .init("connections", \.connections, .count(ClientPlan.connectionRange), "Clients from here on."),
        .init("streams", \.streams, .count(ClientPlan.streamRange), "The most streams of a client from here on."),
    ]

    init() {}

    init(_ phase: Phase) {
        name = phase.name
        isWarmup = phase.isWarmup
        duration = phase.duration
        switch phase.load {
        case .closed: load = .closed
        case .pause: pauses = true
        case .open(let open):
            rate = open.rate
            rampTo = open.endRate
            steps = open.stepCount
            arrivals = open.arrivals == .constant ? nil : open.arrivals
        }
        connections = phase.connections
        streams = phase.streams
    }

    /// Reads the list of phases.
    static func read(_ node: ScenarioNode, _ reader: inout ScenarioReader, _ draft: inout ScenarioDraft) {
        draft.hasPhases = true
        guard let list = reader.list(node, limit: limit) else { return }
        if list.isEmpty { reader.note(node.place, "an empty list has no load; write - { duration: 10s, rate: 500 }") }
        for (index, element) in list.enumerated() {
            let issueCount = reader.issues.count
            var phase = PhaseDraft()
            phase.place = element.place
            guard reader.map(element, into: &phase) else { continue }
            if phase.name.isEmpty { phase.name = "phase-\(index + 1)" }
            // After another error in the element, missing keys are not reported.
            if reader.issues.count == issueCount { for problem in phase.problems { reader.note(element.place, problem) } }
            draft.phases.append(phase)
        }
    }

    var isPause: Bool { pauses || load == .pause }

    /// What is wrong with the phase by itself.
    var problems: [String] {
        var problems: [String] = []
        if name == Condition.wholeRun { problems.append("a phase cannot be called 'all', which means every phase; write another name") }
        if isPause, rate != nil || rampTo != nil || load == .closed { problems.append("a pause has no requests; leave out 'rate' and 'load'") }
        if load == .closed, rate != nil || rampTo != nil { problems.append("a closed load has no rate, since the answers make it; leave out 'rate' or 'load'") }
        if rate == nil, !isPause, load != .closed { problems.append("the phase has no load; write 'rate: 500', 'load: closed' or 'pause: true'") }
        if rate != nil || rampTo != nil {
            if rate == nil { problems.append("'ramp_to' has no start; write 'rate' too") }
            if steps != nil, rampTo == nil { problems.append("'steps' has no end; write 'ramp_to' too") }
        } else if arrivals != nil || steps != nil {
            problems.append("'arrivals' and 'steps' go with 'rate'")
        }
        return problems
    }

    /// What is wrong with phases that follow each other, and with which: a name used twice, or a warm-up behind what is measured.
    ///
    /// - Returns: `first` is the phase that had the name before.
    static func problems(_ phases: [PhaseDraft]) -> [(index: Int, words: String, first: Int?)] {
        var problems: [(index: Int, words: String, first: Int?)] = []
        var names: [String: Int] = [:]
        var isMeasured = false
        for (index, phase) in phases.enumerated() {
            if let first = names[phase.name] { problems.append((index, "a phase '\(phase.name)' is there already", first)) }
            names[phase.name] = index
            if !phase.isWarmup {
                isMeasured = true
            } else if isMeasured {
                problems.append((index, "a warm-up must come before the measured phases", nil))
            }
        }
        if !isMeasured, !phases.isEmpty { problems.append((phases.count - 1, "all phases are warm-up; at least one must be measured", nil)) }
        return problems
    }

    /// The phase. Errors: the first thing that is wrong with it.
    func checkedPhase() throws(SettingError) -> Phase {
        if let problem = problems.first { throw SettingError("", problem) }
        return phase(scale: 1)
    }

    func phase(scale: Double) -> Phase {
        let kind: Phase.Load =
            if let rate { .open(OpenLoad(rate: rate, endRate: rampTo, stepCount: steps, arrivals: arrivals ?? .constant)) }
            else if load == .closed { .closed } else { .pause }
        var phase = Phase(name: name, duration: duration.scaled(by: scale, atLeast: Phase.durationRange.lowerBound), load: kind, isWarmup: isWarmup)
        phase.connections = connections
        phase.streams = streams
        return phase
    }
}

extension SettingPart {
    /// Takes a value as the command line has it. Errors have no name; the caller adds it.
    mutating func take(_ name: String, _ text: String) throws(SettingError) {
        guard let row = Self.setting(name) else { preconditionFailure("there is no setting \(name)") }
        do throws(SettingError) { try row.read([text], into: &self) } catch { throw SettingError("", error.words) }
    }
}

extension Duration {
    /// So many times as long, in whole milliseconds: the times of phases and events are for people too.
    func scaled(by scale: Double, atLeast least: Duration = .zero) -> Duration {
        scale == 1 ? self : max(least, .milliseconds(Int64((self / Duration.milliseconds(1) * scale).rounded())))
    }
}
