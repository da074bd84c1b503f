internal import ArgumentParser
internal import Experiment
internal import Glibc
internal import Measurements
internal import Workload

/// A run without a screen: a line of progress at every tick, or sentences now and then.
final class HeadlessRun {
    let run: Run
    private let plan: Plan
    private let signals: SignalInbox
    private var progress: Progress
    private let showsProgress: Bool
    /// nil: progress is told in lines of figures.
    private var narrator: PlainNarrator?
    /// The samples that come now belong to the end, and are no progress.
    private var loadHasEnded = false
    /// Sources of evidence that were shown in full, and bugs of a watched server that were told.
    private var shownSources: Set<String> = []
    private var told = FoundBugs()
    /// Warnings, and what the summary says again, are left out.
    private let isQuiet: Bool
    /// The evidence of an audit is told at once, and not for the summary alone: on one terminal it would stand there twice.
    private let showsEvidence: Bool
    /// Findings in a watched server are told whole at once. Otherwise that is left to the summary.
    private let showsFindings: Bool

    /// Binds, resolves and opens all that the run needs; nothing runs yet.
    ///
    /// - Parameters:
    ///   - signals: where there are several runs, one after the other.
    ///   - plain: time between two reports in sentences; nil: lines of figures.
    ///   - hasSummary: all of it is told at the end, in text or as JSON.
    init(_ plan: Plan, _ output: RunOutput, signals: SignalInbox, showsProgress: Bool = true, plain: Duration? = nil, hasSummary: Bool = true) throws {
        showsFindings = !hasSummary || output.printsMarkdown
        self.showsProgress = showsProgress && !output.isQuiet
        isQuiet = output.isQuiet
        showsEvidence = !(Output.standard.isTerminal && Output.error.isTerminal)
        self.signals = signals
        run = try Run(plan, output, hasScreen: false, signals: signals)
        self.plan = plan
        progress = Progress(speaksOnStandardOutput: plan.client == nil && !output.printsJSON && output.file != "-", isPlain: plain != nil)
        narrator = plain.map { PlainNarrator(every: $0, on: output.printsJSON || output.file == "-" ? .error : .standard) }
    }

    /// Runs to the end and prints the summary.
    ///
    /// Errors: why it could not run, or the exit code after a summary.
    func perform() throws { try run.finish(after: watch()) }

    /// Runs to the end. Errors: why it could not run.
    func watch() throws -> Run.End {
        try awaitStart()
        try run.start()
        if plan.client == nil, let addresses = run.source.addresses.serverURLs {
            progress.announce("listening on \(addresses)")
        }
        if !isQuiet, let origin = run.source.addresses.origin { progress.interject(origin) }
        if let url = run.metricsURL { progress.interject("metrics at \(url)") }
        let end = goThrough()
        progress.end()
        return end
    }

    /// Sleeps until the time of `--start-at`. Errors: the exit code of a signal that came first.
    private func awaitStart() throws(ExitCode) {
        guard let wait = run.timeToStart else { return }
        if !isQuiet { progress.interject("starts in \(Figure.time(nanoseconds: wait.nanoseconds))") }
        while let rest = run.timeToStart {
            Polling.wait(for: [signals.descriptor], atMost: min(rest, HeadlessRun.longestSleep))
            if let signal = signals.next() { throw ExitCode(128 + signal) }
        }
    }

    /// The wall clock may be set meanwhile.
    private static let longestSleep = Duration.seconds(10)

    /// Drives the run until all of it is over.
    private func goThrough() -> Run.End {
        let clock = SuspendingClock()
        var driver = RunDriver(run.source, interval: plan.interval, duration: plan.duration, at: clock.now)
        var end = Run.End.natural
        while true {
            let next = driver.step(at: clock.now)
            let isRead = show(run.takeNews(), drainTimeLeft: driver.drainEnd.map { $0 - clock.now })
            if run.source.outcome != nil { return end }
            if driver.stage == .running, !isRead || run.failedThreshold != nil {
                driver.endLoad(within: plan.drainTime)
                continue
            }
            Polling.wait(for: [signals.descriptor] + run.source.descriptors + (narrator?.descriptors ?? []), atMost: next - clock.now)
            _ = narrator?.answerInput()
            if let signal = signals.next() {
                if driver.stage == .running { progress.interject("stopping; once more ends at once") }
                if case .natural = end { end = .signal(signal) }
                run.noteSignal(signal)
                driver.endLoad(within: plan.drainTime)
            }
        }
    }

    /// The requests in flight that the end waits for.
    private func showDrain(_ sample: Sample, _ timeLeft: Duration?) {
        guard let count = sample.client?.requests.inFlight, count > 0, let timeLeft, timeLeft > .zero else { return }
        let seconds = Int((timeLeft / .seconds(1)).rounded(.up))
        progress.interject("waiting for \(Figure.counted(count, "request")) in flight, for \(seconds) s at most (--drain)")
    }

    /// Each bug of a watched server is told once, by its own number, and not at all to a user who wants the summary only.
    private func ifNew(_ event: Event) -> Event? {
        guard let finding = event.brokenWrite else { return event }
        let (place, isNew) = told.note(finding)
        guard isNew, !isQuiet else { return nil }
        var event = event
        event.brokenWrite = told.bugs[place]
        return event
    }

    /// Each finding, and the first evidence of an audit.
    private func tellsEvidence(_ event: Event) -> Bool {
        event.brokenWrite != nil ? showsFindings : showsEvidence && shownSources.insert(event.source).inserted
    }

    /// false when standard output is where progress is written and has no reader any more.
    /// - Parameter drainTimeLeft: nil while the load runs.
    private func show(_ news: [News], drainTimeLeft: Duration?) -> Bool {
        var isRead = true
        for item in news {
            switch item {
            case .sample(let sample):
                guard showsProgress else { continue }
                if loadHasEnded { showDrain(sample, drainTimeLeft) } else { isRead = (narrator?.show(sample) ?? progress.show(sample)) && isRead }
            case .event(let any):
                if let narrator { isRead = narrator.show(any) && isRead }
                guard any.level > (isQuiet ? .warning : .info), let event = ifNew(any) else { continue }
                if narrator == nil { progress.interject("\(event.level.rawValue): \(event.origin): \(event.text)") }
                guard let evidence = event.evidence, tellsEvidence(event) else { continue }
                for line in evidence where line != event.text { progress.interject("  " + line) }
            case .loadEnded: loadHasEnded = true
            }
        }
        return isRead
    }
}
