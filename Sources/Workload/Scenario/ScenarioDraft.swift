internal import Load
internal import Measurements
internal import Reports

/// A scenario as its keys fill it, with the places that later checks need.
struct ScenarioDraft: SettingPart {
    var name: String?
    var summary = ""
    /// Seed, drain and interval; what else it is made of stands beside it until all is checked.
    var plan = Plan()
    var server: ServerDraft?
    var serverPlace: ScenarioPlace?
    var clientPlace: ScenarioPlace?
    var target: TargetURL?
    var client = ClientPlan()
    var requests: [RequestKind] = []
    var phases: [PhaseDraft] = []
    /// The key was there, whatever was wrong with it.
    var hasPhases = false
    var events: [EventDraft] = []
    var thresholds: [ThresholdDraft] = []
    var trials: [TrialDraft] = []
    var length = ScenarioLength()
    var recordFile: String?

    static let settings: [Setting<ScenarioDraft>] = [
        .init(key: "version", .count(1...1), "The version of this format: 1.", isRequired: true) { node, reader, _ in
            _ = ValueForm.count(1...1).readNode(node, &reader)
        },
        .init("name", \.name, .name, "What the run is called."),
        .init("description", \.summary, .text, "One line on what it shows."),
        .init(key: "server", ServerDraft.mapType, "The embedded server, or another that is watched.") { node, reader, draft in
            var server = ServerDraft()
            guard reader.map(node, into: &server) else { return }
            draft.server = server
            draft.serverPlace = node.place
        },
        .init("target", \.target, .written("http://127.0.0.1:8080", { (text) throws(TargetURLError) in try TargetURL(text) }, text: { $0.authority }),
              "Another server than the embedded one: http://HOST:PORT."),
        .init(key: "client", ClientPlan.mapType, "The clients.") { node, reader, draft in
            if reader.map(node, into: &draft.client) { draft.clientPlace = node.place }
        },
        .init(key: "requests", .list(of: RequestDraft.mapType), "The requests, in turn.") { RequestDraft.read($0, &$1, &$2) },
        .init(key: "phases", .list(of: PhaseDraft.mapType), "The load, one part after the other.") { PhaseDraft.read($0, &$1, &$2) },
        .init(key: "events", .list(of: EventDraft.mapType), "What happens at planned times.") { EventDraft.read($0, &$1, &$2) },
        .init(
            key: "thresholds", .list(of: .either([.threshold, .named(.either([.threshold, ThresholdDraft.mapType]))])),
            "What the run has to come to: '- PHASE: CONDITION', or all: for every phase."
        ) { ThresholdDraft.read($0, &$1, &$2) },
        .init(key: "trials", .list(of: TrialDraft.mapType), "The same several times, each in a process of its own, and compared.") {
            TrialDraft.read($0, &$1, &$2)
        },
        .init(key: "record", RecordDraft.mapType, "A recording of the run.") { node, reader, draft in
            var record = RecordDraft()
            record.plan = draft.plan
            guard reader.map(node, into: &record) else { return }
            draft.recordFile = record.file
            draft.plan = record.plan
        },
    ] + ScenarioLength.settings.map { $0.lifted(\.length) } + Plan.settings.filter { $0.places.contains(.key) && $0.name != RecordDraft.interval }.map { $0.lifted(\.plan) }

