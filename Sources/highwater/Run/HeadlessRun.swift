internal import ArgumentParser
internal import Experiment
internal import Glibc
internal import Measurements
internal import Workload

/// One run without a screen: samples at every tick, a recording, a line of progress, and the
/// summary, however the run ends.
final class HeadlessRun {
    private let plan: Plan
    private let printsJSON: Bool
    private let signals: SignalInbox
    private let experiment: Experiment
    private var recording: RecordingWriter?
    /// Why the recording ends early; the run goes on without it.
    private var recordingError: RecordingError?
    private var summary: Summary
    private var progress: Progress

    /// Why the load ends.
    private enum End {
        /// The requests are done, the time is over, or nobody reads a server's counters.
        case natural
        case signal(Int32)
    }

    /// Binds, resolves and opens all that the run needs; nothing runs yet.
    init(_ plan: Plan, _ output: OutputOptions) throws {
        signals = try SignalInbox()
        if let warning = try DescriptorLimit.check(plan) { Output.error.line(warning) }
        recording = try HeadlessRun.open(output.output)
        experiment = try HeadlessRun.makeExperiment(plan)
        self.plan = plan
        printsJSON = output.json
        let load = plan.client.map {
            Summary.Load(connections: $0.connections, streams: $0.streams, rate: $0.rate, requests: $0.requests)
        }
        let address = experiment.targetAddress ?? experiment.serverAddress ?? ""
        summary = Summary(.init(address: address, load: load, cpuCount: Host.cpuCount))
        progress = Progress(speaksOnStandardOutput: plan.client == nil && !output.json)
    }

    private static func open(_ path: String?) throws(RunError) -> RecordingWriter? {
        guard let path else { return nil }
        do { return try RecordingWriter(path: path) } catch { throw RunError(error.description) }
    }

    private static func makeExperiment(_ plan: Plan) throws(RunError) -> Experiment {
        do { return try Experiment(plan) } catch { throw RunError(error.description) }
    }

    /// Runs to the end.
    ///
    /// Errors: what kept it from running, or the exit code after a summary.
    func run() throws {
        if recording != nil { record { (writer) throws(RecordingError) in try writer.write(Host.header(for: plan)) } }
        if let recordingError { throw RunError(recordingError.description) }
        do { try experiment.start() } catch { throw RunError(error.description) }
        if plan.client == nil, let address = experiment.serverAddress {
            progress.announce("listening on http://\(address)")
        }
        let end = runLoad()
        if case .signal = end { progress.interject("stopping; once more ends at once") }
        let spared = stop()
        try finish(after: end, spared: spared)
    }

    /// Samples at every tick until something ends the load.
    private func runLoad() -> End {
        let clock = ContinuousClock()
        let start = clock.now
        let deadline = plan.duration.map { start + $0 }
        var tick = start + plan.interval
        while true {
            let now = clock.now
            if experiment.isDone || deadline.map({ now >= $0 }) == true { return .natural }
            if now >= tick {
                guard take(experiment.sample()) else { return .natural }
                // A tick that was missed is left out, not made up for.
                while tick <= clock.now { tick += plan.interval }
            }
            wait(until: min(tick, deadline ?? tick) - clock.now)
            if let signal = signals.next() { return .signal(signal) }
        }
    }

    /// Sleeps until then, or until a signal comes or the requests are done.
    private func wait(until duration: Duration) {
        guard duration > .zero else { return }
        // Up to the next whole millisecond: a wait that ends too soon would only be repeated.
        let milliseconds = Int32(clamping: Int64((duration.inSeconds * 1_000).rounded(.up)))
        var descriptors = [
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: experiment.doneDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    }

    /// Gives a sample to everybody. false: nobody reads a server's counters any more.
    private func take(_ sample: Sample) -> Bool {
        summary.add(sample)
        record { (writer) throws(RecordingError) in try writer.write(sample) }
        let isRead = progress.show(sample)
        takeEvents()
        return isRead
    }

    private func takeEvents() {
        for event in experiment.takeEvents() {
            record { (writer) throws(RecordingError) in try writer.write(event) }
            if event.level > .info { progress.interject("\(event.level.rawValue): \(event.source): \(event.text)") }
        }
    }

    /// Samples at the end of the load, drains, and joins all threads. Nothing stands between the
    /// sample and the stop: what the schedule wants in between would count as dropped.
    ///
    /// - Returns: the signal that came meanwhile, if any.
    private func stop() -> Int32? {
        let end = experiment.sample()
        let last = experiment.stop(withinSeconds: plan.drainTime.inSeconds)
        _ = take(end)
        summary.endLoad()
        summary.add(last)
        record { (writer) throws(RecordingError) in try writer.write(last) }
        takeEvents()
        return signals.next()
    }

    private func finish(after end: End, spared: Int32?) throws {
        let summary = summary
        record { (writer) throws(RecordingError) in try writer.write(summary) }
        progress.end()
        let text = printsJSON ? summary.json.indentedText + "\n" : summary.text
        guard Output.standard.write(text) else { throw RunError("cannot write the summary to standard output") }
        if let recordingError {
            throw RunError("the recording ends early: \(recordingError.description)")
        }
        for failure in experiment.failures { throw RunError(failure) }
        if let client = summary.last.client, client.openedConnections == 0, let reason = experiment.connectFailure {
            throw RunError("cannot connect to \(summary.request.address): \(reason)")
        }
        if case .signal(let signal) = end, !isNormalEnd(signal) { throw ExitCode(128 + signal) }
        if let spared, !isNormalEnd(spared) { throw ExitCode(128 + spared) }
    }

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
            progress.interject("warning: the recording ends here: \(error.description)")
        }
        recording = consume writer
    }
}
