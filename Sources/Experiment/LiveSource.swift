package import Load
package import Measurements
package import Workload

/// An experiment in this process as a source of samples.
package final class LiveSource: SampleSource {
    private let experiment: Experiment
    private var news: [News] = []
    private var stage = Stage.running

    private enum Stage {
        case running, stopping, ended
    }

    /// Binds the server's port and resolves the target's name; nothing runs yet.
    package init(_ plan: Plan) throws(ExperimentError) { experiment = try Experiment(plan) }

    package var plan: Plan { experiment.plan }
    package var serverAddress: String? { experiment.serverAddress }
    package var secureServerAddress: String? { experiment.secureServerAddress }
    package var targetAddress: String? { experiment.targetAddress }
    package var rate: Double? { experiment.rate }
    package var connections: Int { experiment.connections }
    package var streams: Int { experiment.streams }
    package var bodyScale: Double { experiment.bodyScale }
    package var isLoadPaused: Bool { experiment.isLoadPaused }
    package var writePolicy: WritePolicy? { experiment.writePolicy }
    package var cacheScope: CacheScope? { experiment.cacheScope }
    package var isLoadDone: Bool { experiment.isDone || experiment.hasEndedPhases && !plan.phases.isEmpty }
    package var phase: Phase? { experiment.currentPhase }
    package var isPhaseOver: Bool { experiment.nanosecondsToPhaseEnd == 0 }
    package var hasEndedPhases: Bool { plan.phases.isEmpty || experiment.hasEndedPhases }
    package var nanosecondsToMoment: UInt64? {
        let next = min(experiment.nanosecondsToPhaseEnd ?? .max, experiment.nanosecondsToEvent ?? .max)
        return next == .max ? nil : next
    }
    /// Until the next planned event; nil: none is to come.
    var nanosecondsToEvent: UInt64? { experiment.nanosecondsToEvent }
    /// Time 0, and when the first phase began, on the monotonic clock.
    var startNanoseconds: UInt64 { experiment.startNanoseconds }
    var loadStartNanoseconds: UInt64 { experiment.loadStartNanoseconds }
    package var failures: [String] { experiment.failures }
    package var connectFailure: String? { experiment.connectFailure }

    package var outcome: Outcome? { stage == .ended ? .ended : nil }

    /// Once stopped it stays readable and says nothing more.
    package var descriptors: [Int32] { stage == .running ? [experiment.doneDescriptor] : [] }

    package func start() throws(ExperimentError) { try experiment.start() }

    /// As the experiment's: set it before `start`.
    package var onViolation: (@Sendable (Event) -> Void)? {
        get { experiment.onViolation }
        set { experiment.onViolation = newValue }
    }

    package func performDueEvents() {
        if stage == .running { experiment.performDueEvents() }
    }

    package func askForSample() {
        guard stage != .ended else { return }
        news.append(.sample(experiment.sample()))
    }

    package func takeNews() -> [News] {
        if stage == .stopping, experiment.hasDrained() {
            news.append(.sample(experiment.finishStop()))
            stage = .ended
        }
        let taken = news + experiment.takeEvents().map { .event($0) }
        news = []
        return taken
    }

    package func note(_ level: Event.Level, source: String, _ text: String) {
        experiment.note(level, source: source, text)
    }

    package func setRate(_ new: Double) { experiment.setRate(new) }
    package func setConnections(_ new: Int) { experiment.setConnections(new) }
    package func setStreams(_ new: Int) { experiment.setStreams(new) }
    package func setBodyScale(_ new: Double) { experiment.setBodyScale(new) }
    package func setLoadPaused(_ paused: Bool) { experiment.setLoadPaused(paused) }

    package func startSlowReader(seconds: Double) { experiment.startSlowReader(seconds: seconds) }
    package func inspect(loop: Int?, id: UInt64) { experiment.inspect(loop: loop, id: id) }
    package func setWritePolicy(_ new: WritePolicy) -> Bool { experiment.setWritePolicy(new) }
    package func setCacheScope(_ new: CacheScope) -> Bool { experiment.setCacheScope(new) }
    package func renewConnections() { experiment.renewConnections() }
    package func closeConnection(loop: Int, id: UInt64) { experiment.closeConnection(loop: loop, id: id) }

    /// Nothing stands between the last sample and the stop: what the schedule wants in between
    /// would count as dropped.
    package func beginStop(withinSeconds seconds: Double) {
        guard stage == .running else { return }
        stage = .stopping
        let last = experiment.sample()
        experiment.beginStop(withinSeconds: seconds)
        news += [.sample(last), .loadEnded]
    }
}
