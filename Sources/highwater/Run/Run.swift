internal import ArgumentParser
internal import Experiment
internal import Glibc
internal import Load
internal import Measurements
internal import Recording
internal import Reports
internal import Workload

/// One run, with a screen or without: where its samples come from, the recording and the summary.
///
/// The code that shows it calls `start`, drives the source with a `RunDriver`, takes the news until the source
/// has an outcome, and calls `finish`.
final class Run {
    /// What this process does of the plan.
    let plan: Plan
    /// The plan of all parts; nil where there is one.
    private let whole: Plan?
    let source: any SampleSource
    private let output: RunOutput
    /// Standard output, unless the recording goes there.
    private let summaryOutput: Output
    private var recording: RecordingWriter?
    /// Why the recording ends early; the run goes on without it.
    private var recordingError: RecordingError?
    private(set) var summary: Summary
    /// Evidence that the run has found: an audit tells a few only.
    private(set) var violations: [Violation] = []
    /// Of the newest sample or event, since the run's start.
    private(set) var lastNanoseconds: UInt64 = 0
    private var isSummedUp = false
    /// One for this run and for those that take its place.
    let metrics: LingeringMetrics?
    private let signals: SignalInbox
    /// When the run is to begin, since 1970; nil: at once.
    private let startUnixNanoseconds: Int64?

    /// The thing under test has failed: its process died, answers were wrong, or a threshold was missed. 1 is for
    /// a run that could not begin.
    static let failedExitCode: Int32 = 99
    static let notValidExitCode: Int32 = 3

    /// The threshold that ended the run before its time.
    private(set) var failedThreshold: Threshold?
    /// The run was ended before its phases were over.
    private var isPartial: Bool?

    /// Why the load ends.
    enum End {
        /// The requests are done, the time is over, q was pressed, or the reader of a server's counters has gone.
        case natural
        case signal(Int32)
    }

    /// Binds, resolves and opens all that the run needs; nothing runs yet.
    ///
    /// - Parameters:
    ///   - signals: any of them ends the time that `/metrics` stays.
    ///   - metrics: of the run whose place this one takes.
    init(_ plan: Plan, _ output: RunOutput, hasScreen: Bool, signals: SignalInbox, metrics: LingeringMetrics? = nil) throws {
        self.plan = plan.own
        whole = plan.share == nil ? nil : plan
        if let warning = try DescriptorLimit.check(self.plan) { Output.error.line(warning) }
        if case .found(let share, let words)? = plan.share { Output.error.line("part \(share.text) of the load: \(words)") }
        // Before the recording, so that a port in use does not empty an older file.
        source = try SignalInbox.endingAtOnce { try SourceChoice.source(for: plan, hasScreen: hasScreen) }
        self.metrics = try metrics ?? LingeringMetrics(output)
        recording = try Run.open(output.file)
        startUnixNanoseconds = plan.startTime?.unixNanoseconds(from: WallClock.unixNanoseconds)
        self.signals = signals
        self.output = output
        summaryOutput = output.file == "-" ? .error : .standard
        // With the ports that were chosen by now.
        let own = self.plan.listening(at: source.addresses.server, secureAddress: source.addresses.secureServer)
        var request = Summary.Request(address: source.addresses.main, load: Summary.Load(plan: own.json), cpuCount: Host.cpuCount)
        request.name = own.name
        request.sendBufferByteCount = own.watch?.sendBufferByteCount
        request.program = own.watch?.command.first
        request.traps = own.watch?.traps == true
        summary = Summary(request)
        summary.circumstances.command = UserCommand(CommandLine.arguments)
        summary.circumstances.recordingPath = output.file == "-" ? nil : output.file
    }

    /// A signal ends the run. The first one that comes is the reason.
    func noteSignal(_ signal: Int32) {
        if summary.circumstances.signal == nil, !isNormalEnd(signal) { summary.circumstances.signal = SignalName.text(signal) }
    }

    /// Samples are farther apart from here on, or closer.
    func noteInterval(_ interval: Duration) {
        summary.circumstances.longestInterval = max(summary.circumstances.longestInterval ?? 0, interval.inSeconds)
    }

    /// A key has changed the run.
    func noteChangeByHand() { summary.changesByHand += 1 }

    private static func open(_ path: String?) throws(RunError) -> RecordingWriter? {
        guard let path else { return nil }
        do { return try RecordingWriter(path: path) } catch { throw RunError(error.description) }
    }

    /// The time until the run is to begin; nil once it has come.
    var timeToStart: Duration? {
        guard let start = startUnixNanoseconds else { return nil }
        let rest = start - WallClock.unixNanoseconds
        return rest > 0 ? .nanoseconds(rest) : nil
    }