    /// Notes the errors that only all of it together shows.
    mutating func check(_ reader: inout ScenarioReader, _ place: ScenarioPlace) {
        checkOrigins(&reader, place)
        if let serverPlace { server?.check(&reader, serverPlace, hasTarget: target != nil) }
        if let clash = server?.plan.clash { reader.note(serverPlace ?? place, clash.keyText) }
        if let clash = plan(scale: 1).clash, server?.plan.clash == nil { reader.note(clientPlace ?? place, clash.keyText) }
        if target == nil {
            for (name, isSaid) in [("unix_socket", client.unixSocket != nil), ("proxy", client.proxy != nil)] where isSaid {
                reader.note(clientPlace ?? place, "'\(name)' is a way to a 'target'; these clients have a server of their own")
            }
        }
        if !hasPhases { reader.note(place, "key 'phases' is missing: the load, one part after the other") }
        checkPhases(&reader)
        let whole = phases.reduce(Duration.zero) { $0 + $1.duration }
        for event in events where event.time >= whole && !phases.isEmpty { reader.note(event.place, "the run is over by then; write an earlier time") }
        for event in events where event.word == .drainServer && target != nil {
            reader.note(event.place, "the server of 'target' is not ours, and cannot be drained")
        }
        for threshold in thresholds { threshold.check(self, &reader) }
    }

    /// Requests with whole URLs name their servers; the first of these is the target where there is no other.
    private mutating func checkOrigins(_ reader: inout ScenarioReader, _ place: ScenarioPlace) {
        guard target == nil, let first = requests.lazy.compactMap(\.origin).first else { return }
        if let serverPlace, server?.isWatched == false {
            return reader.note(serverPlace, "'server' is the embedded one, and requests with whole URLs go to others; write paths, or leave out 'server'")
        }
        for request in requests where request.origin == nil {
            reader.note(place, "the request '\(request.title)' has no server, and others have whole URLs; write its URL, or 'target'")
        }
        target = try? TargetURL(first.text)
    }

    private func checkPhases(_ reader: inout ScenarioReader) {
        for problem in PhaseDraft.problems(phases) {
            reader.note(phases[problem.index].place, problem.words + (problem.first.map { ", in line \(phases[$0].place.line)" } ?? ""))
        }
    }

    /// An expectation must hold for every answer, unless a threshold says how many may differ.
    private var impliedThresholds: [Threshold] {
        let isJudged = thresholds.contains { $0.parsed?.figure.metric.hasPrefix(ScenarioDraft.unexpectedMetric) == true }
        guard !isJudged, requests.contains(where: { $0.expectation != nil }) else { return [] }
        guard var threshold = try? Threshold(parsing: "\(ScenarioDraft.unexpectedMetric) == 0", phase: nil) else { return [] }
        threshold.source = "expect"
        return [threshold]
    }

    private static let unexpectedMetric = "client.responses.unexpected"

    /// The requests of the run.
    var kinds: [RequestKind] { plan(scale: 1).client?.kinds ?? [] }

    /// Only for a scenario without errors.
    func scenario(defaultName: String) -> Scenario {
        let whole = phases.reduce(Duration.zero) { $0 + $1.duration }
        let plan = plan(scale: length.duration.map { $0 / whole } ?? 1)
        return Scenario(name: name ?? defaultName, summary: summary, plan: plan, recordFile: recordFile)
    }

    /// - Parameter scale: of the times of phases and events.
    private func plan(scale: Double) -> Plan {
        var plan = plan
        plan.name = name
        plan.server = target == nil ? server?.plan ?? ServerPlan() : nil
        plan.watch = server?.watched
        var client = client
        if let target {
            client.host = target.host
            client.port = target.port
            client.isSecure = target.isSecure
            client.paths = [target.target]
        }
        if !requests.isEmpty { client.kinds = requests }
        client.settleOrigins()
        plan.client = client
        plan.phases = phases.map { $0.phase(scale: scale) }
        plan.events = events.compactMap { $0.event(scale: scale) }
        plan.thresholds = thresholds.compactMap { $0.threshold(scale: scale) } + impliedThresholds
        plan.settle()
        return plan
    }
}

/// The keys of `record`.
private struct RecordDraft: SettingPart {
    var file: String?
    var plan = Plan()

    static let interval = "interval"
    static let settings: [Setting<RecordDraft>] =
        [.init("file", \.file, .file, "Where to; trials have one each, with the trial's name in it.")]
        + Plan.settings.filter { $0.name == interval }.map { $0.lifted(\.plan) }
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
