internal import ArgumentParser
internal import Experiment
internal import Glibc
internal import Measurements
internal import Workload

/// One run, with a screen or without: the experiment, the signals that end it, the recording
/// and the summary. Who shows it calls `start`, adds samples, and ends it in three steps:
/// `beginStop`, `finishStop`, `finish`.
final class Run {
    let plan: Plan
    let signals: SignalInbox
    let experiment: Experiment
    private let printsJSON: Bool
    /// Standard output, unless the recording goes there.
    private let summaryOutput: Output
    private var recording: RecordingWriter?
    /// Why the recording ends early; the run goes on without it.
    private var recordingError: RecordingError?
    private var summary: Summary
    private let metrics: LingeringMetrics?

    /// Why the load ends.
    enum End {
        /// The requests are done, the time is over, somebody pressed q, or nobody reads a server's counters.
        case natural
        case signal(Int32)
    }

    /// Binds, resolves and opens all that the run needs; nothing runs yet.
    ///
    /// - Parameter otherSignals: to be delivered besides those that ask for the end.
    init(_ plan: Plan, _ output: OutputOptions, otherSignals: [Int32] = []) throws {
        try plan.checkOwnership()
        signals = try SignalInbox(others: otherSignals)
        if let warning = try DescriptorLimit.check(plan) { Output.error.line(warning) }
        // Before the recording, so that a port in use does not empty an older file.
        experiment = try Run.makeExperiment(plan)
        metrics = try LingeringMetrics(output)
        recording = try Run.open(output.output)
        if plan.server?.allowsUnsafe == true {
            // This process may not live to the next sample.
            experiment.onViolation = { event in
                for line in event.violation?.lines ?? [event.text] { Output.error.line(line) }
            }
        }
        self.plan = plan
        printsJSON = output.json
        summaryOutput = output.output == "-" ? .error : .standard
        let load = plan.client.map {
            Summary.Load(connections: $0.connections, streams: $0.streams, rate: $0.rate, requests: $0.requests)
        }
        let address = experiment.targetAddress ?? experiment.serverAddress ?? ""
        summary = Summary(.init(address: address, load: load, cpuCount: Host.cpuCount))
    }

    /// "http://127.0.0.1:8080 and https://127.0.0.1:8443"; nil without a server of ours.
    var serverAddresses: String? {
        experiment.serverAddress.map { address in
            "http://\(address)" + (experiment.secureServerAddress.map { " and https://\($0)" } ?? "")
        }
    }

    private static func open(_ path: String?) throws(RunError) -> RecordingWriter? {
        guard let path else { return nil }
        do { return try RecordingWriter(path: path) } catch { throw RunError(error.description) }
    }

    private static func makeExperiment(_ plan: Plan) throws(RunError) -> Experiment {
        do { return try Experiment(plan) } catch { throw RunError(error.description) }
    }

    /// Time 0.
    func start() throws(RunError) {
        if recording != nil {
            let header = Host.header(for: plan.listening(
                at: experiment.serverAddress, secureAddress: experiment.secureServerAddress))
            record { (writer) throws(RecordingError) in try writer.write(header) }
        }
        if let recordingError { throw RunError(recordingError.description) }
        do { try experiment.start() } catch { throw RunError(error.description) }
        if let metrics { experiment.note(.info, source: "metrics", "at \(metrics.url)") }
    }

    /// Where the numbers are for other programs; nil when nobody asked for that.
    var metricsURL: String? { metrics?.url }

    func add(_ sample: Sample) {
        summary.add(sample)
        metrics?.publish(sample)
        record { (writer) throws(RecordingError) in try writer.write(sample) }
    }

    /// What happened since the last time, oldest first.
    func takeEvents() -> [Event] {
        let events = experiment.takeEvents()
        for event in events { record { (writer) throws(RecordingError) in try writer.write(event) } }
        return events
    }

    // MARK: The end

    /// Samples at the end of the load and begins to drain. Nothing stands between the two: what
    /// the schedule wants in between would count as dropped.
    func beginStop(withinSeconds seconds: Double) -> Sample {
        let end = experiment.sample()
        experiment.beginStop(withinSeconds: seconds)
        add(end)
        summary.endLoad()
        return end
    }

    /// Waits for the drain, and joins all threads.
    func finishStop() {
        add(experiment.finishStop())
    }

    /// Prints the summary.
    ///
    /// Errors: what kept the run from being one, or the exit code after a summary.
    func finish(after end: End) throws {
        let summary = summary
        record { (writer) throws(RecordingError) in try writer.write(summary) }
        let text = printsJSON ? summary.json.indentedText + "\n" : summary.text
        if !summaryOutput.write(text) {
            // A terminal that hung up reads no summary, and that is how the run ended, not an error.
            if case .signal(SIGHUP) = end { throw ExitCode(128 + SIGHUP) }
            throw RunError("cannot write the summary")
        }
        metrics?.linger(until: signals)
        if let recordingError {
            throw RunError("the recording ends early: \(recordingError.description)")
        }
        for failure in experiment.failures { throw RunError(failure) }
        if let client = summary.last.client, client.openedConnections == 0, let reason = experiment.connectFailure {
            throw RunError("cannot connect to \(summary.request.address): \(reason)")
        }
        if case .signal(let signal) = end, !isNormalEnd(signal) { throw ExitCode(128 + signal) }
        if let client = summary.last.client, client.bodies.wrong > 0 { throw ExitCode(Run.wrongAnswersCode) }
    }

    /// What was measured is not what it has to be: the code of a failed threshold too.
    private static let wrongAnswersCode: Int32 = 99

    /// A server alone has no other end than being told.
    private func isNormalEnd(_ signal: Int32) -> Bool {
        plan.client == nil && (signal == SIGTERM || signal == SIGINT)
    }

    /// Writes a line to the recording, if there is one and it has not failed.
    private func record(_ write: (inout RecordingWriter) throws(RecordingError) -> Void) {
        guard recordingError == nil, var writer = recording.take() else { return }
        do throws(RecordingError) {
            try write(&writer)
        } catch {
            recordingError = error
            experiment.note(.warning, source: "recording", "ends here: \(error.description)")
        }
        recording = consume writer
    }
}
