internal import Load
internal import Measurements
internal import Reports

/// A scenario as its keys fill it, with the places that later checks need.
struct ScenarioDraft {
    var version: Int?
    var name: String?
    var summary = ""
    var server: ServerPlan?
    var serverPlace: ScenarioPlace?
    var hasConnectionLimit = false
    var target: TargetURL?
    var client = ClientPlan()
    var requests: [RequestKind] = []
    var phases: [PhaseDraft] = []
    /// The key was there, whatever was wrong with it.
    var hasPhases = false
    var events: [EventDraft] = []
    var thresholds: [ThresholdDraft] = []
    var trials: [TrialDraft] = []
    var duration: Duration?
    var drain: Duration?
    var seed: Int?
    var recordFile: String?
    var interval: Duration?

    /// What only the whole can say.
    mutating func check(_ reader: inout ScenarioReader, _ place: ScenarioPlace) {
        if let serverPlace, target != nil { reader.note(serverPlace, "'server' and 'target' exclude each other: one run asks one server") }
        if !hasPhases { reader.note(place, "key 'phases' is missing: what load, and how long") }
        checkPhases(&reader)
        let whole = phases.reduce(Duration.zero) { $0 + $1.duration }
        for event in events where event.time >= whole && !phases.isEmpty { reader.note(event.place, "by then the run is over") }
        for event in events where event.word == .drainServer && target != nil {
            reader.note(event.place, "the server of 'target' is not ours to drain")
        }
        for threshold in thresholds { threshold.check(self, &reader) }
    }

    private mutating func checkPhases(_ reader: inout ScenarioReader) {
        var names: [String: ScenarioPlace] = [:]
        var measuredPlace: ScenarioPlace?
        for phase in phases {
            if let first = names[phase.name] {
                reader.note(phase.place, "a phase '\(phase.name)' is there already, in line \(first.line)")
            }
            if phase.name == ThresholdDraft.allPhases { reader.note(phase.place, PhaseError.Problem.reservedName.description) }
            names[phase.name] = phase.place
            if !phase.isWarmup {
                measuredPlace = phase.place
            } else if measuredPlace != nil {
                reader.note(phase.place, "a warm-up comes before what is measured")
            }
        }
        if let last = phases.last, measuredPlace == nil { reader.note(last.place, "all phases are warm-up: nothing would be measured") }
    }

    /// Whoever expects something wants it to be so, unless a threshold says how much of it may be otherwise.
    private var impliedThresholds: [Threshold] {
        let isJudged = thresholds.contains { $0.parsed?.figure.metric.hasPrefix(ScenarioDraft.unexpectedMetric) == true }
        guard !isJudged, requests.contains(where: { $0.expectation != nil }) else { return [] }
        return [try? Threshold(parsing: "\(ScenarioDraft.unexpectedMetric) == 0", phase: nil)].compactMap(\.self)
    }

    private static let unexpectedMetric = "client.responses.unexpected"

    /// Only when nothing was wrong.
    func scenario(defaultName: String) -> Scenario {
        var client = client
        if let target {
            client.host = target.host
            client.port = target.port
            client.isSecure = target.isSecure
            client.paths = [target.target]
        }
        if !requests.isEmpty { client.kinds = requests }
        var server = target == nil ? server ?? ServerPlan() : nil
        let connections = ([client.connections] + phases.compactMap(\.connections)).max() ?? client.connections
        if !hasConnectionLimit, let limit = server?.connectionLimit { server?.connectionLimit = max(limit, connections) }
        let whole = phases.reduce(Duration.zero) { $0 + $1.duration }
        let scale = duration.map { $0 / whole } ?? 1
        var plan = Plan(server: server, client: client)
        plan.phases = phases.map { $0.phase(scale: scale) }
        plan.events = events.compactMap { $0.event(scale: scale) }
        plan.thresholds = thresholds.compactMap { $0.threshold(scale: scale) } + impliedThresholds
        if let interval { plan.interval = interval }
        if let drain { plan.drainTime = drain }
        if let seed { plan.seed = UInt64(seed) }
        return Scenario(name: name ?? defaultName, summary: summary, plan: plan, recordFile: recordFile)
    }
}

extension Scenario {
    fileprivate init(name: String, summary: String, plan: Plan, recordFile: String?) {
        self.name = name
        self.summary = summary
        self.plan = plan
        trials = []
        self.recordFile = recordFile
    }
}