    /// Time 0: when there is no `timeToStart` any more.
    func start() throws(RunError) {
        let delayNanoseconds = startUnixNanoseconds.map { UInt64(clamping: WallClock.unixNanoseconds - $0) }
        if recording != nil {
            var header = Host.header(for: plan.listening(
                at: source.addresses.server, secureAddress: source.addresses.secureServer).watching(source.addresses.origin))
            header.startDelaySeconds = delayNanoseconds.map(Metric.seconds)
            if let whole { header.part = .init(share: whole.part, plan: whole.json) }
            record { (writer) throws(RecordingError) in try writer.write(header) }
        }
        if let recordingError { throw RunError(recordingError.description) }
        do throws(ExperimentError) {
            // A server that is started may take its time until it listens.
            if plan.watch == nil { try source.start() } else { try SignalInbox.endingAtOnce { () throws(ExperimentError) in try source.start() } }
        } catch { throw RunError(error.description) }
        if let delayNanoseconds { note(startDelay: delayNanoseconds) }
        if let whole { source.note(.info, source: "share", "part \(whole.part.text) of the load") }
        if let title = output.title { source.note(.info, source: "trial", title) }
        for warning in plan.thresholdWarnings { source.note(.warning, source: "threshold", warning) }
        if let metrics { source.note(.info, source: "metrics", "at \(metrics.url)") }
    }

    private func note(startDelay nanoseconds: UInt64) {
        let words = "started \(Figure.time(nanoseconds: nanoseconds)) after the time of --start-at"
        let isLate = Metric.seconds(nanoseconds) > Validity.startDelayLimit
        if isLate { summary.doubts.append("the run \(words)") }
        source.note(isLate ? .warning : .info, source: "start", words)
    }

    /// The URL of the numbers for other programs; nil without `--metrics`.
    var metricsURL: String? { metrics?.url }

    /// All that has happened since the last time, oldest first: recorded and summed up, and to be shown.
    func takeNews() -> [News] {
        let news = source.takeNews()
        for item in news {
            switch item {
            case .sample(let sample):
                summary.add(sample)
                if failedThreshold == nil { failedThreshold = thresholdThatAborts(sample) }
                lastNanoseconds = max(lastNanoseconds, sample.timeNanoseconds)
                metrics?.publish(sample)
                record { (writer) throws(RecordingError) in try writer.write(sample) }
            case .event(let event):
                lastNanoseconds = max(lastNanoseconds, event.timeNanoseconds)
                if let violation = event.violation { violations.append(violation) }
                summary.add(event)
                record { (writer) throws(RecordingError) in try writer.write(event) }
            case .loadEnded:
                summary.endLoad()
                isPartial = !(plan.phases.isEmpty || source.load.hasEndedPhases || failedThreshold != nil)
            }
        }
        if let outcome = source.outcome { sumUp(outcome) }
        return news
    }

    private func thresholdThatAborts(_ sample: Sample) -> Threshold? {
        guard !sample.isWarmup, let phase = sample.phase else { return nil }
        return plan.thresholds.first { threshold in
            guard threshold.aborts, threshold.phase == nil || threshold.phase == phase else { return false }
            let part = threshold.phase == nil ? summary : summary.phases.last?.summary ?? summary
            guard part.measuredSeconds >= threshold.after.inSeconds else { return false }
            let result = threshold.judge(summary)
            guard result.isJudged, !result.hasPassed else { return false }
            source.note(.error, source: "threshold", "\(threshold.text): \(result.valueText); the run ends")
            return true
        }
    }

    /// The last line of the recording, as soon as there is nothing more to record.
    private func sumUp(_ outcome: Outcome) {
        guard !isSummedUp else { return }
        isSummedUp = true
        self.summary.outcome = outcome
        if outcome.isDeath { self.summary.circumstances.deathNanoseconds = lastNanoseconds }
        self.summary.circumstances.connectFailure = source.connectFailure
        self.summary.circumstances.loopFailures = source.failures
        self.summary.thresholds = plan.thresholds.map { $0.judge(self.summary, isPartial: isPartial ?? outcome.isDeath) }
        let summary = summary
        record { (writer) throws(RecordingError) in try writer.write(summary: summary.json) }
    }

    /// Prints the summary.
    ///
    /// Errors: why the run could not be, or the exit code after a summary.
    func finish(after end: End) throws {
        summary.circumstances.recordingFault = recordingError.map { "the recording ends early: \($0.description)" }
        if !summaryOutput.write(output.text(of: summary)) {
            // A terminal that hung up reads no summary, and that is how the run ended, not an error.
            if case .signal(SIGHUP) = end { throw ExitCode(128 + SIGHUP) }
            throw RunError("cannot write the summary")
        }
        // A run that was ended by a signal is to end now.
        if case .natural = end { metrics?.linger(until: signals) }
        if let fault = summary.result.faults.first { throw error(for: fault, end) }
        if output.isStrict, !summary.validity.isValid { throw ExitCode(Run.notValidExitCode) }
    }

    /// How the program ends when the run has failed: 99 where the thing under test did, 1 where there was nothing to
    /// test. A scenario that came to run has tested something.
    private func error(for fault: RunResult.Fault, _ end: End) -> any Error {
        switch fault.cause {
        case .recording, .loops, .unreachable, .nothingChecked: return RunError(fault.text)
        case .death, .brokenServer, .unreachableServer, .wrongBodies, .brokenProtocol, .thresholds, .part: return ExitCode(Run.failedExitCode)
        case .serverGone, .nothingSucceeded: return plan.phases.isEmpty ? RunError(fault.text) : ExitCode(Run.failedExitCode)
        case .interrupted:
            guard case .signal(let signal) = end else { return ExitCode(Run.failedExitCode) }
            return ExitCode(128 + signal)
        }
    }

    /// A server alone has no other end than a signal.
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
            source.note(.warning, source: "recording", "ends here: \(error.description)")
        }
        recording = consume writer
    }
}
